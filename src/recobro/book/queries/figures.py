"""Figures of the closes that are shown."""

from collections.abc import Sequence

from recobro.book.models import Close, Figure, Institution


def whole(node: Institution, closes: Sequence[Close]) -> list[Figure]:
    """Return what all loans of a node add up to at some closes, earliest first."""
    rows = Figure.objects.filter(institution=node, close__in=closes, by="all")
    return list(rows.select_related("close").order_by("close__as_of", "currency"))


def parted(node: Institution, close: Close, by: str) -> list[Figure]:
    """Return the figures of a node parted by grade, bucket, product …, by currency."""
    rows = Figure.objects.filter(institution=node, close=close, by=by)
    return list(rows.order_by("currency", "value"))


def parted_into(node: Institution) -> list[Institution]:
    """Return the institutions directly below one, or below the only one that is.

    Of one alone there is nothing to compare.
    """
    below = list(node.children.all())
    while len(below) == 1 and (next_below := list(below[0].children.all())):
        below = next_below
    return below


def ranked(node: Institution, closes: Sequence[Close]) -> list[Figure]:
    """Return what the institutions that a node is parted into add up to at some closes."""
    rows = Figure.objects.filter(institution__in=parted_into(node), close__in=closes, by="all")
    return list(rows.select_related("institution", "close").order_by("institution__path"))
