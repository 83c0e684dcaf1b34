"""Put an oracle's book on a backend and close it there."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from recobro.engine import close
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import brought_forward, dated, one_by_one, read_on
from recobro.engine.steps.missed import looks_back_to
from recobro.engine.steps.settlement import settlement
from recobro.engine.tables import FACTS, PORTIONS
from recobro.policy import Policy, preset
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing

_GUARANTEES = ("credit", "guarantee", "mortgage", "pledge")


def policy_of(rules: Rules) -> Policy:
    """Return the engine's policy that says what the oracle's rules say."""
    policy = preset("cn")
    firsts = sorted({0, *(cell.from_days for cell in rules.matrix)})
    matrix = policy.grades.matrix.model_copy(
        update={
            "enabled": bool(rules.matrix),
            "from_days": tuple(firsts),
            **{
                kind: tuple(rules.cell(kind, first).code for first in firsts)
                for kind in _GUARANTEES
            },
        }
    )
    sections: Mapping[str, dict[str, Any]] = {
        "overdue": {
            "grace_days": rules.grace_days,
            "tolerance": rules.tolerance,
            "count_due_day": rules.count_due_day,
        },
        "allocation": {"order": rules.allocation},
        "missed": {
            "in_a_row": rules.missed_in_a_row,
            "ever": rules.missed_ever,
            "window_months": rules.window_months,
        },
        "grades": {"matrix": matrix},
        "contagion": {"share_above": rules.contagion_share_above},
        "restructuring": {
            "months": rules.restructuring_months,
            "periods": rules.restructuring_periods,
        },
        "cure": {
            "months": rules.cure_months,
            "periods": rules.cure_periods,
            "applies_to": rules.cure_applies_to,
        },
        "segments": {"old_before": rules.old_before},
    }
    return policy.model_copy(
        update={
            name: getattr(policy, name).model_copy(update=changed)
            for name, changed in sections.items()
        }
    )


def tables_of(book: Book, duck: Duck) -> dict[str, ir.Table]:
    """Return the book's facts as the lake would hold them."""
    numbers = {
        loan.loan_id: number
        for number, loan in enumerate(sorted(book.loans, key=lambda one: one.loan_id), start=1)
    }
    rows = {
        "borrowers": [
            vars(one) | {"household_id": one.household_id or one.borrower_id}
            for one in book.borrowers
        ],
        "loans": [vars(one) for one in book.loans],
        "instalments": [vars(one) for one in book.instalments],
        "payments": [vars(one) for one in book.payments],
        "restructurings": [vars(one) for one in book.restructurings],
        "judgements": [vars(one) for one in book.judgements],
        "institutions": [vars(one) for one in book.institutions],
    }
    return {name: _table(duck, name, found, numbers) for name, found in rows.items()}


def _table(
    duck: Duck, name: str, rows: Iterable[Mapping[str, Any]], numbers: Mapping[str, int]
) -> ir.Table:
    schema = ibis.schema({key: kind(nullable=True) for key, kind in FACTS[name].items()})
    numbered = [
        {key: row.get(key) for key in schema.names}
        | ({"loan_no": numbers.get(row.get("loan_id") or "")} if "loan_no" in schema else {})
        for row in rows
    ]
    data = pa.Table.from_pylist(numbered, schema=schema.to_pyarrow())
    return duck.connection.create_table(ibis.util.gen_name(name), data, temp=True)


def facts_of(
    book: Book,
    policy: Policy,
    duck: Duck,
    *,
    over_by: date | None = None,
    on: date | None = None,
) -> close.Facts:
    """Settle the book and return what a close reads.

    With `on`, what the close of that day asks for; what is over `over_by` a day is brought forward.
    """
    tables = tables_of(book, duck)
    settled = settlement(
        tables["loans"], tables["instalments"], tables["payments"], load_no=1, policy=policy
    )
    assert settled.schema().names == PORTIONS.names
    portions = duck.keep("portions", [settled])
    over = None if over_by is None else duck.day(over_by)
    rows = dated(portions, policy.overdue, over_by=over)
    if over is not None:
        rows = duck.keep("at-rest", [rows, brought_forward(rows, over_by=over)])
    return close.Facts(
        loans=tables["loans"],
        borrowers=tables["borrowers"],
        portions=one_by_one(rows),
        lines=on and read_on(rows, on, since=looks_back_to(on, policy.missed)),
        restructurings=tables["restructurings"],
        judgements=tables["judgements"],
    )


def standings_of(
    book: Book, on: date, rules: Rules, duck: Duck, *, over_by: date | None = None
) -> list[Standing]:
    """Close the book with the engine, and return what the oracle would."""
    policy = policy_of(rules)
    facts = facts_of(book, policy, duck, over_by=over_by, on=on)
    found = close.standings(facts, on=on, policy=policy, desk=duck)
    columns = list(Standing.__annotations__)
    table = duck.connection.to_pyarrow(found.select(*columns).order_by("loan_id"))
    return [
        Standing(**row | {"grade_reasons": tuple(row["grade_reasons"])})  # type: ignore[typeddict-item]  # the columns are its own
        for row in table.to_pylist()
    ]
