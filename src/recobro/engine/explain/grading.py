"""Grade what might happen by the steps of a close, so that explaining cannot disagree with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa

from recobro.engine import close
from recobro.engine.explain.known import Row, rows_of
from recobro.engine.explain.scenarios import COPIED, Copies
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


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Where the grading is done: the rules, and an engine with room for scratch tables."""

    policy: Policy
    desk: close.Desk
    connection: ibis.BaseBackend

    def table(self, name: str, rows: list[Row], schema: sch.Schema) -> ir.Table:
        """Put rows into a scratch table."""
        columns = ibis.schema({column: dtype(nullable=True) for column, dtype in schema.items()})
        data = pa.Table.from_pylist(rows, schema=columns.to_pyarrow())
        return self.connection.create_table(ibis.util.gen_name(f"explain_{name}"), data, temp=True)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Compute a table once."""
        return self.desk.keep(f"explain-{name}", [table])


def grade(copies: Copies, bench: Bench) -> Graded:
    """Grade each scenario on each of its days.

    In the first scenario nothing more is paid, and the day of the explanation is among its days.
    """
    policy = bench.policy
    facts = _facts(copies, bench)
    views = facts.loans.join(bench.table("views", copies.views(), _VIEWS), "loan_no")
    lines = facts.portions.join(views.select("as_of", "loan_no"), "loan_no")
    money = close.Money.told_by(lines, policy, lambda name, tables: bench.keep(name, tables[0]))
    loans = bench.keep("measured", close.measure(views, money, facts, policy))
    found = close.found_of(
        views, loans, lines, facts, policy=policy, desk=bench.desk, name="explain"
    )
    held = _held(copies, facts, bench)
    floors = restructuring.restructured_floor(found.observed, held)
    alone = bench.keep("alone", close.alone(loans, found, floors, policy))
    every = close.grade(alone, contagion.contagion_floor(alone, policy.contagion))
    observed = found.observed.left_join(held, ["loan_no", "restructured_on"], rname="held_{name}")
    return _read(copies, policy, every=bench.keep("graded", every), lines=lines, observed=observed)


def _facts(copies: Copies, bench: Bench) -> close.Facts:
    rows = copies.rows()
    tables = {name: bench.table(name, rows[name], FACTS[name]) for name in COPIED}
    settled = settlement(
        tables["loans"],
        tables["instalments"],
        tables["payments"],
        load_no=0,
        policy=bench.policy,
    )
    return close.Facts(
        loans=tables["loans"],
        borrowers=tables["borrowers"],
        portions=bench.keep("portions", settled),
        restructurings=tables["restructurings"],
        judgements=tables["judgements"],
    )


def _held(copies: Copies, facts: close.Facts, bench: Bench) -> ir.Table:
    if not copies.known.restructurings:  # to look back at nothing takes a second
        return bench.table("held", [], _HELD)
    looks = bench.keep("looks", close.look_backs(facts, on=copies.known.on))
    turns = bench.desk.number(looks.turn.max())
    return close.held_before(
        facts, looks, facts.portions, turns=turns, policy=bench.policy, desk=bench.desk
    )


def _read(
    copies: Copies, policy: Policy, *, every: ir.Table, lines: ir.Table, observed: ir.Table
) -> Graded:
    known = copies.known
    own, on = known.loan["loan_no"], known.on

    def now(table: ir.Table) -> ir.Table:
        return table.filter(table.as_of == on, table.loan_no == own)

    floors = classification.FLOORS.values()
    columns = ("graded_alone", "grade_rank", "on_balance", "outstanding_principal", *floors)
    seen = rows_of(every.select("as_of", "loan_no", *columns))
    rows = {(row["loan_no"], row["as_of"]): row for row in seen}
    [standing] = rows_of(close.conclude(now(every), policy))
    return Graded(
        ahead={
            (index, day): rows[copies.number(own, index), day]
            for index, scenario in enumerate(copies.scenarios)
            for day in scenario.days
        },
        today={loan_no: rows[loan_no, on] for loan_no in known.numbers},
        standing=standing,
        portions=rows_of(now(lines)),
        observed=rows_of(now(observed)),
        episodes=rows_of(cure.episodes(now(lines), policy)),
    )
