from collections.abc import Mapping
from enum import StrEnum


class List(StrEnum):
    """A list of which views are saved."""

    CASES = "cases"
    LOANS = "loans"


KEPT: Mapping[List, frozenset[str]] = {
    List.CASES: frozenset({"at", "columns", "late", "mine", "of", "off", "search", "sort", "team"}),
    List.LOANS: frozenset(
        {"at", "bucket", "columns", "grade", "guarantee", "product", "search", "segment"}
        | {"sort", "state"}
    ),
}
"""What of an address belongs to a view: how a list is filtered and sorted, and its columns, not
day and page."""

MOST = 30
"""Views of a list that a person has."""
