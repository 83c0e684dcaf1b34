"""A loan book written in plain lines, as in a test's docstring.

    2026-01-01 A lends 300.00 CNY to company Acme against mortgage instead of Z
    2026-02-01 A owes 100.00 and interest 1.00 and fees 0.50
    2026-02-20 A pays 40.00 by court as p1
    2026-02-21 A reverses p1
    2026-03-01 A restructured first due 2026-04-01 without difficulty
    2026-03-01 A judged grade doubtful until 2026-06-01
    2026-04-01 A written off
    2026-04-01 A closed as sold

Everything after the verb's first words may be left out. A loan that no line lends is a person's
unsecured loan of what its instalments ask for, lent on the day of its first line. Lines that begin
otherwise are prose.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from recobro.terms.money import digits
from tests.oracle.book import (
    Book,
    Borrower,
    Instalment,
    Institution,
    Judgement,
    Loan,
    Payment,
    Restructuring,
)

LINE = re.compile(r"^(?P<on>\d{4}-\d\d-\d\d) (?P<loan>\S+) (?P<deed>.+)$")
Words = dict[str, str | None]


class LineNotUnderstood(ValueError):
    """A line begins like a deed and is none."""

    def __init__(self, line: str) -> None:
        super().__init__(f"{line!r} is no deed of a loan; see the list of deeds in written.py")


@dataclass
class Draft:
    """The rows read so far."""

    currency: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: "CNY"))
    lent: dict[str, tuple[date, Words]] = field(default_factory=dict)
    first_on: dict[str, date] = field(default_factory=dict)
    left: dict[str, dict[str, date | str]] = field(default_factory=lambda: defaultdict(dict))
    instalments: list[Instalment] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    restructurings: list[Restructuring] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)

    def money(self, loan_id: str, text: str | None) -> int:
        """Return an amount of the loan's currency in minor units."""
        return int(Decimal(text or 0).scaleb(digits(self.currency[loan_id])))


def _lends(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    draft.lent[loan_id] = on, words
    draft.currency[loan_id] = words["currency"] or "CNY"


def _owes(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    n = sum(1 for one in draft.instalments if one.loan_id == loan_id) + 1
    dues = (draft.money(loan_id, words[part]) for part in ("principal", "interest", "fees"))
    draft.instalments.append(Instalment(loan_id, n, on, *dues))


def _pays(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    payment_id = words["id"] or f"{loan_id}/{len(draft.payments) + 1:03}"
    amount = draft.money(loan_id, words["amount"])
    draft.payments.append(Payment(payment_id, loan_id, on, amount, words["source"] or "borrower"))


def _reverses(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    target = next(one for one in draft.payments if one.payment_id == words["id"])
    draft.payments.append(
        Payment(f"not {target.payment_id}", loan_id, on, target.amount, reverses=target.payment_id)
    )


def _restructured(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    draft.restructurings.append(
        Restructuring(loan_id, on, _day(words["first"]), difficulty=words["without"] is None)
    )


def _judged(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    judgement_id = f"j{len(draft.judgements) + 1}"
    until_on = _day(words["until"])
    kind, value = words["kind"] or "", words["value"]
    draft.judgements.append(
        Judgement(judgement_id, kind, on, loan_id=loan_id, value=value, until_on=until_on)
    )


def _written_off(draft: Draft, loan_id: str, on: date, _: Words) -> None:
    draft.left[loan_id] |= {"written_off_on": on}


def _closed(draft: Draft, loan_id: str, on: date, words: Words) -> None:
    draft.left[loan_id] |= {"closed_on": on, "closed_as": words["how"] or "paid"}


_AMOUNT = r"\d+(?:\.\d+)?"
DEEDS: dict[str, Callable[[Draft, str, date, Words], None]] = {
    rf"lends (?P<principal>{_AMOUNT})( (?P<currency>[A-Z]{{3}}))?( to (?P<kind>\w+) (?P<borrower>"
    r"\S+))?( against (?P<guarantee>\w+))?( instead of (?P<replaces>\S+))?": _lends,
    rf"owes (?P<principal>{_AMOUNT})( and interest (?P<interest>{_AMOUNT}))?"
    rf"( and fees (?P<fees>{_AMOUNT}))?": _owes,
    rf"pays (?P<amount>{_AMOUNT})( by (?P<source>\w+))?( as (?P<id>\S+))?": _pays,
    r"reverses (?P<id>\S+)": _reverses,
    r"restructured( first due (?P<first>\S+))?( (?P<without>without difficulty))?": _restructured,
    r"judged (?P<kind>\w+)( (?!until )(?P<value>\S+))?( until (?P<until>\S+))?": _judged,
    r"written off": _written_off,
    r"closed( as (?P<how>\w+))?": _closed,
}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _note(draft: Draft, line: str, on: date, loan_id: str, deed: str) -> None:
    for pattern, write in DEEDS.items():
        if words := re.fullmatch(pattern, deed):
            draft.first_on[loan_id] = min(on, draft.first_on.get(loan_id, on))
            write(draft, loan_id, on, words.groupdict())
            return
    raise LineNotUnderstood(line)


def _loan(draft: Draft, loan_id: str) -> tuple[Borrower, Loan]:
    mine = [one for one in draft.instalments if one.loan_id == loan_id]
    asked = sum(one.principal_due for one in mine)
    on, words = draft.lent.get(loan_id, (draft.first_on[loan_id], defaultdict(lambda: None)))
    borrower = Borrower(words["borrower"] or loan_id, words["kind"] or "person")
    left = draft.left[loan_id]
    loan = Loan(
        loan_id,
        borrower.borrower_id,
        "bank",
        principal=draft.money(loan_id, words["principal"]) if words["principal"] else asked,
        disbursed_on=on,
        matures_on=max((one.due_on for one in mine), default=on),
        currency=draft.currency[loan_id],
        guarantee=words["guarantee"] or "credit",
        replaces_loan_id=words["replaces"],
        **left,  # type: ignore[arg-type]  # two dates and a word, by their names
    )
    return borrower, loan


def written(text: str | None) -> Book:
    """Return the book that the lines describe.

    Raises LineNotUnderstood.
    """
    draft = Draft()
    for line in map(str.strip, (text or "").splitlines()):
        if found := LINE.match(line):
            _note(draft, line, date.fromisoformat(found["on"]), found["loan"], found["deed"])
    pairs = [_loan(draft, loan_id) for loan_id in sorted(draft.first_on)]
    return Book(
        (Institution("bank", None, "head_office"),),
        tuple({borrower.borrower_id: borrower for borrower, _ in pairs}.values()),
        tuple(loan for _, loan in pairs),
        tuple(draft.instalments),
        tuple(draft.payments),
        tuple(draft.restructurings),
        tuple(draft.judgements),
    )
