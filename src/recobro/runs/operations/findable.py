"""Let the problem loans of the newest day be found by what people type."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from recobro.book.models import Close, Findable
from recobro.book.operations import Row, put
from recobro.book.rules import behind_signs, findable
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.problem_loans import problem_loans
from recobro.engine.tables import PUBLISHED
from recobro.runs import facts
from recobro.runs.closes import CloseGone, published
from recobro.runs.home import Home
from recobro.terms.folding import folded
from recobro.terms.phones import kept_as

RULE = 1
"""Goes up when the same loan is to be found by another text: all are then made anew."""

_AT_ONCE = 20_000
"""Rows that are made ready at a time."""

_IN_A_STATEMENT = 2_000
"""Rows that are taken away at a time."""

_KEPT = ("loan_id", "borrower_id", "institution_id", "household_id", "grade")
_TOLD = ("name", "number", "village", "address")
"""What people look for, the most telling first."""
_READ = (*_KEPT, *_TOLD, "phone")


def make_findable(home: Home, close: Close, duck: Duck) -> None:
    """Bring the problem loans that can be found to those of a close, and mark it so.

    What is as it was at the close by which they were found stays: of most loans nothing differs.
    Leaves it to the caller to save the mark. Raises closes.CloseGone, facts.FactsGone.
    """
    numbers = Findable.objects.order_by().values_list("pk", flat=True)
    there = duck.put("found", pa.table({"loan_id": pa.array(list(numbers), pa.int64())}))
    now = duck.keep("findable", [_told(home, close, duck)])
    same = _as_before(home, now, duck).semi_join(there, "loan_id")
    file = duck.write(now.anti_join(same, "loan_id"), duck.scratch / "findable-written.parquet")
    put(Findable, (*_KEPT, "name", "text", "phone"), _ready(pq.ParquetFile(file)))
    gone = [row["loan_id"] for row in duck.rows(there.anti_join(now, "loan_id"))]
    for start in range(0, len(gone), _IN_A_STATEMENT):
        Findable.objects.filter(pk__in=gone[start : start + _IN_A_STATEMENT]).delete()
    Close.objects.exclude(found_by=0).exclude(pk=close.pk).update(found_by=0)
    close.found_by = RULE


def _told(home: Home, close: Close, duck: Duck) -> ir.Table:
    """Return the problem loans of a close with what people look for."""
    standings = duck.read(published(home, close, "standings"), PUBLISHED)
    problems = problem_loans(standings)
    book = facts.tables(home.lake, facts.load_of(close.facts_version).versions, duck)
    owners = book["borrowers"].select("borrower_id", "name", "village", "address", "phone")
    named = problems.left_join(owners, "borrower_id", rname="owner_{name}")
    beside = {"loan_id": named.loan_no, "number": named.loan_id}
    return named.mutate(**beside).select(*_READ)


def _as_before(home: Home, now: ir.Table, duck: Duck) -> ir.Table:
    """Return those that were the same at the close by which loans are found, by the same rule."""
    before = Close.objects.filter(found_by=RULE).first()
    if before is not None:
        with suppress(CloseGone, facts.FactsGone):
            return now.intersect(_told(home, before, duck))
    return now.limit(0)


def _ready(file: pq.ParquetFile) -> Iterator[Sequence[Row]]:
    with file as kept:
        for batch in kept.iter_batches(_AT_ONCE):
            columns = {name: batch.column(name).to_pylist() for name in _READ}
            names = [findable(name or "") for name in columns["name"]]
            told = zip(*(columns[name] for name in _TOLD), strict=True)
            texts = [_text(*one) for one in told]
            phones = [kept_as(text or "") for text in columns["phone"]]
            yield list(zip(*(columns[name] for name in _KEPT), names, texts, phones, strict=True))


def _text(name: str | None, number: str, village: str | None, address: str | None) -> str:
    """Return what a loan is found by; an address is long, and nobody spells it."""
    spelled = findable(*(text for text in (name, number, village) if text))
    if not address:
        return spelled
    plain = folded(address)
    return " ".join((spelled, plain, *behind_signs(plain)))
