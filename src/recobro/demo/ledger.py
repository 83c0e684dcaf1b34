"""The bank's general ledger: what it must show for the close of a day to tie out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from recobro.demo.accounts import Account
from recobro.demo.places import HEAD_OFFICE
from recobro.terms.codes import LedgerItem
from recobro.terms.money import share_of

_NONPERFORMING_FROM = 91
_ALLOWANCE_OF_LOANS: Final = Decimal("0.0275")
_ALLOWANCE_OF_NONPERFORMING: Final = Decimal("1.62")
_NET_CAPITAL: Final = 24_600_000_000
_NET_CAPITAL_A_DAY: Final = 3_100_000


class LedgerRow(NamedTuple):
    """The balance of an account of the general ledger, in fen."""

    institution_id: str
    on: date
    currency: str
    item: str
    amount: int


class Balance(NamedTuple):
    """What is left of a loan's principal, in fen, and how long it has been in arrears."""

    outstanding: int
    days_past_due: int


def balance(account: Account, *, on: date, known_on: date) -> Balance:
    """Return where a loan stands at the end of a day, by what core banking knew on another."""
    money = account.money_in(on, known_on)
    settled, unpaid_since = account.schedule(known_on).settled(money)
    days = max(0, (on - unpaid_since).days) if unpaid_since else 0
    return Balance(account.loan.principal - settled, days)


def on_balance(account: Account, on: date) -> bool:
    """Return whether a loan stands on the balance sheet at the end of a day."""
    loan = account.loan
    left_on = min(loan.written_off_on or date.max, loan.closed_on or date.max)
    return loan.disbursed_on <= on < left_on


def general_ledger(accounts: Iterable[Account], *, on: date, known_on: date) -> list[LedgerRow]:
    """Return loans and allowance of each sub-branch and the net capital at head office."""
    loans: defaultdict[str, int] = defaultdict(int)
    nonperforming: defaultdict[str, int] = defaultdict(int)
    for account in accounts:
        if on_balance(account, on):
            outstanding, days = balance(account, on=on, known_on=known_on)
            loans[account.loan.institution_id] += outstanding
            if days >= _NONPERFORMING_FROM:
                nonperforming[account.loan.institution_id] += outstanding
    rows = []
    for institution_id in sorted(loans):
        allowance = max(
            share_of(loans[institution_id], _ALLOWANCE_OF_LOANS),
            share_of(nonperforming[institution_id], _ALLOWANCE_OF_NONPERFORMING),
        )
        rows += [
            LedgerRow(institution_id, on, "CNY", LedgerItem.LOANS, loans[institution_id]),
            LedgerRow(institution_id, on, "CNY", LedgerItem.ALLOWANCE, allowance),
        ]
    capital = _NET_CAPITAL + _NET_CAPITAL_A_DAY * (on - date(2024, 1, 1)).days
    return [*rows, LedgerRow(HEAD_OFFICE, on, "CNY", LedgerItem.NET_CAPITAL, capital)]
