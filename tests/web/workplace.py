"""A small bank whose workplace is open: two branches, late loans, and somebody in each role."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import models

from recobro.book.models import Close, Loan
from recobro.casework.case.models import (
    Case,
    CaseLoan,
    Handover,
    HandoverCase,
    Responsibility,
)
from recobro.casework.case.operations import assign, follow
from recobro.journal.models import Chain, Entry
from recobro.office.approvals.models import Request
from recobro.office.judgements.models import Judgement
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import add_user
from recobro.office.settings.models import Setting
from recobro.oversight.notices.models import Notice, NoticeLoan
from recobro.runs.operations import show
from recobro.runs.operations.bridge import make_bridge
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import Row, Rows, rows_of
from tests.runs.kept import Kept, every_row

BOOK: Final = """
    2024-06-01 W1 lends 60.00 to person eva
    2025-01-01 W1 owes 60.00
    2026-02-01 W1 written off
    2024-12-01 N3 lends 90.00 USD to company dag against mortgage
    2025-06-01 N3 owes 20.00
    2026-12-01 N3 owes 70.00
    2025-12-05 N1 lends 300.00 to person ana
    2026-01-05 N1 owes 100.00 and interest 1.50
    2026-07-05 N1 owes 200.00
    2026-02-01 T1 lends 40.00 to person ming
    2026-03-20 T1 owes 10.00
    2026-04-20 T1 owes 10.00
    2026-05-20 T1 owes 10.00
    2026-07-20 T1 owes 10.00
    2026-02-01 N2 lends 80.00 to person wang
    2026-06-10 N2 owes 50.00
    2026-07-10 N2 owes 30.00
    2026-01-15 S1 lends 120.00 to person li
    2026-03-01 S1 owes 40.00
    2026-09-01 S1 owes 80.00
    2026-01-15 G1 lends 500.00 to person gil
    2026-05-15 G1 owes 250.00
    2026-05-15 G1 pays 250.00
    2026-11-15 G1 owes 250.00
