"""Two days of the book side by side, for those who report on it: rows as the engine has them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import ibis.expr.types as ir

from recobro.book.models import Close
from recobro.book.queries import NoClose, close_of
from recobro.engine import close as engine
from recobro.engine.backends.duck import Duck
from recobro.engine.months import MONTH_END, stood
from recobro.engine.steps.look_ahead import as_known_on
from recobro.engine.steps.missed import looks_back_to
from recobro.engine.tables import PUBLISHED
from recobro.policy import parse
from recobro.runs import facts, tree
from recobro.runs.closes import published
from recobro.runs.home import Home
from recobro.runs.judged import taken_by
from recobro.runs.models import Settlement
from recobro.runs.operations.settle import settlement_key
from recobro.terms.dates import previous_month_end
from recobro.terms.refusal import Refusal

Rows = list[dict[str, Any]]

MONTHS = 24
"""So many month ends before the day of the close are looked back to."""


class SettlementGone(Refusal):
    """What a close was made from is no longer kept, or in a form that is read no more."""

    says = (
        "The settlement that the close of {as_of} was made from is in an older form; nothing was "
        "written. Close the day again: recobro close --as-of {day} --facts-version "
        "{facts_version} --judged-up-to {judged_up_to}"
    )

    def __init__(self, close: Close) -> None:
        super().__init__(
            as_of=close.as_of,
            day=str(close.as_of),
            facts_version=str(close.facts_version),
            judged_up_to=str(close.judged_up_to),
        )


class NoInstitution(Refusal):
    """No institution of the book has the id."""

    says = (
        "The book has no institution {institution_id!r}; nothing was written. Name one by its "
        "institution_id, or none for the whole bank."
    )

    def __init__(self, institution_id: str) -> None:
        super().__init__(institution_id=institution_id)


class Board:
    """A published close and an earlier day, for the nodes of the tree that a report names.

    The earlier day is taken as it was published; where it was not closed, it is computed from the
    facts of the close, under its policy. What is asked of it stands in `questions`.
    """

    def __init__(self, home: Home, *, as_of: date, since: date, duck: Duck) -> None:
        self.home, self.since, self.duck = home, since, duck
        self.close = close_of(as_of)
        self.policy = parse(self.close.policy_text, name=self.close.policy_name)
        self._kept: dict[str, ir.Table] = {}

    def institutions(self, institution_id: str | None) -> Rows:
        """Return an institution, the root if none is named, and then those that it is parted into.

        These are directly below it; one alone there gives way to those below that one. Raises
        NoInstitution.
        """
        every = self.rows(self.book["institutions"].order_by("institution_id"))
        wanted = institution_id or next(
            one["institution_id"] for one in every if not one["parent_id"]
        )
        top = [one for one in every if one["institution_id"] == wanted]
        if not top:
            raise NoInstitution(wanted)
        under = _below(every, wanted)
        while len(under) == 1 and (further := _below(every, under[0]["institution_id"])):
            under = further
        return [top[0], *under]

    @cached_property
    def book(self) -> dict[str, ir.Table]:
        """The facts of the close."""
        load = facts.load_of(self.close.facts_version)
        return dict(facts.tables(self.home.lake, load.versions, self.duck))

    @cached_property
    def above(self) -> ir.Table:
        """Each institution with itself and every node above it."""
        return tree.above(self.duck, self.book["institutions"])

    @cached_property
    def portions(self) -> ir.Table:
        """The settlement that the close was made from."""
        return facts.portions(self.home.lake, self._settled, self.duck)

    @cached_property
    def _settled(self) -> Settlement:
        key, version = settlement_key(self.policy), self.close.facts_version
        found = Settlement.objects.filter(key=key, facts_version=version).first()
        if found is None:
            raise SettlementGone(self.close)
        return found

    @cached_property
    def known(self) -> ir.Table:
        """The portions as if nothing were paid after the day of the close."""
        loans, on = self.book["loans"], self.close.as_of
        known = as_known_on(self.portions, loans, on=on, policy=self.policy)
        return self.duck.keep("known", [known])

    def closed(self, on: date) -> Close | None:
        """Return the close of a day: the board's own, else the one in force; None if none is."""
        if on == self.close.as_of:
            return self.close
        try:
            return close_of(on)
        except NoClose:
            return None

    def standings(self, on: date) -> ir.Table:
        """Return the standings of a day as published, else as the facts of the close tell them."""
        close = self.closed(on)
        return self.recomputed(on) if close is None else self._published(close)

    def recomputed(self, on: date) -> ir.Table:
        """Return the standings of a day, seen with the facts of the close."""
        return self._computed(f"standings-{on}", on, lambda read, _: read)

    def unpaid(self, *, days: int) -> ir.Table:
        """Return the standings so many days after the close, if nothing is paid after it."""

        def forgetting(read: engine.Facts, desk: Duck) -> engine.Facts:
            schema = self.known.schema()  # looked at first: its files are there then
            known = desk.read(self.duck.kept("known"), schema)
            return replace(read, portions=known, lines=None, few=None)

        then = self.close.as_of + timedelta(days=days)
        return self._computed(f"unpaid-{then}", then, forgetting)

    @cached_property
    def month_ends(self) -> dict[date, bool]:
        """The month ends before the close that have loans, and its day: is each recomputed."""
        loans = self.book["loans"]
        first = self.duck.connection.to_pyarrow(loans.disbursed_on.min()).as_py()
        days = [self.close.as_of]
        while first and len(days) <= MONTHS and previous_month_end(days[-1]) >= first:
            days.append(previous_month_end(days[-1]))
        return {on: self.closed(on) is None for on in reversed(days)}

    def months(self) -> ir.Table:
        """Return MONTH_END of every month end, one under the other."""
        days = self.month_ends.items()
        shut = [self.standings(on).select(*MONTH_END.names) for on, anew in days if not anew]
        months = self.keep("months", lambda: shut)
        recomputed = [on for on, anew in days if anew]
        return months.union(self._stood(recomputed)) if recomputed else months

    def _stood(self, days: list[date]) -> ir.Table:
        name = "months-recomputed"
        if name not in self._kept:
            read = self._facts(self.duck)
            self._kept[name] = self.duck.keep_by_day(
                name, days, lambda day: stood(read, on=day, policy=self.policy)
            )
        return self._kept[name]

    def placed(self, loans: ir.Table, nodes: Sequence[str]) -> ir.Table:
        """Say of loans who owes them, and put them at the node that they are under."""
        top, *under = nodes
        below = self.above.filter(self.above.node_id.isin(under))
        own = self.above.filter(self.above.node_id == top).anti_join(below, "institution_id")
        inside = loans.join(below.union(own), "institution_id").drop("institution_id")
        inside = inside.rename(institution_id="node_id")
        owners = self.book["borrowers"].select("borrower_id", borrower="name")
        return inside.left_join(owners, "borrower_id", rname="owner_{name}")

    def keep(self, name: str, make: Callable[[], list[ir.Table]]) -> ir.Table:
        """Compute tables of one schema once, and return their union."""
        if name not in self._kept:
            self._kept[name] = self.duck.keep(name, make())
        return self._kept[name]

    def rows(self, table: ir.Table) -> Rows:
        """Return the rows of a table."""
        return self.duck.rows(table)

    def _published(self, close: Close) -> ir.Table:
        return self.duck.read(published(self.home, close, "standings"), PUBLISHED)

    def _computed(
        self, name: str, on: date, see: Callable[[engine.Facts, Duck], engine.Facts]
    ) -> ir.Table:
        if name not in self._kept:
            with Duck(self.duck.scratch / name) as desk:
                read = see(self._facts(desk, on=on), desk)
                engine.standings(read, on=on, policy=self.policy, desk=desk)
                files = desk.kept("standings")
            self._kept[name] = self.duck.read(files, PUBLISHED)
        return self._kept[name]

    def _facts(self, desk: Duck, *, on: date | None = None) -> engine.Facts:
        load = facts.load_of(self.close.facts_version)
        since = looks_back_to(on, self.policy.missed) if on else None
        judged = taken_by(self.home, self.close)
        return facts.close_facts(
            self.home.lake, load, self._settled, desk, on=on, since=since, judged=judged
        )


@contextmanager
def opened(home: Home, *, as_of: date, since: date) -> Iterator[Board]:
    """Open the board of two days, in a scratch folder that goes when it is closed.

    Raises book.queries.NoClose.
    """
    with home.reading() as scratch, Duck(scratch) as duck:
        yield Board(home, as_of=as_of, since=since, duck=duck)


def _below(every: Rows, institution_id: str) -> Rows:
    return [one for one in every if one["parent_id"] == institution_id]
