"""Two days of the book side by side, for those who report on it: rows as the engine has them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import ibis.expr.types as ir

from recobro.book.models import Close
from recobro.book.queries import NoClose, close_of
from recobro.engine import close as engine
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.bridge import bridge, bridge_rows
from recobro.engine.steps.figures import FIGURES, figures
from recobro.engine.steps.indicators import indicators
from recobro.engine.steps.migration import migration
from recobro.engine.steps.rates import flow_rates
from recobro.engine.tables import PUBLISHED
from recobro.policy import parse
from recobro.runs import facts, tree
from recobro.runs.home import Home
from recobro.runs.models import Settlement
from recobro.runs.operations.settle import portions, settlement_key
from recobro.runs.queries import published

Rows = list[dict[str, Any]]


class InstitutionUnknown(LookupError):
    """No institution of the book has the id."""

    def __init__(self, institution_id: str) -> None:
        super().__init__(
            f"The book has no institution {institution_id!r}; nothing was written. "
            "Name one by its institution_id, or none for the whole bank."
        )


class Board:
    """A published close and an earlier day, for the nodes of the tree that a report names.

    The earlier day is taken as it was published; where it was not closed, it is computed from the
    facts of the close, under its policy.
    """

    def __init__(self, home: Home, *, as_of: date, since: date, duck: Duck) -> None:
        self.home, self.since, self.duck = home, since, duck
        self.close = close_of(as_of)
        self.policy = parse(self.close.policy_text, name=self.close.policy_name)
        self._kept: dict[object, ir.Table] = {}

    def institutions(self, institution_id: str | None) -> Rows:
        """Return an institution, the root if none is named, and then those directly below it.

        Raises InstitutionUnknown.
        """
        every = self._rows(self._book["institutions"].order_by("institution_id"))
        wanted = institution_id or next(
            one["institution_id"] for one in every if not one["parent_id"]
        )
        top = [one for one in every if one["institution_id"] == wanted]
        if not top:
            raise InstitutionUnknown(wanted)
        under = [one for one in every if one["parent_id"] == top[0]["institution_id"]]
        return [top[0], *under]

    def figures(self, on: date, nodes: Sequence[str]) -> tuple[Rows, bool]:
        """Return the figures of a day, and whether they were computed anew."""
        close = _closed(on)
        if close is not None:
            found = self.duck.read(published(self.home, close, "figures"), FIGURES)
        else:
            found = self._keep(("figures", on), lambda: figures(self._recomputed(on), self._above))
        return self._rows(found.filter(found.institution_id.isin(nodes))), close is None

    def indicators(self, nodes: Sequence[str]) -> Rows:
        """Return the indicators of the day of the close."""
        now = self.duck.read(published(self.home, self.close, "figures"), FIGURES)
        found = indicators(now, self._book["ledger"], self._above, self.policy.provision)
        return self._rows(found.filter(found.institution_id.isin(nodes)))

    def new_nonperforming(self, nodes: Sequence[str]) -> Rows:
        """Return the loans on balance that are nonperforming, and were not on the earlier day."""
        now, then = self._standings(self.close.as_of), self._standings(self.since)
        before = then.filter(then.nonperforming, then.on_balance)
        bad = now.filter(now.nonperforming, now.on_balance).anti_join(before, "loan_no")
        return self._named(bad, nodes)

    def three_six(self, nodes: Sequence[str]) -> Rows:
        """Return the loans on balance that missed so many in a row, or so many in all."""
        now = self._standings(self.close.as_of)
        return self._named(now.filter(now.three_six, now.on_balance), nodes)

    def bridge(self, nodes: Sequence[str]) -> Rows:
        """Return the cells of the bridge of the nonperforming balance from the earlier day."""
        cells = bridge(
            bridge_rows(
                self._standings(self.since),
                self._recomputed(self.since),
                self._standings(self.close.as_of),
                self._portions,
                first=self.since,
                last=self.close.as_of,
                above=self._above,
            )
        )
        return self._rows(cells.filter(cells.institution_id.isin(nodes)))

    def migration(self, by: Literal["grade", "bucket"], nodes: Sequence[str]) -> Rows:
        """Return the migration matrix from the earlier day."""
        cells = self._migration(by)
        return self._rows(cells.filter(cells.institution_id.isin(nodes)))

    def flows(self, nodes: Sequence[str]) -> Rows:
        """Return the rates of cure and formation since the earlier day."""
        found = flow_rates(self._migration("grade"))
        return self._rows(found.filter(found.institution_id.isin(nodes)))

    @cached_property
    def _book(self) -> dict[str, ir.Table]:
        load = facts.load_of(self.close.facts_version)
        return dict(facts.tables(self.home.lake, load.versions, self.duck))

    @cached_property
    def _above(self) -> ir.Table:
        return tree.above(self.duck, self._book["institutions"])

    @cached_property
    def _portions(self) -> ir.Table:
        settled = Settlement.objects.get(
            key=settlement_key(self.policy), facts_version=self.close.facts_version
        )
        return portions(self.home, settled, self.duck)

    def _standings(self, on: date) -> ir.Table:
        close = self.close if on == self.close.as_of else _closed(on)
        if close is None:
            return self._recomputed(on)
        return self.duck.read(published(self.home, close, "standings"), PUBLISHED)

    def _recomputed(self, on: date) -> ir.Table:
        """Return the standings of a day, seen with the facts of the close."""
        if ("standings", on) not in self._kept:
            with Duck(self.duck.scratch / str(on)) as desk:
                engine.standings(self._facts(desk), on=on, policy=self.policy, desk=desk)
                files = desk.kept("standings")
            self._kept["standings", on] = self.duck.read(files, PUBLISHED)
        return self._kept["standings", on]

    def _facts(self, desk: Duck) -> engine.Facts:
        load = facts.load_of(self.close.facts_version)
        book = facts.tables(self.home.lake, load.versions, desk)
        settled = Settlement.objects.get(
            key=settlement_key(self.policy), facts_version=self.close.facts_version
        )
        return engine.Facts(
            loans=book["loans"],
            borrowers=book["borrowers"],
            portions=portions(self.home, settled, desk),
            restructurings=book["restructurings"],
            judgements=book["judgements"],
        )

    def _migration(self, by: Literal["grade", "bucket"]) -> ir.Table:
        then, now = self._standings(self.since), self._standings(self.close.as_of)
        return self._keep(("migration", by), lambda: migration(then, now, self._above, by=by))

    def _named(self, loans: ir.Table, nodes: Sequence[str]) -> Rows:
        """Add to loans who owes them, the node they are under, and their grade before."""
        top, *under = nodes
        below = self._above.filter(self._above.node_id.isin(under))
        own = self._above.filter(self._above.node_id == top).anti_join(below, "institution_id")
        inside = loans.join(below.union(own), "institution_id")
        then = self._standings(self.since)
        before = then.filter(then.on_balance).select("loan_no", grade_before="grade")
        owners = self._book["borrowers"].select("borrower_id", borrower="name")
        named = inside.left_join(owners, "borrower_id", rname="owner_{name}")
        named = named.left_join(before, "loan_no", rname="before_{name}")
        return self._rows(named.order_by(named.outstanding_principal.desc(), named.loan_id))

    def _keep(self, name: object, make: Callable[[], ir.Table]) -> ir.Table:
        if name not in self._kept:
            folder = "-".join(str(part) for part in name) if isinstance(name, tuple) else str(name)
            self._kept[name] = self.duck.keep(folder, [make()])
        return self._kept[name]

    def _rows(self, table: ir.Table) -> Rows:
        found: Rows = self.duck.connection.to_pyarrow(table).to_pylist()
        return found


@contextmanager
def opened(home: Home, *, as_of: date, since: date) -> Iterator[Board]:
    """Open the board of two days, in a scratch folder that goes when it is closed.

    Raises book.queries.NoClose.
    """
    with TemporaryDirectory() as scratch, Duck(Path(scratch)) as duck:
        yield Board(home, as_of=as_of, since=since, duck=duck)


def _closed(on: date) -> Close | None:
    try:
        return close_of(on)
    except NoClose:
        return None
