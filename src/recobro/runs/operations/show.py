"""Show the closes in force in the workplace: their problem loans and figures become rows."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import ibis
import ibis.expr.types as ir
from django.db import OperationalError, models, transaction
from django.db.models import Exists, Q

from recobro.book.models import (
    Borrower,
    Bridge,
    BridgeCell,
    BridgeLoan,
    Close,
    Figure,
    Findable,
    Institution,
    Loan,
    Staff,
    Standing,
)
from recobro.book.operations import Row, count_anew, put
from recobro.book.queries import GENERATION, closes_in_force, latest_shown
from recobro.book.signals import close_shown
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.figures import FIGURES
from recobro.engine.steps.ledger import ledger_of_nodes, not_told_whole
from recobro.engine.steps.problem_loans import problem_loans
from recobro.engine.tables import PUBLISHED
from recobro.office.lock import one_at_a_time
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.operations import announce
from recobro.runs import facts, tree
from recobro.runs.closes import published
from recobro.runs.home import Home
from recobro.runs.models import Load
from recobro.runs.operations.filling import fill
from recobro.runs.operations.findable import RULE, make_findable
from recobro.runs.progress import Progress, silent
from recobro.terms.codes import LedgerItem
from recobro.terms.dates import month_end
from recobro.terms.grades import Grade

_HEADS: Mapping[type[models.Model], tuple[str, tuple[str, ...]]] = {
    Staff: ("staff", ("staff_id", "name", "institution_id", "active")),
    Borrower: (
        "borrowers",
        (
            *("borrower_id", "household_id", "kind", "name"),
            *("national_id", "phone", "address", "village"),
        ),
    ),
    Loan: (
        "loans",
        (
            *("loan_no", "loan_id", "borrower_id", "institution_id", "staff_id", "product"),
            *("currency", "principal", "disbursed_on", "matures_on", "guarantee"),
            *("closed_on", "closed_as"),
        ),
    ),
}
"""What of the facts becomes rows, parents first, and from which table; columns of both."""


def show(*, home: Home, at: datetime, progress: Progress = silent) -> list[Close]:
    """Bring the workplace to the closes in force; return those that are newly shown.

    The newest day and every month end are shown. Each close takes one transaction, in which those
    go that it takes the place of: whoever looks meanwhile sees the one or the other, and what is
    ended on the way begins anew. Whoever comes second waits.
    Raises closes.CloseGone, facts.FactsGone, HomeUnusable, DatabaseUnusable.
    """
    with home.told():
        if not _not_shown(_wanted()):
            _find_again(home)
            return []
        with home.showing(), home.reading() as scratch, Duck(scratch) as duck:
            wanted = _wanted()
            new = _not_shown(wanted)
            with transaction.atomic():
                _heads(home, new, duck)
            for done, close in enumerate(new):
                progress("show", done, len(new))
                with transaction.atomic():
                    _show(home, close, duck, at, newest=close == wanted[-1])
                    _forget(wanted, close)
            with suppress(OperationalError):  # somebody writes for long: the next close does it
                count_anew(Institution, Borrower, Loan, Standing, Findable, Figure)
            return new


def _find_again(home: Home) -> None:
    """Make what is searched where the newest close is shown and nothing is found by this rule.

    So it is after an older backup, and after an upgrade.
    """
    if Close.objects.filter(Exists(Findable.objects.all()), found_by=RULE).exists():
        return
    close = latest_shown()
    if close is None or not Standing.objects.filter(close=close).exists():
        return
    with home.showing(), home.reading() as scratch, Duck(scratch) as duck, transaction.atomic():
        make_findable(home, close, duck)
        close.save(update_fields=["found_by"])


def _show(home: Home, close: Close, duck: Duck, at: datetime, *, newest: bool) -> None:
    one_at_a_time()  # before cases are locked: who changes teams waits here, and not half way
    standings = duck.read(published(home, close, "standings"), PUBLISHED)
    fill(Standing, _standings(problem_loans(standings), close), duck)
    if newest:
        make_findable(home, close, duck)
    fill(Figure, _figures(home, close, standings, duck), duck)
    # Whoever hears of the close asks for a few of its standings: the planner must know how many.
    count_anew(Standing)
    close.shown_at = at
    close.save(update_fields=["shown_at", "found_by"])
    close_shown.send(Close, close=close, at=at)
    announce(event=Event.CLOSE_SHOWN, about=_about(close), at=at)


def _about(close: Close) -> dict[str, Any]:
    return {
        "as_of": str(close.as_of),
        "published_at": close.published_at.isoformat(),
        "facts_version": close.facts_version,
        "marked": close.marked,
        "addresses": [f"/api/v1/figures?as_of={close.as_of}"],
    }


def _wanted() -> list[Close]:
    """Return the closes in force that the workplace shows: the newest, and the month ends."""
    every = closes_in_force()
    return [
        close for close in every if close in every[-1:] or close.as_of == month_end(close.as_of)
    ]


def _not_shown(wanted: list[Close]) -> list[Close]:
    return [close for close in wanted if close.shown_at is None]


def _forget(wanted: list[Close], newer: Close) -> None:
    """Take the rows away of closes that are shown no more, since a newer one is."""
    stay = [close.pk for close in wanted]
    shown = Close.objects.filter(shown_at__isnull=False, as_of__lte=newer.as_of)
    gone = shown.exclude(pk__in=stay)
    for rows in (Standing, Figure):
        rows.objects.filter(close__in=gone).delete()
    _take_down(gone)
    gone.update(shown_at=None)


def _take_down(gone: models.QuerySet[Close]) -> None:
    """Take the bridges away that stand on a close that is shown no more."""
    bridges = list(Bridge.objects.filter(Q(close__in=gone) | Q(since__in=gone)))
    if not bridges:
        return
    for parts in (BridgeLoan, BridgeCell):
        parts.objects.filter(bridge__in=bridges).delete()
    Bridge.objects.filter(pk__in=[bridge.pk for bridge in bridges]).delete()


def _heads(home: Home, new: list[Close], duck: Duck) -> None:
    """Bring institutions, staff, borrowers and loans to the facts of closes that are to be shown.

    A row that a full delivery leaves out stays: an older close names it. Facts older than those
    that are there add what is missing, and change nothing.
    """
    for version, since, newer in _to_take_in(new):
        book = facts.tables(home.lake, facts.load_of(version).versions, duck)
        tree = book["institutions"].select("institution_id", "parent_id", "name", "kind")
        _institutions(duck.rows(tree), newer=newer)
        for model, (table, columns) in _HEADS.items():
            rows = book[table].filter(book[table].load_no > since)
            fill(model, rows.select(*columns), duck, newer=newer)


def _to_take_in(new: list[Close]) -> list[tuple[int, int, bool]]:
    """Return versions of the facts, since which one each, and whether it is newer than all shown.

    Up to the next full delivery facts lose no key, so of those between two the last suffice.
    """
    fulls = list(Load.objects.filter(kind="full").values_list("number", flat=True))

    def last(closes: Iterable[Close]) -> dict[int, int]:
        versions = sorted(close.facts_version for close in closes)
        return {bisect_right(fulls, version): version for version in versions}

    taken = last(Close.objects.filter(shown_at__isnull=False))
    newest = max(taken.values(), default=0)
    lacking = {
        number: version for number, version in last(new).items() if version > taken.get(number, 0)
    }
    older = [
        (version, taken.get(number, 0), False)
        for number, version in reversed(lacking.items())
        if version < newest
    ]
    ahead = [newest, *(version for version in lacking.values() if version > newest)]
    return older + [(version, since, True) for since, version in pairwise(ahead)]


def _institutions(delivered: list[dict[str, str]], *, newer: bool) -> None:
    """Write the tree, parents first, each with its path from the root.

    One that the facts no longer have keeps a place below its last parent: another must not get
    its path, and with it whoever may see that.
    """
    known = Institution.objects.values("institution_id", "parent_id", "name", "kind")
    told: Iterable[Any] = (*known, *delivered) if newer else (*delivered, *known)
    every: dict[str, dict[str, str]] = {row["institution_id"]: row for row in told}
    below: dict[str | None, list[dict[str, str]]] = {
        parent: list(children)
        for parent, children in groupby(
            sorted(every.values(), key=lambda row: (row["parent_id"] or "", row["institution_id"])),
            key=lambda row: row["parent_id"],
        )
    }

    def climbed(parent: str | None, path: str) -> Iterator[Row]:
        for number, row in enumerate(below.get(parent, ()), 1):
            own = f"{path}{number:0{GENERATION}}"
            yield row["institution_id"], parent, row["name"] or "", row["kind"], own
            yield from climbed(row["institution_id"], own)

    columns = ("institution_id", "parent_id", "name", "kind", "path")
    put(Institution, columns, [list(climbed(None, ""))])


def _standings(problems: ir.Table, close: Close) -> ir.Table:
    ranks = {grade.code: int(grade) for grade in Grade}
    same = _columns(Standing, PUBLISHED.names) - {"loan_id"}  # of a row it is the loan's number
    return problems.mutate(grade_reasons=problems.grade_reasons.join(";")).select(
        *sorted(same),
        close_id=ibis.literal(close.pk),
        loan_id=problems.loan_no,
        grade_rank=problems.grade.cases(*ranks.items()),
    )


def _figures(home: Home, close: Close, standings: ir.Table, duck: Duck) -> ir.Table:
    """Return the figures of a close, and beside a whole what the ledger has set aside for it.

    Not where it tells of a part alone: beside all loans that would look like too little.
    """
    figures = duck.read(published(home, close, "figures"), FIGURES)
    book = facts.tables(home.lake, facts.load_of(close.facts_version).versions, duck)
    today = book["ledger"].filter(book["ledger"].on == ibis.literal(close.as_of))
    above = tree.above(duck, book["institutions"])
    held = standings.filter(standings.on_balance).select("institution_id", "currency").distinct()
    lacking = not_told_whole(today.filter(today.item == LedgerItem.ALLOWANCE.value), held, above)
    set_aside = ledger_of_nodes(today, above).anti_join(lacking, ["institution_id", "currency"])
    set_aside = set_aside.select("institution_id", "currency", "allowance", by=ibis.literal("all"))
    same = _columns(Figure, FIGURES.names)
    beside = figures.left_join(set_aside, ["institution_id", "currency", "by"])
    return beside.select(*sorted(same), "allowance", close_id=ibis.literal(close.pk))


def _columns(model: type[models.Model], names: tuple[str, ...]) -> set[str]:
    """Return the columns of a table that are told under the same name."""
    return {field.column for field in model._meta.concrete_fields} & {*names}