"""
"""W1, N3 and N1 at the branch north, T1 and N2 at the sub-branch below it, S1 at south; G1, north,
is no problem. On 2026-06-30 they are 545, 394, 176, 102, 20 and 121 days late."""

INSTITUTIONS: Final = (
    {"institution_id": "bank", "parent_id": None, "kind": "head_office", "name": "Banco Río"},
    {"institution_id": "north", "parent_id": "bank", "kind": "branch", "name": "Río Norte"},
    {"institution_id": "below", "parent_id": "north", "kind": "sub_branch", "name": "白云支行"},
    {"institution_id": "south", "parent_id": "bank", "kind": "branch", "name": "Sur"},
    {"institution_id": "empty", "parent_id": "bank", "kind": "branch", "name": "Vacía"},
)
AT_INSTITUTION: Final = {"T1": "below", "N2": "below", "S1": "south"}
PRODUCTS: Final = {"T1": "shop", "N2": "café", "S1": "shop"}
BORROWERS: Final[Mapping[str, Row]] = {
    "ana": {"name": "Ana Núñez", "phone": "13800138001", "village": "Peñalba"}
    | {"national_id": "440102199001011234", "household_id": "home-1", "address": "Calle 1"},
    "dag": {"name": "=2+5", "phone": "555"},
    "eva": {"name": "Eva", "household_id": "home-eva"},
    "gil": {"name": "Gil"},
    "li": {"name": "李雷", "phone": "13700137003", "village": "南湖村", "household_id": "home-1"},
    "ming": {"name": "明", "village": "白云村", "household_id": "home-1"},
    "wang": {"name": "王小明", "phone": "13900139002", "village": "白云村"},
}
"""Those of home-1 have loans at both branches."""

DAYS: Final = ("2026-03-31", "2026-06-30")
PASSWORD: Final = "correct horse battery"  # noqa: S105 - of people that there are in tests alone
SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
LOANS: Final = ("G1", "N1", "N2", "N3", "S1", "T1", "W1")
"""In the order of their numbers, from 1."""


Workplace = Kept
"""The bank that is open."""


def delivery() -> Rows:
    """Return what the bank delivers."""
    tables = rows_of(written(BOOK))
    none = dict.fromkeys(("national_id", "phone", "address", "village"))
    return tables | {
        "institutions": list(INSTITUTIONS),
        "borrowers": [row | none | BORROWERS[row["borrower_id"]] for row in tables["borrowers"]],
        "loans": [
            row
            | {"institution_id": AT_INSTITUTION.get(row["loan_id"], "north")}
            | {"product": PRODUCTS.get(row["loan_id"], "farm")}
            for row in tables["loans"]
        ],
    }


def opened(folder: Path) -> Workplace:
    """Load and close the bank, show it, and give each role to somebody at north.

    `head` sees the whole bank, `twice` the branch south and the sub-branch of north; the post of
    `nothing` has ended.
    """
    bank = Bank(folder)
    bank.load(delivery())
    for day in DAYS:
        bank.close(day)
    show(home=bank.home, at=AT)
    since, as_of = map(date.fromisoformat, DAYS)
    make_bridge(home=bank.home, since=since, as_of=as_of, at=AT)
    for role in Role:
        appoint(role.value, role, "north")
    appoint("head", Role.RISK, "bank")
    appoint("twice", Role.LEGAL, "south")
    post("twice", Role.LEGAL, "below")
    appoint("nothing", Role.RISK, "bank")
    Post.objects.filter(user__username="nothing").update(until_on=SINCE.date() + DAY)
    follow(close=Close.objects.filter(as_of=DAYS[-1]).get(), at=AT)
    rows = every_row()
    _numbered(rows)
    _notices_numbered(rows)
    for number, held in enumerate(rows[Post], 1):  # the same
        held.pk = number
    return Workplace(bank.home.path, rows)


def _numbered(rows: Mapping[type[models.Model], list[Any]]) -> None:
    """Number the cases from 1: a server goes on counting where another test has left off."""
    cases = sorted(rows[Case], key=lambda case: str(case.household_id))
    numbers = {case.pk: number for number, case in enumerate(cases, 1)}
    for case in cases:
        case.pk = numbers[case.pk]
    for each in (*rows[CaseLoan], *rows[Responsibility]):
        each.case_id = numbers[each.case_id]
    _rename("case", rows, numbers)


def _notices_numbered(rows: Mapping[type[models.Model], list[Any]]) -> None:
    """Number the notices from 1, by kind and institution."""
    notices = sorted(rows[Notice], key=lambda notice: (notice.kind, notice.institution_id))
    numbers = {notice.pk: number for number, notice in enumerate(notices, 1)}
    for notice in notices:
        notice.pk = numbers[notice.pk]
    for each in rows[NoticeLoan]:
        each.notice_id = numbers[each.notice_id]
    _rename("notice", rows, numbers)


def _rename(
    kind: str, rows: Mapping[type[models.Model], list[Any]], numbers: Mapping[int, int]
) -> None:
    """Let the chains of a kind of thing be called by its new numbers."""

    def renamed(chain: str) -> str:
        told, _, number = chain.partition(":")
        return f"{kind}:{numbers[int(number)]}" if told == kind else chain

    for entry in rows[Entry]:
        entry.chain = renamed(entry.chain)
    for chain in rows[Chain]:
        chain.name = renamed(chain.name)


def post(username: str, role: Role, institution_id: str) -> Post:
    """Give somebody another post."""
    return Post.objects.create(
        user=User.objects.get(username=username),
        role=role.value,
        institution_id=institution_id,
        from_on=SINCE.date(),
    )


def appoint(username: str, role: Role, institution_id: str) -> User:
    """Add somebody in a post."""
    return add_user(
        username=username,
        password=PASSWORD,
        role=role,
        institution_id=institution_id,
        at=SINCE,
        name=f"Name of {username}",
    )


def needs_two(key: str = "approvals.case-assign.alone") -> None:
    """Let nobody decide alone, however little it is about."""
    Setting.objects.create(key=key, value={}, set_at=SINCE, set_by="recobro", reason="As agreed")


def asked_for(*, number: int, case: int, by: str = "head", to: str = "legal") -> Request:
    """Ask that a case goes to somebody else, and call the request by a number."""
    needs_two()
    made = assign(
        case=Case.objects.get(pk=case),
        to=User.objects.get(username=to),
        reason="Knows the village",
        by=User.objects.get(username=by),
        at=AT,
    )
    Request.objects.filter(pk=made.pk).update(id=number)
    return Request.objects.get(pk=number)


def handed_over(*, number: int, case: int, by: str = "head", to: str = "legal") -> Handover:
    """Note that a case was handed over, and call the handover by a number."""
    own = Case.objects.get(pk=case)
    made = Handover.objects.create(
        id=number,
        taker=User.objects.get(username=to),
        decided_by=User.objects.get(username=by),
        decided_as=by,
        decided_at=AT,
        reason="Knows the village",
    )
    HandoverCase.objects.create(
        handover=made, case=own, giver=own.responsible, amounts={"CNY": 460_00}
    )
    return made


def judged(*, number: int, loan: int, kind: str = "evasion", value: str = "") -> Judgement:
    """Note what was judged of a loan, and call the judgement by a number."""
    own = Loan.objects.get(pk=loan)
    request = Request.objects.create(
        kind="judgement",
        subject=f"loan:{loan}",
        institution=own.institution,
        content={"loan": loan, "household": own.borrower.household_id},
        reason="Moved away",
        asked_by=User.objects.get(username="head"),
        asked_as="head",
        asked_at=AT,
        state="approved",
        decided_by=User.objects.get(username="management"),
        decided_at=AT,
    )
    return Judgement.objects.create(
        id=number,
        loan=own,
        borrower=own.borrower,
        kind=kind,
        value=value,
        from_on=own.disbursed_on,
        reason="Moved away",
        request=request,
        decided_at=AT,
    )
