"""Grade what might happen by the steps of a close, so that explaining cannot disagree with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from recobro.engine import close
from recobro.engine.explain.known import Reader, Row
from recobro.engine.explain.scenarios import COPIED, Copies
from recobro.engine.script import Script, Writer
from recobro.engine.steps import classification, contagion, cure, restructuring
from recobro.engine.steps.settlement import settlement
from recobro.engine.tables import FACTS
from recobro.policy import Policy

_HELD = ibis.schema({"loan_no": "int64", "restructured_on": "date", "held_grade": "int8"})
_VIEWS = ibis.schema({"loan_no": "int64", "as_of": "date"})


@dataclass(frozen=True, kw_only=True)
class Graded:
    """What the engine found.

    `ahead` has the explained loan's grade_rank and floors by scenario and day, `today` those of
    every loan by loan_no. The rest is the explained loan's as it stands: its standing, and the rows
    of its portions, observations and episodes.
    """

    ahead: Mapping[tuple[int, date], Row]
    today: Mapping[int, Row]
    standing: Row
    portions: list[Row]
    observed: list[Row]
    episodes: list[Row]


class Stage(Reader, Protocol):
    """Where a script is followed; the engine on this machine is one."""

    def follow(self, script: Script, given: Mapping[str, pa.Table]) -> dict[str, list[Row]]:
        """Compute a script from the tables that are given, and return the rows that it answers."""
        ...


def grade(copies: Copies, policy: Policy, stage: Stage) -> Graded:
    """Grade each scenario on each of its days.

    In the first scenario nothing more is paid, and the day of the explanation is among its days.
    """
    script = written(policy, turns=_turns(copies))
    rows = copies.rows() | {"views": copies.views(), "asked": [_asked(copies)], "held": []}
    given = {
        name: pa.Table.from_pylist(rows[name], schema=schema.to_pyarrow())
        for name, schema in script.given.items()
    }
    return _read(copies, stage.follow(script, given))


@lru_cache(maxsize=16)
def written(policy: Policy, *, turns: int) -> Script:
    """Write how loans are graded that were restructured up to so many times."""
    desk = Writer()
    facts = _facts(desk, policy)
    views = facts.loans.join(desk.table("views", _VIEWS), "loan_no")
    lines = facts.portions.join(views.select("as_of", "loan_no"), "loan_no")
    money = close.Money.told_by(lines, policy, lambda name, tables: _kept(desk, name, tables[0]))
    loans = _kept(desk, "measured", close.measure(views, money, facts, policy))
    found = close.found_of(views, loans, lines, facts, policy=policy, desk=desk, name="explain")
    held = _held(facts, turns=turns, policy=policy, desk=desk)
    floors = restructuring.restructured_floor(found.observed, held)
    alone = _kept(desk, "alone", close.alone(loans, found, floors, policy))
    every = close.grade(alone, contagion.contagion_floor(alone, policy.contagion))
    every = _kept(desk, "graded", every)
    asked = desk.table("asked", _VIEWS)
    own = lines.semi_join(asked, ["as_of", "loan_no"])
    observed = found.observed.left_join(held, ["loan_no", "restructured_on"], rname="held_{name}")
    floor_columns = classification.FLOORS.values()
    columns = ("graded_alone", "grade_rank", "on_balance", "outstanding_principal", *floor_columns)
    return desk.script(
        every=every.select("as_of", "loan_no", *columns),
        standing=close.conclude(every.semi_join(asked, ["as_of", "loan_no"]), policy),
        portions=own,
        observed=observed.semi_join(asked, ["as_of", "loan_no"]),
        episodes=cure.episodes(own, policy),
    )


def _kept(desk: Writer, name: str, table: ir.Table) -> ir.Table:
    return desk.keep(f"explain-{name}", [table])


def _facts(desk: Writer, policy: Policy) -> close.Facts:
    tables = {name: desk.table(name, FACTS[name]) for name in COPIED}
    settled = settlement(
        tables["loans"],
        tables["instalments"],
        tables["payments"],
        load_no=0,
        policy=policy,
    )
    return close.Facts(
        loans=tables["loans"],
        borrowers=tables["borrowers"],
        portions=_kept(desk, "portions", settled),
        restructurings=tables["restructurings"],
        judgements=tables["judgements"],
    )


def _held(facts: close.Facts, *, turns: int, policy: Policy, desk: Writer) -> ir.Table:
    if not turns:  # nothing is looked back at
        return desk.table("held", _HELD)
    # What came after the day of the explanation is not among the rows that are given.
    looks = _kept(desk, "looks", close.looks_of(facts, on=date.max))
    return close.held_before(facts, looks, facts.portions, turns=turns, policy=policy, desk=desk)


def _turns(copies: Copies) -> int:
    """Count the days on which a loan of the borrower was restructured in difficulty."""
    rows = copies.known.restructurings
    return len({row["restructured_on"] for row in rows if row["difficulty"]})


def _asked(copies: Copies) -> Row:
    return {"as_of": copies.known.on, "loan_no": copies.known.loan["loan_no"]}


def _read(copies: Copies, told: Mapping[str, list[Row]]) -> Graded:
    known = copies.known
    own, on = known.loan["loan_no"], known.on
    rows = {(row["loan_no"], row["as_of"]): row for row in told["every"]}
    [standing] = told["standing"]
    return Graded(
        ahead={
            (index, day): rows[copies.number(own, index), day]
            for index, scenario in enumerate(copies.scenarios)
            for day in scenario.days
        },
        today={loan_no: rows[loan_no, on] for loan_no in known.numbers},
        standing=standing,
        portions=told["portions"],
        observed=told["observed"],
        episodes=told["episodes"],
    )
