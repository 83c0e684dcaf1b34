"""Instalments: a loan's schedule is one thing, taken or rejected whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recobro.engine.tables import FACTS
from recobro.intake.contract import Column, Contract, Parent, Rule
from recobro.intake.currency import in_another_currency
from recobro.intake.findings import Verdict
from recobro.intake.history import rewritten
from recobro.intake.schedules import does_not_add_up
from recobro.intake.types import YES, Amount, Date, Text, Whole
from recobro.terms.codes import DeliveryKind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk


def broken_sets(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject the whole delivered schedule of a loan of which one instalment was rejected."""
    broken = _broken(desk)
    if broken is None:
        return []
    loans = desk.after("loans").select("loan_no", value="loan_id")
    fallen = rows.select("loan_no", "row").semi_join(broken, "loan_no").join(loans, "loan_no")
    stays = ~fallen.loan_no.isin(in_another_currency(desk).loan_no)
    earlier = stays.ifelse("the earlier one stays", "the earlier one, in another currency, is gone")
    verdict = fallen.select("row", "value", earlier=earlier)
    return [Verdict("set-rejected", verdict, column="loan_id")]


def with_earlier_sets(rows: ir.Table, desk: Desk) -> ir.Table:
    """Keep, in a full delivery, the earlier schedules of the loans whose new one was rejected."""
    broken = _broken(desk)
    if broken is None or desk.kind is DeliveryKind.DELTA:
        return rows
    earlier = desk.before("instalments").semi_join(broken, "loan_no")
    earlier = earlier.anti_join(in_another_currency(desk), "loan_no")
    both = rows.cast(FACTS["instalments"]).union(earlier.cast(FACTS["instalments"]))
    return INSTALMENTS.ordered(both)


def gaps(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Find schedules with numbers missing, or due dates that run backwards: the first place."""
    beside = rows.mutate(  # the instalment before: rows lie in order, so nothing is sorted
        loan_before=rows.loan_no.lag(), n_before=rows.n.lag(), due_before=rows.due_on.lag()
    )
    new = (beside.loan_before != beside.loan_no).fill_null(YES)
    steps = beside.mutate(
        before=new.ifelse(None, beside.n_before), due_before=new.ifelse(None, beside.due_before)
    )
    jumps = steps.n != steps.before.fill_null(0) + 1
    odd = steps.filter(jumps | (steps.due_on < steps.due_before))
    odd = desk.keep(odd.select("loan_no", "n", "due_on", "before", "due_before", "row"), "gaps")
    first = odd.semi_join(odd.group_by("loan_no").agg(n=odd.n.min()), ["loan_no", "n"])
    loans = desk.after("loans").select("loan_no", value="loan_id")
    return [Verdict("instalment-gap", first.join(loans, "loan_no"), column="n")]


def _broken(desk: Desk) -> ir.Table | None:
    """Return the loans, still in the book, of which a delivered instalment was rejected."""
    if "instalments" not in desk.faulty:
        return None
    faulty = desk.faulty["instalments"]
    return faulty.filter(faulty.loan_no.notnull()).select("loan_no").distinct()


INSTALMENTS = Contract(
    name="instalments",
    key=("loan_id", "n"),
    order=("loan_no", "n"),
    columns={
        "loan_id": Column(Text()),
        "n": Column(Whole()),
        "due_on": Column(Date()),
        "principal_due": Column(Amount()),
        "interest_due": Column(Amount()),
        "fees_due": Column(Amount(), default="0"),
    },
    parents=(Parent("loan_id", "loans"),),
    money=("principal_due", "interest_due", "fees_due"),
    rules=(
        Rule("due-before-disbursement", "due_on", lambda rows: rows.due_on < rows.disbursed_on),
    ),
    sieves=(broken_sets,),
    complete=with_earlier_sets,
    remarks=(gaps, does_not_add_up, rewritten),
)
