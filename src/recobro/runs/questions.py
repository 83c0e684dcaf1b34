"""What is asked of a board, one question a function; rows are of the nodes that are named."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir

from recobro.engine.checks import BRIDGE_BALANCES, Bridge
from recobro.engine.steps import evergreening
from recobro.engine.steps import figures as engine_figures
from recobro.engine.steps.bridge import bridge as engine_bridge
from recobro.engine.steps.bridge import bridge_rows
from recobro.engine.steps.figures import FIGURES
from recobro.engine.steps.indicators import indicators as engine_indicators
from recobro.engine.steps.look_ahead import HORIZONS, kept_by, look_ahead
from recobro.engine.steps.migration import migration as engine_migration
from recobro.engine.steps.rates import flow_rates
from recobro.engine.steps.rates import migration_ratios as engine_ratios
from recobro.engine.steps.rates import roll_rates as engine_rolls
from recobro.engine.steps.relapse import relapse
from recobro.engine.steps.vintage import vintage
from recobro.runs.board import Board, Rows
from recobro.runs.closes import published
from recobro.runs.operations.close import InvariantBroken
from recobro.terms.dates import previous_month_end
from recobro.terms.refusal import Phrase

By = Literal["grade", "bucket"]


def figures(board: Board, nodes: Sequence[str], *, on: date) -> tuple[Rows, bool]:
    """Return the figures of a day, and whether they were computed anew."""
    close = board.closed(on)
    if close is not None:
        found = board.duck.read(published(board.home, close, "figures"), FIGURES)
    else:
        found = board.keep(
            f"figures-{on}", lambda: [engine_figures.figures(board.recomputed(on), board.above)]
        )
    return _of_nodes(board, found, nodes), close is None


def indicators(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the indicators of the day of the close."""
    now = board.duck.read(published(board.home, board.close, "figures"), FIGURES)
    found = engine_indicators(now, board.book["ledger"], board.above, board.policy.provision)
    return _of_nodes(board, found, nodes)


