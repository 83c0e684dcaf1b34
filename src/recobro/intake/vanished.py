"""What a full delivery takes out of the book: loans that it does not bring, and their children."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import ibis

from recobro.intake.desk import Kind
from recobro.intake.findings import Verdict
from recobro.intake.outstanding import outstanding
from recobro.intake.parents import key_of
from recobro.intake.refusals import DeliveryRefused
from recobro.intake.types import NO

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract, Parent
    from recobro.intake.desk import Desk

_ONE_PER_CENT = 100
"""How many times what vanishes must fit into the whole."""


class TooMuchVanishes(DeliveryRefused):
    """A full delivery would lose more than 1 % of the loans or of what they owe."""

    def __init__(self, gone: int, all_loans: int, currency: str | None) -> None:
        share = f"more than 1 % of what is owed in {currency}" if currency else "more than 1 %"
        super().__init__(
            f"This full delivery would lose {gone} of {all_loans} loans, {share}. "
            "Nothing was changed. Deliver the missing loans, and the borrowers and institutions "
            "that they name, or as a delta if it is only a part; "
            f"if they are to go, say so with --accept-drop {gone}."
        )


def vanished_loans(desk: Desk, *, file: str, accept_drop: int | None) -> int:
    """Count the loans that leave the book: not delivered, or without borrower or institution.

    Those that were not delivered are reported here; the others are, as orphans. Raises
    TooMuchVanishes, unless `accept_drop` is their number.
    """
    if desk.kind is Kind.DELTA or "loans" not in {*desk.accepted, *desk.orphans}:
        return 0
    book = desk.before("loans")
    gone = book.anti_join(desk.after("loans"), "loan_no")
    number = desk.count(gone)
    if not number:
        return 0
    if accept_drop != number:
        _refuse_drop(book, gone, number, desk)
    if "loans" in desk.brings:
        rows = gone.select(row=ibis.null("int64"), value=gone.loan_id)
        desk.findings.report(Verdict("loan-vanished", rows), table="loans", file=file)
    return number


def _refuse_drop(book: ir.Table, gone: ir.Table, number: int, desk: Desk) -> None:
    all_loans = desk.count(book)
    if number * _ONE_PER_CENT > all_loans:
        raise TooMuchVanishes(number, all_loans, None)
    standing = book.filter(book.closed_on.isnull() & book.written_off_on.isnull())
    standing = standing.mutate(on=ibis.literal("9999-12-31").cast("date"))
    owed = outstanding(standing, desk.before("instalments"), desk.before("payments"))
    owed = standing.select("loan_no", "currency").join(owed, "loan_no")
    lost = owed.loan_no.isin(gone.loan_no).ifelse(owed.outstanding, 0)
    sums = owed.mutate(lost=lost).group_by("currency")
    sums = sums.agg(owed=ibis._.outstanding.sum().cast("int64"), lost=ibis._.lost.sum())
    for row in desk.fetch(sums.order_by("currency")):
        if row["lost"] * _ONE_PER_CENT > row["owed"]:
            raise TooMuchVanishes(number, all_loans, row["currency"])


def orphaned(contract: Contract, desk: Desk) -> None:
    """Find rows of a table that is not in this full delivery whose parent leaves the book.

    They lie on the desk, for the book to drop, and each is a finding.
    """
    if contract.name not in desk.current or desk.kind is Kind.DELTA:
        return
    changed = [
        parent
        for parent in contract.parents
        if parent.table in desk.accepted or parent.table in desk.orphans
    ]
    if not changed:
        return
    lost = [_without(parent, contract, desk) for parent in changed]
    gone = desk.keep(reduce(lambda a, b: a.union(b), lost), f"{contract.name}.orphans")
    if not desk.count(gone):
        return
    for parent in changed:
        _report(gone, parent, contract, desk)
    desk.orphans[contract.name] = gone


def _without(parent: Parent, contract: Contract, desk: Desk) -> ir.Table:
    """Return the rows whose parent is not there any more."""
    rows = desk.before(contract.name)
    key = "loan_no" if parent.table == "loans" else parent.column
    there = "loan_no" if parent.table == "loans" else key_of(parent)
    known = desk.after(parent.table)
    named = rows.filter(rows[key].notnull()).mutate(parent_column=ibis.literal(parent.column))
    return named.anti_join(known.select(**{key: known[there]}), key)


def _report(gone: ir.Table, parent: Parent, contract: Contract, desk: Desk) -> None:
    rows = gone.filter(gone.parent_column == parent.column)
    if parent.table == "loans":
        loans = desk.before("loans").select("loan_no", parent_value="loan_id")
        rows = rows.join(loans, "loan_no")
    else:
        rows = rows.mutate(parent_value=rows[parent.column])
    rejected = desk.turned_away.get(parent.table)
    blamed = NO if rejected is None else rows.parent_value.isin(rejected.key)
    for code, told in (("parent-rejected", blamed), ("parent-missing", ~blamed)):
        chosen = rows.filter(told)
        parts = {
            "value": chosen.parent_value,
            "parent": ibis.literal(parent.table),
            "file": ibis.literal("load ") + chosen.load_no.cast("string"),
        }
        verdict = Verdict(code, chosen.select("row", **parts), column=parent.column)
        desk.findings.report(verdict, table=contract.name, file="")
