"""The figures of a close (§4) and the ratios read from them. On-balance loans only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal, TypedDict

from tests.oracle.book import Book
from tests.oracle.rules import Rules, half_up
from tests.oracle.standing import Standing


class Figure(TypedDict):
    """A row of the figures; money in minor units."""

    as_of: date
    currency: str
    institution_id: str
    by: str
    value: str | None
    loans: int
    outstanding_principal: int
    nonperforming_principal: int
    nonperforming_ratio: Decimal | None
    overdue_amount: int
    provision: int


def ratio(part: int, whole: int) -> Decimal | None:
    """Return part / whole to 6 digits, a half up; none of nothing."""
    if whole == 0:
        return None
    millionths = floor(Fraction(part, whole) * 1_000_000 + Fraction(1, 2))
    return Decimal(millionths).scaleb(-6)


def nodes_over(book: Book, institution_id: str | None) -> Iterator[str]:
    """Yield an institution and all those above it: the nodes whose subtree holds it."""
    parents = {one.institution_id: one.parent_id for one in book.institutions}
    while institution_id is not None:
        yield institution_id
        institution_id = parents.get(institution_id)


def outstanding(standings: Iterable[Standing]) -> int:
    """Return the principal that is left on some loans together."""
    return sum(one["outstanding_principal"] for one in standings)


def on_books(standings: Iterable[Standing]) -> list[Standing]:
    """Return the standings of the loans on balance."""
    return [one for one in standings if one["on_balance"]]


def nonperforming(standings: Iterable[Standing]) -> list[Standing]:
    """Return the standings of the nonperforming loans on balance."""
    return [one for one in on_books(standings) if one["nonperforming"]]


def groups_of(standing: Standing, book: Book, rules: Rules) -> Iterator[tuple[str, str | None]]:
    """Yield every (by, value) under which a loan is counted."""
    yield "all", None
    yield "product", standing["product"]
    yield "guarantee", standing["guarantee"]
    yield "grade", standing["grade"]
    yield "bucket", standing["bucket"]
    if rules.old_before:
        old = book.loan(standing["loan_id"]).disbursed_on < rules.old_before
        yield "segment", "old" if old else "new"


def figures(standings: Iterable[Standing], book: Book, rules: Rules) -> list[Figure]:
    """Return the figures by currency, node of the tree and group; sorted by these."""
    grouped: dict[tuple[str, str, str, str], list[Standing]] = defaultdict(list)
    for one in on_books(standings):
        for node in nodes_over(book, one["institution_id"]):
            for by, value in groups_of(one, book, rules):
                grouped[one["currency"], node, by, value or ""].append(one)
    return [_figure(*key, grouped[key]) for key in sorted(grouped)]


def _figure(currency: str, node: str, by: str, value: str, loans: list[Standing]) -> Figure:
    total, bad = outstanding(loans), outstanding(nonperforming(loans))
    return Figure(
        as_of=loans[0]["as_of"],
        currency=currency,
        institution_id=node,
        by=by,
        value=value or None,
        loans=len(loans),
        outstanding_principal=total,
        nonperforming_principal=bad,
        nonperforming_ratio=ratio(bad, total),
        overdue_amount=sum(one["overdue_amount"] for one in loans),
        provision=sum(one["provision"] for one in loans),
    )


def deviation(standings: list[Standing]) -> Decimal | None:
    """Return the balance more than 90 days past due over the nonperforming balance."""
    late = [one for one in on_books(standings) if one["days_past_due"] > 90]
    return ratio(outstanding(late), outstanding(nonperforming(standings)))


def overdue_ratio(standings: list[Standing], days: int) -> Decimal | None:
    """Return the balance at least so many days past due over all loans."""
    late = [one for one in on_books(standings) if one["days_past_due"] >= days]
    return ratio(outstanding(late), outstanding(on_books(standings)))


@dataclass(frozen=True)
class Quality:
    """Nonperforming balance and all loans."""

    nonperforming: int
    loans: int

    @property
    def share(self) -> Fraction:
        """The nonperforming ratio, exact."""
        return Fraction(self.nonperforming, self.loans) if self.loans else Fraction(0)


def double_reduction(year_start: Quality, now: Quality) -> bool:
    """Say whether the nonperforming balance and ratio are both lower than at the start."""
    return now.nonperforming < year_start.nonperforming and now.share < year_start.share


@dataclass(frozen=True)
class Allowance:
    """What must be set aside: by grade, of all loans, and the higher of the two tests."""

    specific: int
    general: int
    required: int


def required_allowance(standings: list[Standing], rules: Rules) -> Allowance:
    """Return the required allowance of the loans of one currency."""
    loans, bad = outstanding(on_books(standings)), outstanding(nonperforming(standings))
    return Allowance(
        specific=sum(one["provision"] for one in on_books(standings)),
        general=half_up(loans, rules.general),
        required=max(
            half_up(loans, rules.allowance_of_loans),
            half_up(bad, rules.allowance_of_nonperforming),
        ),
    )


@dataclass
class Moved:
    """How many loans went from one place to another, with their balance before and after."""

    loans: int = 0
    opening: int = 0
    closing: int = 0


def migration(
    before: Iterable[Standing], after: Iterable[Standing], by: Literal["grade", "bucket"]
) -> dict[tuple[str, str | None, str | None], Moved]:
    """Return by (currency, from, to) how loans moved; from or to is empty off the books."""
    opening = {one["loan_id"]: one for one in on_books(before)}
    closing = {one["loan_id"]: one for one in on_books(after)}
    matrix: dict[tuple[str, str | None, str | None], Moved] = defaultdict(Moved)
    for loan_id in sorted(opening.keys() | closing.keys()):
        then, now = opening.get(loan_id), closing.get(loan_id)
        known = now or opening[loan_id]
        places = then[by] if then else None, now[by] if now else None
        cell = matrix[known["currency"], *places]
        cell.loans += 1
        cell.opening += then["outstanding_principal"] if then else 0
        cell.closing += now["outstanding_principal"] if now else 0
    return dict(matrix)