def new_nonperforming(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the loans on balance that are nonperforming, and were not on the earlier day."""
    now, then = board.standings(board.close.as_of), board.standings(board.since)
    before = then.filter(then.nonperforming, then.on_balance)
    bad = now.filter(now.nonperforming, now.on_balance).anti_join(before, "loan_no")
    return _problems(board, bad, nodes)


def three_six(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the loans on balance that missed so many in a row, or so many in all."""
    now = board.standings(board.close.as_of)
    return _problems(board, now.filter(now.three_six, now.on_balance), nodes)


def bridge(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the cells of the bridge of the nonperforming balance from the earlier day.

    Raises InvariantBroken where it does not balance.
    """
    cells, _ = bridge_of(board)
    return _of_nodes(board, cells, nodes)


def bridge_of(board: Board) -> tuple[ir.Table, ir.Table]:
    """Return the cells of the bridge from the earlier day, and the loans behind them.

    Raises InvariantBroken where it does not balance.
    """
    begun = board.standings(board.since)
    rows = bridge_rows(
        begun,
        board.recomputed(board.since),
        board.standings(board.close.as_of),
        board.portions,
        first=board.since,
        last=board.close.as_of,
        above=board.above,
    )
    loans = board.keep("bridge-loans", lambda: [rows])
    cells = board.keep("bridge", lambda: [engine_bridge(loans)])
    shown = board.duck.read(published(board.home, board.close, "figures"), FIGURES)
    _require_balance(board, Bridge(cells=cells, begun=begun, figures=shown, above=board.above))
    return cells, loans


def migration(board: Board, nodes: Sequence[str], *, by: By) -> Rows:
    """Return the migration matrix from the earlier day."""
    return _of_nodes(board, _matrix(board, board.since, by), nodes)


def flows(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the rates of cure and formation since the earlier day."""
    return _of_nodes(board, flow_rates(_matrix(board, board.since, "grade")), nodes)


def migration_ratios(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the regulator's migration ratios since the earlier day."""
    return _of_nodes(board, engine_ratios(_matrix(board, board.since, "grade")), nodes)


def roll_rates(board: Board, nodes: Sequence[str]) -> Rows:
    """Return what moved one bucket further since the month end before the close."""
    month = _matrix(board, previous_month_end(board.close.as_of), "bucket")
    return _of_nodes(board, engine_rolls(month), nodes)


def falling(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the loans that fall in the coming days if nothing is paid, each fall once.

    `within` is the shortest horizon in which a loan falls.
    """
    every = board.keep("falling", lambda: [_falling(board, days) for days in HORIZONS])
    first = every.group_by("loan_no", "falls_to").aggregate(within=every.within.min())
    falls = every.semi_join(first, ["loan_no", "falls_to", "within"])
    placed = board.placed(falls.rename(grade_reasons="grade_reasons_then"), nodes)
    return board.rows(placed.order_by("falls_to", "within", "falls_on", "loan_id"))


def cohorts(board: Board, nodes: Sequence[str]) -> Rows:
    """Return what had gone bad of the loans of each month, month after month."""
    seen, first = board.months(), min(board.month_ends)
    # A loan disbursed before the first month end that is looked at would lack its youth.
    young = seen.filter(seen.disbursed_on > first - timedelta(days=first.day))
    return _of_nodes(board, vintage(young, board.above), nodes)


def relapses(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the loans cured by each month end, and those of them that went bad again."""
    return _of_nodes(board, relapse(board.months(), board.above), nodes)


def month_ends(board: Board, _: Sequence[str]) -> Rows:
    """Return the days that are looked back to, and whether each was recomputed."""
    return [{"on": on, "recomputed": anew} for on, anew in board.month_ends.items()]


def signs(board: Board, nodes: Sequence[str]) -> Rows:
    """Return the signs of evergreening, latest first; off balance nothing is outstanding."""
    now = board.standings(board.close.as_of)
    found = evergreening.signs(now, board.book["payments"], board.portions)
    loans = now.select(
        "loan_no",
        "borrower_id",
        "institution_id",
        "currency",
        "grade",
        outstanding_principal=ibis.ifelse(now.on_balance, now.outstanding_principal, 0),
    )
    placed = board.placed(found.join(loans, "loan_no"), nodes)
    return board.rows(placed.order_by(ibis.desc("happened_on"), "loan_id", "code", "evidence"))


def _of_nodes(board: Board, found: ir.Table, nodes: Sequence[str]) -> Rows:
    return board.rows(found.filter(found.institution_id.isin(nodes)))


def _require_balance(board: Board, bridge: Bridge) -> None:
    broken = board.rows(BRIDGE_BALANCES.find(bridge))
    if broken:
        kept = Phrase("No bridge is shown; the closes stay in force.")
        raise InvariantBroken(BRIDGE_BALANCES, len(broken), broken[0], kept=kept)


def _matrix(board: Board, since: date, by: By) -> ir.Table:
    then, now = board.standings(since), board.standings(board.close.as_of)
    return board.keep(
        f"migration-{since}-{by}", lambda: [engine_migration(then, now, board.above, by=by)]
    )


def _falling(board: Board, days: int) -> ir.Table:
    falls = look_ahead(board.standings(board.close.as_of), board.unpaid(days=days))
    kept = kept_by(falls, board.known, on=board.close.as_of, policy=board.policy)
    return kept.mutate(within=ibis.literal(days, "int32"))


def _problems(board: Board, loans: ir.Table, nodes: Sequence[str]) -> Rows:
    """Say of loans who owes them, where, and their grade on the earlier day."""
    then = board.standings(board.since)
    before = then.filter(then.on_balance).select("loan_no", grade_before="grade")
    named = board.placed(loans, nodes).left_join(before, "loan_no", rname="before_{name}")
    return board.rows(named.order_by(named.outstanding_principal.desc(), named.loan_id))
