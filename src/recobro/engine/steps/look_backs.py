"""What was before a restructuring: a grade that was held then is held on."""

from datetime import date

import ibis
import ibis.expr.types as ir

from recobro.engine.calendar import plus_days
from recobro.terms.codes import BorrowerKind


def look_backs(
    loans: ir.Table, borrowers: ir.Table, restructurings: ir.Table, *, on: date | ir.DateScalar
) -> ir.Table:
    """List what to look at before each restructuring: that loan, and all loans of its company.

    Columns loan_no, restructured_on, as_of (the day before), seen_loan_no, turn: 1, 2, … in the
    order of dates within a borrower.
    """
    difficult = restructurings.filter(
        restructurings.difficulty, restructurings.restructured_on <= on
    ).select("loan_no", "restructured_on", as_of=plus_days(restructurings.restructured_on, -1))
    owned = loans.select("loan_no", "borrower_id")
    looks = owned.join(difficult, "loan_no")
    in_turn = ibis.window(group_by=looks.borrower_id, order_by=looks.restructured_on)
    looks = looks.mutate(turn=ibis.dense_rank().over(in_turn) + 1)
    companies = borrowers.filter(borrowers.kind == BorrowerKind.COMPANY.value)
    others = owned.select("borrower_id", seen_loan_no="loan_no")
    beside = others.join(looks.semi_join(companies, "borrower_id"), "borrower_id")
    own = looks.mutate(seen_loan_no=looks.loan_no)
    columns = ("loan_no", "restructured_on", "as_of", "seen_loan_no", "turn")
    return own.select(*columns).union(beside.select(*columns), distinct=True)
