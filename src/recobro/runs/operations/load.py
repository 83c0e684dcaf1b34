"""Take a delivery into the book: all of it, or nothing."""

import dataclasses
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
from django.db import transaction

from recobro import intake
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import EVER
from recobro.engine.tables import FACTS, KEYS, REPLACED_BY
from recobro.lake import Lake, replaced_table, secure
from recobro.policy import Policy
from recobro.runs import facts, layouts
from recobro.runs.home import Home
from recobro.runs.models import Load
from recobro.runs.operations.settle import TOUCHED, settle
from recobro.runs.operations.sweep import sweep
from recobro.runs.progress import Progress, silent
from recobro.terms.codes import DeliveryKind

_MEMORY = "800MB"
"""A little less than elsewhere: what reads CSV holds more beside it."""

_SETTLED = ("loans", "instalments", "payments")
"""The tables that a settlement rests on."""

_LAID_ALONG_A_LINE = ("instalments", "payments")
"""Those of them whose rows it is made of; a loan keeps its currency."""

_LOST_ONE_BY_ONE = ("obligors", "securities")
"""The tables that are replaced loan by loan, and of which one row of a loan may lose a parent."""


def load(
    *,
    home: Home,
    path: Path,
    kind: str,
    at: datetime,
    policy: Policy,
    mapping: Path | None = None,
    delivered_on: date | None = None,
    accept_drop: int | None = None,
    progress: Progress = silent,
) -> Load | None:
    """Load a delivery, and return the load; None where it changes nothing.

    Rows that break the contract are kept as findings of the load, the others are in the book; it is
    settled under `policy`. The load counts from the moment its row is written: what a run that was
    ended before left in the lake is swept away first. Raises intake.DeliveryRefused, HomeBusy,
    HomeUnusable, DatabaseUnusable, sweep.BookUnknown.
    """
    translation = intake.Mapping.load(mapping) if mapping else None
    with home.writing("a load") as scratch:
        sweep(home)
        last = Load.objects.last()
        new = Load(number=last.number + 1 if last else 1, kind=kind, path=str(path), started_at=at)
        # Rows keep their place in the file only where the engine keeps their order.
        with (
            Duck(scratch / "duck", memory=_MEMORY, in_order=True) as duck,
            layouts.told_apart(path, translation) as new.layout,
        ):
            book = facts.tables(home.lake, last.versions if last else {}, duck)
            delivery = intake.read(
                path,
                connection=duck.connection,
                current=book if last else intake.AtHand(),
                staging=scratch / "delivery",
                load_no=new.number,
                kind=kind,
                mapping=translation,
                delivered_on=delivered_on,
                accept_drop=accept_drop,
                first_loan_no=last.last_loan_no + 1 if last else 1,
                progress=progress,
            )
            if _changes_nothing(delivery):
                return None
            progress("write", 0, 1)
            home.begin(last.number if last else 0)
            _write(new, delivery, home=home, last=last, book=book, duck=duck)
        progress("settle", 0, 1)
        with Duck(scratch / "settle") as duck:
            settled = settle(home, new, policy, duck, progress)
        files = (home.findings_file(new.number), home.touched_file(new.number))
        secure(files, below=home.path)
        new.finished_at = datetime.now(tz=at.tzinfo)
        with transaction.atomic():
            new.save(force_insert=True)
            settled.save()
        home.unfinished.unlink()
        return new


def _write(
    new: Load,
    delivery: intake.Delivery,
    *,
    home: Home,
    last: Load | None,
    book: facts.Tables,
    duck: Duck,
) -> None:
    """Put the rows into the lake and the findings beside them, and note both on the load."""
    folder = home.load_folder(new.number)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    gone = _gone(delivery, book, new, last, duck)
    duck.write(_touched(delivery, gone, duck), home.touched_file(new.number))
    brought = {name for name, taken in delivery.tables.items() if taken.file}
    new.touches_all = delivery.kind == DeliveryKind.FULL and bool(brought & {*_SETTLED})
    new.versions = _commit(
        lake=home.lake,
        delivery=delivery,
        book=book,
        gone=gone,
        duck=duck,
        versions=dict(last.versions if last else {}),
    )
    new.last_loan_no = _last_loan_no(home.lake, new.versions, duck, last)
    shutil.move(delivery.findings, home.findings_file(new.number))
    new.delivered_on = delivery.delivered_on
    new.tables = {name: _account(taken) for name, taken in delivery.tables.items()}
    new.lost = sorted(delivery.orphans)
    new.findings = dict(delivery.codes)


def _changes_nothing(delivery: intake.Delivery) -> bool:
    """Tell whether each table was last brought with the same content and nothing is dropped."""
    if delivery.orphans or delivery.vanished:
        return False
    return all(
        _same(_last_account(delivery.kind, name), _account(taken))
        for name, taken in delivery.tables.items()
    )


def _last_account(kind: str, table: str) -> Mapping[str, object]:
    """Return what the last load of a table says of it; nothing where that is not what it has.

    So it is where a full follows a delta, or where a later load took rows of it out.
    """
    for past in Load.objects.order_by("-number"):
        if table in past.lost:
            return {}
        if table in past.tables:
            return past.tables[table] if kind in {past.kind, DeliveryKind.DELTA} else {}
    return {}


def _same(past: Mapping[str, object], now: Mapping[str, object]) -> bool:
    """Compare all but the file's name: rejected rows count, a new one must be told."""
    return all(past.get(name) == told for name, told in now.items() if name != "file")


