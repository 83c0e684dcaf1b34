"""Figures of the closes that are shown."""

from collections.abc import Sequence

from django.db.models import Q

from recobro.book.models import Close, Figure, Institution


def whole(node: Institution, closes: Sequence[Close]) -> list[Figure]:
    """Return what all loans of a node add up to at some closes, earliest first."""
    rows = Figure.objects.filter(institution=node, close__in=closes, by="all")
    return list(rows.select_related("close").order_by("close__as_of", "currency"))


def parted(node: Institution, close: Close, by: str) -> list[Figure]:
    """Return the figures of a node parted by grade, bucket, product …, by currency."""
    rows = Figure.objects.filter(institution=node, close=close, by=by)
    return list(rows.order_by("currency", "value"))


def pictured(
    node: Institution, close: Close, closes: Sequence[Close], parts: Sequence[str]
) -> list[Figure]:
    """Return what all loans of a node add up to at some closes, and its parts at one of them.

    In one query; the whole by day, the parts by value.
    """
    wanted = Q(by="all", close__in=closes) | Q(by__in=parts, close=close)
    rows = Figure.objects.filter(wanted, institution=node).select_related("close")
    return list(rows.order_by("by", "close__as_of", "currency", "value"))


def ranked(
    node: Institution, closes: Sequence[Close], *, below: Sequence[Institution] | None = None
) -> list[Figure]:
    """Return what the institutions below a node add up to at some closes.

    They are those directly below it, `below` where they are known already, or below the only one
    that is: there is nothing to compare.
    """
    below = list(node.children.all()) if below is None else list(below)
    while len(below) == 1 and (next_below := list(below[0].children.all())):
        below = next_below
    rows = Figure.objects.filter(institution__in=below, close__in=closes, by="all")
    return list(rows.select_related("institution", "close").order_by("institution__path"))
