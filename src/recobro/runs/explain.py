"""Why one loan stands where it does, read from the book."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from recobro.book.queries import NoClose, close_of
from recobro.engine.backends.duck import Duck
from recobro.engine.explain import (
    Explanation,
    Floor,
    Instalment,
    Record,
    Records,
    Settled,
)
from recobro.engine.explain import explain as engine_explain
from recobro.office.judgements.queries import last_number
from recobro.policy import Policy, parse
from recobro.runs import facts
from recobro.runs.engines import ENGINES
from recobro.runs.home import Home
from recobro.runs.judged import taken_by, write
from recobro.runs.models import Load
from recobro.terms.codes import BorrowerKind
from recobro.terms.refusal import Refusal

__all__ = ["Explained", "Floor", "Instalment", "Settled", "explain"]


class LoanUnknown(Refusal):
    """The book has no such loan."""

    says = (
        "There is no loan {loan_id!r} in the book after load {number}; nothing was explained. "
        "Check the id: it is written as core banking delivers it."
    )

    def __init__(self, loan_id: str, load: Load) -> None:
        super().__init__(loan_id=loan_id, number=str(load.number))


@dataclass(frozen=True)
class Explained:
    """An explanation, and under which policy and which facts it holds."""

    explanation: Explanation
    policy: Policy
    load: Load

    def place(self, record: Record) -> str:
        """Return the file and record that a row of the book came from: loans.csv, row 17."""
        if record.row is None:
            return record.table
        if record.load_no is None:
            return f"{record.table}, {record.row} of the pages"
        load = Load.objects.get(number=record.load_no)
        file = load.tables.get(record.table, {}).get("file", record.table)
        return f"{file}, row {record.row} (load {load.number})"


def explain(*, home: Home, loan_id: str, on: date) -> Explained:
    """Explain a loan's standing at the close of a day.

    Where the day was closed, with the policy and the facts of that close; otherwise with the
    bank's policy and the newest facts. Raises facts.NoFacts, LoanUnknown, NotDisbursed.
    """
    close = None
    try:
        close = close_of(on)
        load = facts.load_of(close.facts_version)
        policy = parse(close.policy_text, name=close.policy_name)
    except NoClose:
        load, policy = facts.load_of(), home.policy()
    with _opened(home) as duck:
        judged = taken_by(home, close) if close else write(duck.scratch, up_to=last_number())
        records = _records(home, load, loan_id, duck, judged)
        loan = records.loans.filter(records.loans.loan_id == loan_id)
        found = engine_explain(
            records, loan_no=duck.number(loan.loan_no.max()), on=on, policy=policy, stage=duck
        )
    return Explained(found, policy, load)


def _records(home: Home, load: Load, loan_id: str, duck: Duck, beside: Sequence[Path]) -> Records:
    """Read the loan's rows, and those of all loans of a company that owes it."""
    book = facts.tables(home.lake, load.versions, duck, judged=beside)
    loans, borrowers = book["loans"], book["borrowers"]
    own = loans.filter(loans.loan_id == loan_id)
    if not duck.number(own.count()):
        raise LoanUnknown(loan_id, load)
    owner = duck.keep("owner", [borrowers.semi_join(own, "borrower_id")])
    companies = owner.filter(owner.kind == BorrowerKind.COMPANY.value)
    kept = duck.keep(
        "own-loans", [loans.semi_join(companies, "borrower_id").union(own, distinct=True)]
    )
    rows = {
        name: duck.keep(f"own-{name}", [book[name].semi_join(kept, "loan_no")])
        for name in ("instalments", "payments", "restructurings")
    }
    judged = book["judgements"]
    by_loan = judged.semi_join(kept, "loan_no")
    by_owner = judged.filter(judged.loan_no.isnull()).semi_join(owner, "borrower_id")
    return Records(
        loans=kept,
        borrowers=owner,
        judgements=duck.keep("own-judgements", [by_loan.union(by_owner)]),
        **rows,
    )


@contextmanager
def _opened(home: Home) -> Iterator[Duck]:
    with ENGINES, home.reading() as scratch, Duck(scratch) as duck:
        yield duck
