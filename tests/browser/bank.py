"""A small bank with two branches, late loans, and people who sign in."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import Model

from recobro.book.models import Close, Institution
from recobro.casework.case.models import Case, CaseLoan, Responsibility
from recobro.casework.case.operations import follow
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, begin, refuse, tell
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import add_user
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.operations import announce, make_hook
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Pair, Team, TeamCase, TeamMember
from recobro.oversight.teams.operations import give_cases, pair_with, set_up
from recobro.runs.operations import show
from recobro.runs.operations.bridge import make_bridge
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import Row, rows_of
from tests.runs.delivered import Rows as Delivered
from tests.runs.kept import Kept, Rows, every_row

_MONTHS: Final = [f"{year}-{month:02}-05" for year in (2025, 2026) for month in range(1, 13)]

BOOK: Final = "\n".join(
    (
        "2024-12-05 N1 lends 240.00 to person ana",
        *(f"{on} N1 owes 10.00" for on in _MONTHS),
        *(f"{on} N1 pays 10.00" for on in _MONTHS[:14]),
        "2026-02-01 N2 lends 80.00 to person wang",
        "2026-06-10 N2 owes 50.00",
        "2026-07-10 N2 owes 30.00",
        "2025-12-15 S1 lends 12345678.90 to person li",
        "2026-01-01 S1 owes 4000000.00",
        "2026-09-01 S1 owes 8345678.90",
        "2026-01-15 S2 lends 500.00 to person gil",
        "2026-09-15 S2 owes 500.00",
    )
)
"""N1 and N2 at the branch north, S1 and S2 at south; of N1 fourteen instalments are settled, four
are unpaid, six are to come; S2 is no problem."""

_INSTITUTIONS: Final = (
    {"institution_id": "bank", "parent_id": None, "kind": "head_office"}
    | {"name": "Banco Rural del Río y de la Sierra 河山农村商业银行"},
    {"institution_id": "north", "parent_id": "bank", "kind": "branch", "name": "Río Norte"},
    {"institution_id": "south", "parent_id": "bank", "kind": "branch", "name": "南湖支行"},
)
_BORROWERS: Final[Mapping[str, Row]] = {
    "ana": {"name": "Ana Núñez", "phone": "13800138001", "village": "Peñalba"}
    | {"national_id": "440102199001011234", "address": "Calle 1"},
    "gil": {"name": "Gil"},
    "li": {"name": "李雷", "phone": "13700137003", "village": "南湖村"},
    "wang": {"name": "王小明", "phone": "13900139002", "village": "Peñalba"},
}
_NONE: Final = dict.fromkeys(("national_id", "phone", "address", "village"))

BAD_PAYMENT: Final = {"payment_id": "p99", "loan_id": "N1", "paid_on": "31/31/2026"} | {
    "amount": "10.00",
    "source": None,
    "payer": None,
    "reverses": None,
}
DAYS: Final = ("2026-05-31", "2026-06-30")
PEOPLE: Final = (
    ("president", Role.MANAGEMENT, "bank"),
    ("planning", Role.PLANNING, "bank"),
    ("admin", Role.ADMINISTRATOR, "bank"),
    ("auditor", Role.AUDITOR, "bank"),
    ("risk", Role.RISK, "bank"),
    ("head", Role.BRANCH_HEAD, "north"),
    ("collector", Role.ACCOUNT_MANAGER, "north"),
)
PASSWORD: Final = "correct horse battery"  # noqa: S105 - of people that there are in tests alone


def delivery() -> Delivered:
    """Return what the bank delivers."""
    tables = rows_of(written(BOOK))
    return tables | {
        "institutions": list(_INSTITUTIONS),
        "borrowers": [row | _NONE | _BORROWERS[row["borrower_id"]] for row in tables["borrowers"]],
        "loans": [
            row
            | {"institution_id": "south" if row["loan_id"].startswith("S") else "north"}
            | {"product": "farm-household"}
            for row in tables["loans"]
        ],
    }


def refuse_one() -> None:
    """Let a load be asked for that was refused: one of the rows has a day that is none."""
    ask(kind="load", subject="2026-07-01-delta", parameters={"kind": "delta"}, at=AT)
    job = begin(at=AT)
    assert job is not None
    tell(job=job, step="payments", done=0, of=1, at=AT)
    refuse(job=job, reason="payments.csv cannot be read. Nothing was changed.", at=AT)


def tell_programs() -> None:
    """Let one program be told of what happens, which cannot be reached."""
    address = "https://warehouse.bank.example/hooks/recobro?tenant=one-of-the-regional-banks"
    events = [event.value for event in Event]
    make_hook(name="warehouse", url=address, events=events, at=AT, by="admin")
    about = {"as_of": "2026-06-30", "addresses": ["/api/v1/figures?as_of=2026-06-30"]}
    announce(event=Event.CLOSE_SHOWN, about=about, at=AT)
    Delivery.objects.update(state="given_up", attempts=9, trouble="not_trusted")
    Hook.objects.update(state="off", failing_since=AT)
    announce(event=Event.JOB_ENDED, about={"job": 1}, at=AT)


def set_teams_up() -> None:
    """Let a team help north with a case of it, and another wait for a leader."""
    by, place = User.objects.get(username="president"), Institution.objects.get(pk="bank")
    how: Any = {"institution": place, "by": by, "at": AT}
    helping = set_up(kind=Kind.CLEARING_TEAM, name="Río, cerca", leader=by, **how)
    set_up(kind=Kind.LARGE_DEBTS, name="大额不良专案组", **how)
    pair_with(team=helping, institution=Institution.objects.get(pk="north"), by=by, at=AT)
    cases = Case.objects.filter(institution="north")
    give_cases(team=helping, cases=cases, by=by, at=AT)


def made(folder: Path) -> Kept:
    """Load and close the bank, show it, and give people their posts; a job of it was refused."""
    bank = Bank(folder)
    bank.load(delivery())
    bank.load({"payments": [BAD_PAYMENT]}, kind="delta")
    for day in DAYS:
        bank.close(day)
    show(home=bank.home, at=AT)
    since, as_of = map(date.fromisoformat, DAYS)
    make_bridge(home=bank.home, since=since, as_of=as_of, at=AT)
    for username, role, institution_id in PEOPLE:
        add_user(
            username=username,
            password=PASSWORD,
            role=role,
            institution_id=institution_id,
            at=datetime(2020, 1, 1, tzinfo=UTC),
            name=f"Name of {username}",
        )
    refuse_one()
    tell_programs()
    follow(close=Close.objects.latest("as_of"), at=AT)
    set_teams_up()
    rows = every_row()
    # A server goes on counting where another test has left off; theirs is the first post.
    for number, held in enumerate(sorted(rows[Post], key=_of_collector), 1):
        held.pk = number
    for number, job in enumerate(rows[Job], 1):
        job.pk = number
    for hook in rows[Hook]:
        hook.pk = 1
    for told in rows[Delivery]:
        told.hook_id = 1
    numbered(rows, Case, "case_id", (CaseLoan, Responsibility, TeamCase))
    numbered(rows, Team, "team_id", (TeamCase, TeamMember, Pair))
    return Kept(bank.home.path, rows)


def numbered(rows: Rows, kind: type[Model], name: str, others: Iterable[type[Model]]) -> None:
    """Number the rows of a kind from 1 in their order, also where others name them."""
    numbers = {one.pk: number for number, one in enumerate(rows[kind], 1)}
    for one in rows[kind]:
        one.pk = numbers[one.pk]
    for one in (row for other in others for row in rows[other]):
        setattr(one, name, numbers[getattr(one, name)])


def _of_collector(post: Post) -> bool:
    return post.user.username != "collector"
