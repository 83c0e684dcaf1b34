"""By what a list is sorted, as an address names it."""

from collections.abc import Container


def chosen(sort: str, sorts: Container[str], default: str) -> tuple[str, bool]:
    """Return which of `sorts` a word names, and whether downwards: it has a minus before it then.

    Of a word that names none it is the default.
    """
    known = sort if sort.removeprefix("-") in sorts else default
    return known.removeprefix("-"), known.startswith("-")
