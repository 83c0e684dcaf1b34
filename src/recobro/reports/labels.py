"""The names of what loans are parted by, and the order in which one reads them."""

from recobro.reports.language import Language
from recobro.reports.material import Figure
from recobro.terms.grades import BUCKETS, GRADE_OF_CODE

LADDERS: dict[str, tuple[str, ...]] = {"grade": tuple(GRADE_OF_CODE), "bucket": BUCKETS}
"""What has an order of its own, from best to worst."""


def label(language: Language, by: str, value: str) -> str:
    """Return the name of a group; a product is called what the bank calls it."""
    if by == "product":
        return value
    name = language.say(f"{by}.{value}")
    return f"{name} ({value})" if by == "bucket" and value != BUCKETS[0] else name


def ordered(rows: list[Figure], by: str) -> list[Figure]:
    """Return the rows in their own order, else as they are."""
    ladder = LADDERS.get(by)
    return sorted(rows, key=lambda row: ladder.index(row.value or "")) if ladder else rows
