"""Signs that a loan was paid with another loan, or by somebody who does not owe it.

A sign is a prompt to look and says nothing about anybody: so do the words of this report.
"""

from functools import partial

from recobro.reports.document import Column, Kind, Row, Section, Table
from recobro.reports.lists import BORROWER, INSTITUTION, LOAN, OUTSTANDING, Told, listing
from recobro.reports.material import SIGNS, Sign
from recobro.reports.part import Part
from recobro.reports.report import Report
from recobro.terms.grades import GRADE_OF_CODE

_CODES = ("renewed-without-reduction", "lent-near-payoff", "one-payer-for-many", "paid-by-staff")
_MOST = 40

_GRADE: Told[Sign] = Told("grade_now", Kind.GRADE, lambda _, sign: GRADE_OF_CODE[sign.grade])
_ON: Told[Sign] = Told("happened_on", Kind.DATE, lambda _, sign: sign.happened_on)
_AMOUNT: Told[Sign] = Told("amount", Kind.MONEY, lambda _, sign: sign.amount)
_STAKE: Told[Sign] = Told(OUTSTANDING.word, OUTSTANDING.kind, OUTSTANDING.of, summed=False)


def _signs(part: Part, code: str | None = None, institution_id: str | None = None) -> list[Sign]:
    return [
        sign
        for sign in part.ask(SIGNS)
        if code in {None, sign.code} and institution_id in {None, sign.institution_id}
    ]


def _stake(signs: list[Sign]) -> tuple[int, int]:
    """Return how many loans the signs are about, and their balance: each loan once."""
    loans = {sign.loan_id: sign.outstanding_principal for sign in signs}
    return len(loans), sum(loans.values())


def sentence(part: Part) -> str:
    """Return how many loans somebody should look at, and their balance."""
    loans, balance = _stake(_signs(part))
    if not loans:
        return part.say("sentence.warnings_none")
    key = "sentence.warnings_one" if loans == 1 else "sentence.warnings"
    return part.say(key, loans=part.language.integer(loans), balance=part.scaled(balance))


def by_sign(part: Part) -> Section:
    """Return loans and balance by sign; a loan with two signs counts once in the total."""
    found = [(code, _signs(part, code)) for code in _CODES]
    rows = [
        Row((part.say(f"sign.{code}"), len(signs), *_stake(signs)))
        for code, signs in found
        if signs
    ]
    if rows:
        every = _signs(part)
        rows.append(part.total(len(every), *_stake(every)))
    columns = (
        part.column("sign"),
        part.column("signs", Kind.INTEGER),
        part.column("loans", Kind.INTEGER),
        part.column("at_stake", Kind.MONEY),
    )
    table = Table(columns, tuple(rows), part.currency, part.say("empty.warnings"))
    return Section(part.title("by_sign"), table, text=part.say("note.warnings"))


def by_institution(part: Part) -> Section | None:
    """Return loans by sign, and the balance at stake, of each institution; None of one."""
    found = {sign.institution_id for sign in _signs(part)}
    if len(found) < 2:  # noqa: PLR2004 - one institution needs no comparison
        return None
    ranked = sorted(found, key=lambda one: (-_stake(_signs(part, None, one))[1], one))
    codes = [code for code in _CODES if _signs(part, code)]
    rows = [Row((part.name(one), *_counted(part, codes, one))) for one in ranked]
    rows.append(part.total(*_counted(part, codes, None)))
    columns = (
        part.column("institution"),
        *(Column(part.say(f"sign.{code}"), Kind.INTEGER) for code in codes),
        part.column("loans", Kind.INTEGER),
        part.column("at_stake", Kind.MONEY),
    )
    table = Table(columns, tuple(rows), part.currency, part.say("empty.warnings"))
    return Section(part.title("warnings_by_institution"), table)


def _counted(part: Part, codes: list[str], institution_id: str | None) -> list[int]:
    """Return the loans with each sign, those with any, and their balance."""
    by_code = [_stake(_signs(part, code, institution_id))[0] for code in codes]
    return [*by_code, *_stake(_signs(part, None, institution_id))]


def listed(part: Part, *, code: str) -> Section | None:
    """Return the loans with a sign and what shows it, the latest first; None where none has it."""
    signs = sorted(_signs(part, code), key=lambda one: (one.happened_on, one.loan_id), reverse=True)
    if not signs:
        return None
    evidence: Told[Sign] = Told(f"evidence_{code}", Kind.TEXT, lambda _, sign: sign.evidence)
    told = (LOAN, BORROWER, INSTITUTION, _GRADE, evidence, _ON, _AMOUNT, _STAKE)
    table = listing(part, signs, told, empty="warnings", most=_MOST)
    return Section(part.title(code), table, text=part.say(f"ask.{code}"))


WARNINGS = Report(
    name="warnings",
    sentence=sentence,
    sections=(by_sign, by_institution, *(partial(listed, code=code) for code in _CODES)),
    notes=(),
    debtors=True,
)
