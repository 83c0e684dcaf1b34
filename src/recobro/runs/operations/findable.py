"""Let the problem loans of the newest day be found by what people type."""

from collections.abc import Iterator, Sequence

import ibis.expr.types as ir
import pyarrow.parquet as pq

from recobro.book.models import Close, Findable
from recobro.book.operations import Row, put
from recobro.book.rules import behind_signs, findable
from recobro.engine.backends.duck import Duck
from recobro.runs import facts
from recobro.runs.home import Home
from recobro.terms.folding import folded
from recobro.terms.phones import kept_as

_AT_ONCE = 20_000
"""Rows that are made ready at a time."""

_KEPT = ("loan_id", "borrower_id", "institution_id", "household_id", "grade")
_TOLD = ("name", "number", "village", "address")
"""What people look for, the most telling first."""
_READ = (*_KEPT, *_TOLD, "phone")


def make_findable(home: Home, close: Close, problems: ir.Table, duck: Duck) -> None:
    """Put the problem loans of a close in the place of those that could be found so far."""
    Findable.objects.all().delete()
    book = facts.tables(home.lake, facts.load_of(close.facts_version).versions, duck)
    owners = book["borrowers"].select("borrower_id", "name", "village", "address", "phone")
    named = problems.left_join(owners, "borrower_id", rname="owner_{name}")
    rows = named.select(
        "borrower_id",
        "institution_id",
        "household_id",
        "grade",
        "name",
        "village",
        "address",
        "phone",
        loan_id=named.loan_no,
        number=named.loan_id,
    )
    file = duck.write(rows, duck.scratch / "findable.parquet")
    put(Findable, (*_KEPT, "name", "text", "phone"), _ready(pq.ParquetFile(file)))


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
