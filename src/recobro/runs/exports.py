"""Files of what a close published, for other programs: decimals, dates, codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from recobro.book.models import Close
from recobro.book.queries import close_of
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.changes import CHANGED_MONEY, CHANGES
from recobro.engine.steps.figures import EXPORTED, FIGURES
from recobro.engine.tables import MONEY, PUBLISHED, STANDINGS
from recobro.runs.closes import published
from recobro.runs.facts import record_of
from recobro.runs.findings import findings_of
from recobro.runs.home import Home
from recobro.runs.progress import Progress, silent
from recobro.runs.spreadsheet import write_sheet
from recobro.terms.money import DIGITS
from recobro.terms.refusal import Refusal

_FIGURES_MONEY = ("outstanding_principal", "nonperforming_principal", "overdue_amount", "provision")

_UNITS = {0: "1", 2: "0.01", 3: "0.001"}
"""One minor unit of a currency with so many digits, in units of the currency."""


class ExportFormUnknown(Refusal):
    """The ending of a file names no form that can be written."""

    says = (
        "{name} ends in {ending!r}; nothing was written. Name a file that ends in .parquet, .csv "
        "or .xlsx."
    )

    def __init__(self, file: Path) -> None:
        super().__init__(name=file.name, ending=file.suffix or "nothing")


def standings(*, home: Home, as_of: date, to: Path, progress: Progress = silent) -> int:
    """Write the standings of the close in force to a file, sorted by loan_id; return their number.

    Raises book.queries.NoClose, ExportFormUnknown.
    """
    close = close_of(as_of)
    with _opened(home, to) as duck:
        kept = duck.read(published(home, close, "standings"), PUBLISHED)
        rows = in_decimals(kept.select(*STANDINGS.names), MONEY, duck).order_by("loan_id")
        return write(rows, to, duck, progress)


def figures(*, home: Home, as_of: date, to: Path, progress: Progress = silent) -> int:
    """Write the figures of the close in force to a file; return the number of rows.

    Sorted by currency, institution, and what they are parted by. Raises as `standings` does.
    """
    close = close_of(as_of)
    with _opened(home, to) as duck:
        kept = duck.read(published(home, close, "figures"), FIGURES)
        rows = in_decimals(kept.select(*EXPORTED), _FIGURES_MONEY, duck)
        in_order = rows.order_by("currency", "institution_id", "by", "value")
        return write(in_order, to, duck, progress)


def changes(*, home: Home, as_of: date, to: Path, progress: Progress = silent) -> tuple[Close, int]:
    """Write which loans the close in force says otherwise than the one that it replaced.

    Return that close and the number of loans, sorted by loan_id. Raises as `standings` does.
    """
    close = close_of(as_of)
    with _opened(home, to) as duck:
        kept = duck.read(published(home, close, "changes"), CHANGES)
        rows = in_decimals(kept, CHANGED_MONEY, duck).order_by("loan_id")
        return close, write(rows, to, duck, progress)


def findings(
    *, home: Home, number: int | None, to: Path, progress: Progress = silent
) -> tuple[int, int]:
    """Write all findings of a load, the newest if none is named, to a file.

    Return the load's number and that of its findings. Raises facts.NoFacts, ExportFormUnknown.
    """
    load = record_of(number)
    with _opened(home, to) as duck:
        return load.number, write(findings_of(home, load, duck), to, duck, progress)


@contextmanager
def _opened(home: Home, to: Path) -> Iterator[Duck]:
    """Open an engine that keeps the order of rows.

    Raises ExportFormUnknown, before anything is computed.
    """
    if to.suffix not in _FORMS:
        raise ExportFormUnknown(to)
    with home.reading() as scratch, Duck(scratch, in_order=True) as duck:
        yield duck


def in_decimals(rows: ir.Table, money: tuple[str, ...], duck: Duck) -> ir.Table:
    """Return amounts as decimals: of 2 digits, of 3 where a currency of the rows has 3."""
    codes = {code: _UNITS[digits] for code, digits in DIGITS.items()}
    thousandths = [code for code, unit in codes.items() if unit == _UNITS[3]]
    scale = 3 if duck.number(rows.filter(rows.currency.isin(thousandths)).count()) else 2
    unit = rows.currency.cases(*codes.items(), else_=_UNITS[2]).cast("decimal(38, 6)")
    return rows.mutate(
        **{
            name: (rows[name].cast("decimal(38, 6)") * unit).cast(f"decimal(38, {scale})")
            for name in money
        }
    )


def write(rows: ir.Table, to: Path, duck: Duck, progress: Progress = silent) -> int:
    """Write a table's rows to a file of the form that its ending names; return their number."""
    to.parent.mkdir(parents=True, exist_ok=True)
    progress("write", 0, 1)
    return _FORMS[to.suffix](rows, to, duck, progress)


def _parquet(rows: ir.Table, to: Path, duck: Duck, progress: Progress) -> int:  # noqa: ARG001 - one statement of the engine has no parts
    duck.write(rows, to)
    return int(pq.read_metadata(to).num_rows)


def _csv(rows: ir.Table, to: Path, duck: Duck, progress: Progress) -> int:  # noqa: ARG001 - the same
    duck.connection.to_csv(_lists_joined(rows), to, header=True)
    return duck.number(rows.count())


def _xlsx(rows: ir.Table, to: Path, duck: Duck, progress: Progress) -> int:
    with pq.ParquetFile(duck.write(_lists_joined(rows), duck.scratch / "sheet.parquet")) as kept:
        count = int(kept.metadata.num_rows)
        batches = pa.RecordBatchReader.from_batches(kept.schema_arrow, kept.iter_batches())
        write_sheet(batches, to, rows=count, progress=progress)
    return count


_FORMS = {".parquet": _parquet, ".csv": _csv, ".xlsx": _xlsx}


def _lists_joined(rows: ir.Table) -> ir.Table:
    lists = [name for name, dtype in rows.schema().items() if dtype.is_array()]
    return rows.mutate(**{name: rows[name].join(";").nullif("") for name in lists})
