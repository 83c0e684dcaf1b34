"""Every row and every amount of a delivered table, accounted for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from recobro.terms.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from recobro.intake.contract import Contract
    from recobro.intake.desk import Desk


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts of one currency, in minor units."""

    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Account:
    """Rows and money of one table: read = accepted + rejected.

    `unreadable` counts the rejected rows whose amount or currency is not known, or whose amount has
    more digits than the currency; they are in no sum.
    """

    read: int
    accepted: int
    rejected: int
    money: Mapping[str, Money]
    unreadable: int


class NotAccountedFor(Refusal):
    """An invariant broke: rows were neither accepted nor rejected."""

    says = (
        "{table}: {read} rows were read, but {accepted} accepted and {rejected} rejected. Nothing "
        "was changed. Please report this with the file."
    )

    def __init__(self, table: str, account: Account) -> None:
        super().__init__(
            table=table, read=account.read, accepted=account.accepted, rejected=account.rejected
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows, and what they sum up to by currency."""

    rows: int
    money: Mapping[str, int]
    unreadable: int = 0

    def plus(self, other: Sums) -> Sums:
        """Return both together."""
        money = Counter(self.money)
        money.update(other.money)
        return Sums(self.rows + other.rows, money, self.unreadable + other.unreadable)


def sound_sums(rows: ir.Table, contract: Contract, desk: Desk) -> Sums:
    """Add up rows at rest; those of a loan are in the loan's currency."""
    if not contract.money:
        return Sums(desk.count(rows), {})
    money = sum((rows[name].sum() for name in contract.money[1:]), rows[contract.money[0]].sum())
    if contract.of_a_loan:
        loans = desk.after("loans").select("loan_no", "currency")
        by_loan = rows.group_by("loan_no").agg(n=rows.count(), money=money.cast("int64"))
        sums = by_loan.join(loans, "loan_no").group_by("currency")
        sums = sums.agg(n=ibis._.n.sum(), money=ibis._.money.sum().cast("int64"))
    else:
        sums = rows.group_by("currency").agg(n=rows.count(), money=money.cast("int64"))
    found = desk.fetch(sums.order_by("currency"))
    return Sums(sum(r["n"] for r in found), {r["currency"]: r["money"] for r in found})


def faulty_sums(contract: Contract, desk: Desk) -> Sums:
    """Add up the rows that could not be read whole, as far as their amounts can."""
    if contract.name not in desk.faulty:
        return Sums(0, {})
    rows = desk.faulty[contract.name]
    if not contract.money:
        return Sums(desk.count(rows), {})
    told = rows.readable & rows.currency.notnull()
    sums = rows.group_by(currency=told.ifelse(rows.currency, None))
    sums = sums.agg(n=ibis._.count(), money=ibis._.money.sum().cast("int64"))
    found = desk.fetch(sums.order_by("currency"))
    money = {r["currency"]: r["money"] for r in found if r["currency"] is not None}
    unreadable = sum(r["n"] for r in found if r["currency"] is None)
    return Sums(sum(r["n"] for r in found), money, unreadable)


def account(
    contract: Contract, *, read: int, sound: Sums, fallen: Sums, faulty: Sums, accepted: Sums
) -> Account:
    """Balance a table: sound rows are accepted or fall through a sieve; faulty ones are rejected.

    Raises NotAccountedFor.
    """
    currencies = sorted({*sound.money, *fallen.money, *faulty.money, *accepted.money})
    money = {
        code: Money(
            read=sound.money.get(code, 0) + faulty.money.get(code, 0),
            accepted=accepted.money.get(code, 0),
            rejected=fallen.money.get(code, 0) + faulty.money.get(code, 0),
        )
        for code in currencies
    }
    rejected = fallen.rows + faulty.rows
    balance = Account(read, accepted.rows, rejected, money, faulty.unreadable)
    sums = [m.read == m.accepted + m.rejected for m in money.values()]
    if read != accepted.rows + rejected or not all(sums):
        raise NotAccountedFor(contract.name, balance)
    return balance
