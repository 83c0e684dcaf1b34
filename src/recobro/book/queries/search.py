"""Problem loans of the newest day by what somebody types; any loan by its number."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from recobro.book.models import Findable, Institution, Loan
from recobro.book.queries.problems import WORDS
from recobro.book.queries.scope import Scope
from recobro.book.rules import sought
from recobro.terms.phones import TAIL, same, same_way, surely_same

_LAST = "\U0010ffff"
_TELLING = 200
"""Loans of which a number may begin so."""


def found(scope: Scope, text: str, *, most: int) -> list[Findable]:
    """Return problem loans in a scope that fit a text, those first whose name does.

    In no order beyond that, so that no more rows are looked at than need be where many fit.
    """
    parts = sought(text)[:WORDS]
    if not parts or not scope:
        return []
    rows = Findable.objects.filter(_within(scope)).order_by()
    rows = rows.select_related("loan", "borrower", "institution")
    named = _sorted(rows.filter(_has("name", parts))[:most])
    if len(named) == most:
        return named
    others = rows.filter(_has("text", parts)).exclude(pk__in=[one.pk for one in named])
    return named + _sorted(others[: most - len(named)])


def by_phone(scope: Scope, number: str, *, code: str, most: int) -> list[Findable]:
    """Return problem loans in a scope whose borrower has a telephone number, told whole.

    However it is written, there and here; `code` is that of the bank's country. Where it is
    nobody's for sure, those to whom it may belong: their number stands without a code.
    """
    plain = same_way(number)
    if not plain:
        return []
    rows = Findable.objects.filter(
        scope.within("institution__path"), phone__contains=f"{plain[-TAIL:]} "
    )
    sure: list[Findable] = []
    maybe: list[Findable] = []
    # Core banking may have one number for thousands whose own it does not know: one by one.
    for one in rows.select_related("loan", "borrower", "institution").order_by("loan").iterator():
        if len(sure) == most:
            break
        has = one.phone.split()
        if any(surely_same(each, plain, code=code) for each in has):
            sure.append(one)
        elif len(maybe) < most and any(same(each, plain) for each in has):
            maybe.append(one)
    return sure or maybe


def numbered(scope: Scope, text: str, *, most: int) -> list[Loan]:
    """Return loans in a scope that are no problem, and whose number begins with a text.

    None where it begins so many that it tells little.
    """
    if not text.isascii() or not text:
        return []
    begins = Q()
    for one in dict.fromkeys((text, text.upper(), text.lower())):
        begins |= _begins(one)
    rows = Loan.objects.filter(begins).order_by()  # else all that begin so would be sorted
    begun = list(rows.select_related("borrower", "institution", "findable")[: _TELLING + 1])
    if len(begun) > _TELLING:
        return []
    own = (loan for loan in begun if scope.has(loan.institution))
    fine = [loan for loan in own if not hasattr(loan, "findable")]
    return sorted(fine, key=lambda loan: loan.loan_id)[:most]


def _sorted(rows: Iterable[Findable]) -> list[Findable]:
    return sorted(rows, key=lambda one: one.loan_id)


def _within(scope: Scope) -> Q:
    """Return the condition that a row lies in a scope; none where that is the whole bank.

    To look at the institution of each row takes eight times as long as to read it.
    """
    elsewhere = Institution.objects.filter(parent__isnull=True).exclude(path__in=scope.paths)
    return scope.within("institution__path") if elsewhere.exists() else Q()


def _has(column: str, parts: list[str]) -> Q:
    found = Q()
    for part in parts:
        found &= Q(**{f"{column}__contains": part})
    return found


def _begins(text: str) -> Q:
    """Return the condition that a loan's number begins with a text, as an index answers it.

    SQLite's LIKE does not use one where a sign is escaped; a server's language orders its own way.
    """
    if connection.vendor == "postgresql":
        return Q(loan_id__startswith=text)
    return Q(loan_id__gte=text, loan_id__lt=text + _LAST)