def _gone(
    delivery: intake.Delivery, book: facts.Tables, new: Load, last: Load | None, duck: Duck
) -> dict[str, ir.Table]:
    """Keep which rows of earlier loads are no longer in force; a table brought whole has none."""
    gone = {}
    for name in FACTS:
        rows = _out_of_force(name, delivery, book, last, duck)
        if rows is not None:
            numbered = rows.distinct().mutate(load_no=ibis.literal(new.number, "int32"))
            kept = duck.keep(f"gone-{name}", [numbered])
            if any(pq.read_metadata(file).num_rows for file in duck.kept(f"gone-{name}")):
                gone[name] = kept
    return gone


def _out_of_force(
    name: str, delivery: intake.Delivery, book: facts.Tables, last: Load | None, duck: Duck
) -> ir.Table | None:
    parts = []
    if name in delivery.tables and delivery.kind == DeliveryKind.DELTA:
        new = duck.read([delivery.tables[name].path], FACTS[name])
        parts.append(_taken_the_place_of(name, new, book, last))
    if name in delivery.orphans and not _whole(name, delivery):
        parts.append(_dropped_rows(name, delivery, book, duck))
    listed = facts.replaced_schema(name, FACTS[name])
    keys = [part.select(*(column for column in listed if column != "load_no")) for part in parts]
    return ibis.union(*keys) if len(keys) > 1 else next(iter(keys), None)


def _taken_the_place_of(
    name: str, new: ir.Table, book: facts.Tables, last: Load | None
) -> ir.Table:
    """Return rows that name what new rows take the place of."""
    if REPLACED_BY[name] != ("loan_no",):
        return book.among(name, new.select(*REPLACED_BY[name]))
    # Told without looking for it in the book: whatever loans that it knows may have there.
    return new.filter(new.loan_no <= (last.last_loan_no if last else 0))


def _touched(delivery: intake.Delivery, gone: Mapping[str, ir.Table], duck: Duck) -> ir.Table:
    """List the loans whose settlement the delivery changes, and the earliest day that it changes.

    Where it changes all, none is named.
    """
    parts = [duck.read([], TOUCHED)]
    for name in _LAID_ALONG_A_LINE:
        if name in delivery.tables and delivery.kind == DeliveryKind.DELTA:
            new = duck.read([delivery.tables[name].path], FACTS[name])
            parts.append(
                new.select(
                    "loan_no",
                    changed_from=_changes_from(name, new),
                    rescheduled=ibis.literal(name == "instalments"),
                )
            )
        if name in gone:
            ever, no = ibis.literal(EVER), ibis.literal(False, "boolean")  # noqa: FBT003 - ibis takes the value by position
            parts.append(gone[name].select("loan_no", changed_from=ever, rescheduled=no))
    touched = ibis.union(*parts)
    return touched.group_by("loan_no").aggregate(
        changed_from=touched.changed_from.min(), rescheduled=touched.rescheduled.any()
    )


def _changes_from(name: str, new: ir.Table) -> ir.DateValue:
    """Tell from which day on a new row changes how its loan is settled."""
    ever = ibis.literal(EVER)
    if name != "payments":
        return ever
    return ibis.ifelse(new.reverses.isnull(), new.paid_on, ever)


def _dropped_rows(name: str, delivery: intake.Delivery, book: facts.Tables, duck: Duck) -> ir.Table:
    dropped = duck.connection.read_parquet(delivery.orphans[name])
    return book[name].semi_join(dropped, ["load_no", "row"])


def _whole(name: str, delivery: intake.Delivery) -> bool:
    """Tell whether what a table has after the delivery is written anew."""
    if name in delivery.tables:
        return delivery.kind == DeliveryKind.FULL
    return name in delivery.orphans and name in _LOST_ONE_BY_ONE


def _commit(
    *,
    lake: Lake,
    delivery: intake.Delivery,
    book: facts.Tables,
    gone: Mapping[str, ir.Table],
    duck: Duck,
    versions: dict[str, int],
) -> dict[str, int]:
    """Write each table's rows to the lake, one commit a table, and return the versions after it."""
    for name, schema in FACTS.items():
        rows, whole = _rows(name, delivery, book, duck), _whole(name, delivery)
        replaced = replaced_table(name)
        if rows is not None:
            file = lake.new_file(name)
            shutil.move(rows, file)
            versions[name] = lake.commit(name, [file], replace=whole)
        listed = facts.replaced_schema(name, schema)
        if name in gone:
            file = duck.write(gone[name].select(*listed), lake.new_file(replaced))
            versions[replaced] = lake.commit(replaced, [file], replace=False)
        elif whole and replaced in versions:
            none = duck.write(duck.read([], listed), lake.new_file(replaced))
            versions[replaced] = lake.commit(replaced, [none], replace=True)
    return versions


def _rows(name: str, delivery: intake.Delivery, book: facts.Tables, duck: Duck) -> Path | None:
    """Return a file of the rows that a table gains, or has from now on where it is written anew."""
    if name in delivery.tables:
        return delivery.tables[name].path
    if not _whole(name, delivery):
        return None
    dropped = _dropped_rows(name, delivery, book, duck)
    stay = book[name].anti_join(dropped, ["load_no", "row"]).order_by(*KEYS[name])
    return duck.write(stay, duck.scratch / f"{name}.parquet")


def _last_loan_no(lake: Lake, versions: Mapping[str, int], duck: Duck, last: Load | None) -> int:
    loans = duck.read(lake.files("loans", versions), FACTS["loans"])
    return max(duck.number(loans.loan_no.max()), last.last_loan_no if last else 0)


def _account(taken: intake.Taken) -> dict[str, object]:
    return dataclasses.asdict(taken.account) | {
        "file": taken.file,
        "kept": taken.kept,
        "fingerprint": taken.fingerprint,
    }
