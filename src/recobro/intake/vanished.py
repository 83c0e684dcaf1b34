"""What a full delivery would lose: loans of the book, and all instalments or payments of others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.intake.outstanding import outstanding
from recobro.intake.refusals import DeliveryRefused
from recobro.terms.codes import DeliveryKind
from recobro.terms.refusal import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_ONE_PER_CENT = 100
"""How many times what vanishes must fit into the whole."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Loans (loan_no, loan_id) that leave the book (`of` is loans), or lose all their rows."""

    of: str
    loans: ir.Table
    number: int


class TooMuchVanishes(DeliveryRefused):
    """A full delivery would lose more than 1 % of the loans, or of what they owe.

    Or all instalments or payments of so many.
    """

    says = (
        "This full delivery would lose {losses}. Nothing was changed. Deliver the missing "
        "{missing}, or as a delta if it is only a part; if they are to go, say so with "
        "--accept-drop {number}."
    )

    def __init__(self, losses: list[Loss], all_loans: int, shares: Mapping[str, str]) -> None:
        told = (_told(loss, all_loans, shares.get(loss.of, "")) for loss in losses)
        loans = any(loss.of == "loans" for loss in losses)
        all_of_it = Phrase("loans, and the borrowers and institutions that they name")
        super().__init__(
            losses=reduce(_and, told),
            missing=all_of_it if loans else Phrase("rows"),
            number=str(sum(loss.number for loss in losses)),
        )


def _told(loss: Loss, all_loans: int, share: str) -> Phrase:
    number, of = loss.number, loss.of
    if of == "loans":
        says = "{number} of {all_loans} loans{share}"
        return Phrase(says, number=number, all_loans=all_loans, share=share)
    says = "all {of} of {number} of {all_loans} loans{share}"
    return Phrase(says, of=Phrase(of), number=number, all_loans=all_loans, share=share)


def _and(some: Phrase, more: Phrase) -> Phrase:
    return Phrase("{some}, and {more}", some=some, more=more)


def refuse_losses(desk: Desk, *, files: Mapping[str, str], accept_drop: int | None) -> int:
    """Report what a full delivery loses, and return the number of loans that leave the book.

    They are not delivered, or without borrower or institution: those are reported as orphans.
    Raises TooMuchVanishes, unless `accept_drop` is the number of all losses together.
    """
    losses = _losses(desk) if desk.kind is DeliveryKind.FULL else []
    if losses and accept_drop != sum(loss.number for loss in losses):
        _refuse(losses, desk)
    for loss in losses:
        if loss.of in files:
            _report(loss, files[loss.of], desk)
    return sum(loss.number for loss in losses if loss.of == "loans")


def _losses(desk: Desk) -> list[Loss]:
    found = [_gone(desk), *(_bare(table, desk) for table in ("instalments", "payments"))]
    return [loss for loss in found if loss and loss.number]


def _report(loss: Loss, file: str, desk: Desk) -> None:
    code = "loan-vanished" if loss.of == "loans" else "rows-vanished"
    parts = {"row": ibis.null("int64"), "table": ibis.literal(loss.of)}
    rows = loss.loans.select(value="loan_id", **parts)
    desk.findings.report(Verdict(code, rows), table=loss.of, file=file)


def _gone(desk: Desk) -> Loss | None:
    """Return the loans that leave the book."""
    if "loans" not in desk.current or "loans" not in {*desk.brings, *desk.orphans}:
        return None
    return _loss("loans", desk.before("loans").anti_join(desk.after("loans"), "loan_no"), desk)


def _bare(table: str, desk: Desk) -> Loss | None:
    """Return the loans that had rows of a delivered table, and stay without any."""
    if table not in desk.brings or table not in desk.current:
        return None
    # A join may hold the rows of one side: each loan once, so that they are few.
    had, has = (
        rows.select("loan_no").distinct() for rows in (desk.before(table), desk.after(table))
    )
    loans = desk.after("loans").semi_join(had, "loan_no")
    return _loss(table, loans.anti_join(has, "loan_no"), desk)


def _loss(of: str, loans: ir.Table, desk: Desk) -> Loss:
    kept = desk.keep(loans.select("loan_no", "loan_id"), f"{of}.lost")
    return Loss(of, kept, desk.count(kept))


def _refuse(losses: list[Loss], desk: Desk) -> None:
    all_loans = desk.count(desk.before("loans"))
    shares = {
        loss.of: Phrase(", more than 1 %")
        for loss in losses
        if loss.number * _ONE_PER_CENT > all_loans
    }
    shares = shares or _owing_much(losses, desk)
    if shares:
        raise TooMuchVanishes(losses, all_loans, shares)


def _owing_much(losses: list[Loss], desk: Desk) -> dict[str, Phrase]:
    """Say of which losses the loans owe more than 1 % of what is owed in a currency."""
    book = desk.before("loans")
    standing = book.filter(book.closed_on.isnull() & book.written_off_on.isnull())
    standing = standing.mutate(on=ibis.literal("9999-12-31").cast("date"))
    owed = outstanding(standing, desk.before("instalments"), desk.before("payments"))
    owed = desk.keep(standing.select("loan_no", "currency").join(owed, "loan_no"), "owed")
    shares = {}
    for loss in losses:
        lost = owed.loan_no.isin(loss.loans.loan_no).ifelse(owed.outstanding, 0)
        sums = owed.mutate(lost=lost).group_by("currency")
        sums = sums.agg(owed=ibis._.outstanding.sum().cast("int64"), lost=ibis._.lost.sum())
        for row in desk.fetch(sums.order_by("currency")):
            if row["lost"] * _ONE_PER_CENT > row["owed"]:
                owed_in = ", more than 1 % of what is owed in {currency}"
                shares[loss.of] = Phrase(owed_in, currency=row["currency"])
    return shares
