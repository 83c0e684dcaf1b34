"""Households as a close finds them: of which a case is opened, goes on, moves or ends."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q

from recobro.book.models import Close, Standing
from recobro.casework.case.models import Case, CaseLoan

_AT_ONCE: Final = 2_000
"""Rows in one statement."""

_MANY: Final = 10_000
"""Households of which it is quicker to read all problem loans than to ask for each by name."""

_NEEDS_CASE: Final = Q(on_balance=False) | Q(nonperforming=True) | Q(three_six=True)
"""A loan for which a household has a case: what is written off is still owed.

The account is off the books, the case is kept (财金〔2017〕90号); what was sold or given up core
banking has closed, and is no problem loan any more.
"""


@dataclass(frozen=True, slots=True)
class Household:
    """The problem loans of a household at a close."""

    household_id: str
    loans: Mapping[int, str]
    """Their ids, by number."""
    institution_id: str
    path: str
    originators: frozenset[str]
    owed: Mapping[str, int]
    """Minor units by currency."""
    on_balance: frozenset[int]
    """The numbers of those that are not written off."""

    @property
    def written_off(self) -> bool:
        """Whether all of them are written off: they are still to be recovered."""
        return not self.on_balance


def touched_by(close: Close, *, opens: bool) -> list[str]:
    """Return the households whose cases a close may close, move or add loans to, or that it opens.

    Of most cases nothing changes from one day to the next: they are told apart in the database.
    """
    loans = Standing.objects.filter(close=close).order_by()
    theirs = Case.objects.filter(closed_on__isnull=True).order_by()
    own = theirs.filter(household_id=OuterRef("household_id"))
    part = CaseLoan.objects.filter(
        case__closed_on__isnull=True,
        case__household_id=OuterRef("household_id"),
        loan=OuterRef("loan"),
    )
    asked = _NEEDS_CASE | Exists(own) if opens else Exists(own)
    alone = loans.filter(~Exists(part)).filter(asked)
    elsewhere = loans.filter(Exists(own.exclude(institution=OuterRef("institution"))))
    stay = loans.filter(_NEEDS_CASE, household_id=OuterRef("household_id"))
    ended = theirs.filter(~Exists(stay))
    found = (rows.values_list("household_id", flat=True) for rows in (alone, elsewhere, ended))
    return sorted({name for names in found for name in names.iterator(_AT_ONCE)})


def few(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part what is asked for by name: a statement takes so many names."""
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


@dataclass(frozen=True, slots=True)
class _Problem:
    """What of a problem loan decides about a case."""

    household_id: str
    loan_no: int
    loan_id: str
    institution_id: str
    path: str
    outstanding: int
    nonperforming: bool
    originator: str
    currency: str
    on_balance: bool
    needs_case: bool


def problems_of(close: Close, names: Sequence[str]) -> dict[str, Household]:
    """Return those of some households that have a case at a close."""
    rows = Standing.objects.filter(close=close).annotate(needs_case=_NEEDS_CASE)
    told = rows.order_by("household_id", "loan_id").values_list(
        *("household_id", "loan_id", "loan__loan_id", "institution_id", "institution__path"),
        *("outstanding_principal", "nonperforming", "loan__staff_id", "currency"),
        *("on_balance", "needs_case"),
    )
    found: dict[str, list[_Problem]] = {name: [] for name in names}
    parts = (told.filter(household_id__in=part) for part in few(names))
    for rows_of in [told] if len(names) > _MANY else parts:
        for row in rows_of.iterator(_AT_ONCE):
            if row[0] in found:
                found[row[0]].append(_Problem(*row))
    return {
        name: _household(name, loans)
        for name, loans in found.items()
        if any(loan.needs_case for loan in loans)
    }


def _household(name: str, loans: list[_Problem]) -> Household:
    """Put a household's problem loans together; it belongs where most is nonperforming.

    Where none is, where most is outstanding.
    """
    owed: Counter[tuple[str, str]] = Counter()
    sums: Counter[str] = Counter()
    bad: Counter[tuple[str, str]] = Counter()
    for loan in loans:
        place = (loan.path, loan.institution_id)
        owed[place] += loan.outstanding
        sums[loan.currency] += loan.outstanding
        bad[place] += loan.outstanding if loan.nonperforming else 0
    path, institution_id = max(owed, key=lambda place: (bad[place], owed[place], place))
    return Household(
        household_id=name,
        loans={loan.loan_no: loan.loan_id for loan in loans},
        institution_id=institution_id,
        path=path,
        originators=frozenset(loan.originator for loan in loans if loan.originator),
        owed=sums,
        on_balance=frozenset(loan.loan_no for loan in loans if loan.on_balance),
    )
