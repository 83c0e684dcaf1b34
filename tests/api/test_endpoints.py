"""Every endpoint is asked the same questions, as everybody."""

from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.test import Client

from recobro.api.door import api
from recobro.api.gate import Token
from recobro.book.models import Institution
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask
from recobro.office.people.enums import RIGHTS, Right, Role
from recobro.office.people.models import User
from recobro.office.people.operations import end_account
from recobro.office.tokens.models import Token as Row
from recobro.office.webhooks.models import Hook
from recobro.oversight.teams.models import Team
from tests.api.conftest import Program
from tests.runs.bank import AT
from tests.web.workplace import Workplace, appoint, asked_for, handed_over

pytestmark = pytest.mark.usefixtures("workplace")

PROBLEM = "application/problem+json"
N1, S1 = 2, 5
"""Loans of the branches north and south by number."""

HOME_1 = 2
"""The case of a household of north, by number."""

NOTICE = 2
"""A notice to north, by number."""

TEAM = 5
"""A team of north, by number."""

JOB = 2
"""A close that waits, by number."""

HANDOVER = 4
"""Cases that `head` gave to `twice`, by number."""

REQUEST = 3
"""What `head` asked for and nobody has decided, by number."""


HOOK = 3
"""A webhook, by number."""


@pytest.fixture(autouse=True)
def _a_job(workplace: Workplace) -> None:
    ask(kind="close", subject="2026-07-01", at=AT, by="head")
    Job.objects.update(id=JOB)
    appoint("chief", Role.ADMINISTRATOR, "bank")
    Hook(pk=HOOK, name="ledger", url="https://a.example", events=[], secret="", made_at=AT).save()


@pytest.fixture(autouse=True)
def _a_request(workplace: Workplace) -> None:
    asked_for(number=REQUEST, case=HOME_1)
    handed_over(number=HANDOVER, case=HOME_1, to="twice")


@pytest.fixture(autouse=True)
def _a_team(workplace: Workplace) -> None:
    north = Institution.objects.get(pk="north")
    Team.objects.create(
        id=TEAM, kind="clearing_team", institution=north, name="Norte", from_on=AT.date()
    )


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address, whom it opens to (nobody named: whoever has a token), and how it answers them."""

    address: str
    opens_to: frozenset[Right] = frozenset()
    method: str = "get"
    status: int = 200
    at: bool = False
    """Whether an institution can be looked at."""
    as_of: bool = False
    """Whether a day can be looked at."""
    whole: bool = False
    """Whether it opens to a right over the whole bank alone."""

    def asked(self, program: Client, query: str = "") -> Any:
        """Return what a program gets for the address."""
        if self.method == "post":
            return program.post(self.address + query, "{}", content_type="application/json")
        return program.get(self.address + query)


_COLLECT: Final = frozenset({Right.COLLECT})
_DEBTORS: Final = frozenset({Right.DEBTORS})
_FIGURES: Final = frozenset({Right.FIGURES})
_RUNS: Final = frozenset({Right.RUNS})
_START: Final = frozenset({Right.START})
_WEBHOOKS: Final = frozenset({Right.WEBHOOKS})
_V1: Final = "/api/v1"
ENDPOINTS: Final = {
    "me": Endpoint(address=f"{_V1}/me"),
    "institutions": Endpoint(address=f"{_V1}/institutions"),
    "closes": Endpoint(address=f"{_V1}/closes", opens_to=_FIGURES | _RUNS),
    "figures": Endpoint(address=f"{_V1}/figures", opens_to=_FIGURES, at=True, as_of=True),
    "figures_below": Endpoint(
        address=f"{_V1}/figures/below", opens_to=_FIGURES, at=True, as_of=True
    ),
    "figures_history": Endpoint(
        address=f"{_V1}/figures/history", opens_to=_FIGURES, at=True, as_of=True
    ),
    "loans": Endpoint(address=f"{_V1}/loans", opens_to=_DEBTORS, at=True, as_of=True),
    "loan": Endpoint(address=f"{_V1}/loans/{N1}", opens_to=_DEBTORS, as_of=True),
    "debtor": Endpoint(address=f"{_V1}/loans/{N1}/debtor", opens_to=_DEBTORS, method="post"),
    "why": Endpoint(address=f"{_V1}/loans/{N1}/why", opens_to=_DEBTORS, as_of=True),
    "judgements": Endpoint(address=f"{_V1}/loans/{N1}/judgements", opens_to=_DEBTORS),
    "propose_judgement": Endpoint(
        address=f"{_V1}/loans/{N1}/judgements",
        opens_to=frozenset({Right.JUDGE}),
        method="post",
        status=422,
    ),
    "cases": Endpoint(address=f"{_V1}/cases", opens_to=_DEBTORS, at=True, as_of=True),
    "case": Endpoint(address=f"{_V1}/cases/{HOME_1}", opens_to=_DEBTORS, as_of=True),
    "responsibilities": Endpoint(
        address=f"{_V1}/cases/{HOME_1}/responsibilities", opens_to=_DEBTORS
    ),
    "assign_case": Endpoint(
        address=f"{_V1}/cases/{HOME_1}/responsibilities",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "set_case_deadline": Endpoint(
        address=f"{_V1}/cases/{HOME_1}/deadline",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "plan_handover": Endpoint(
        address=f"{_V1}/handovers/plan",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "handovers": Endpoint(address=f"{_V1}/handovers", opens_to=_DEBTORS),
    "hand_over_cases": Endpoint(
        address=f"{_V1}/handovers",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "sign_for_cases": Endpoint(
        address=f"{_V1}/handovers/{HANDOVER}/signature",
        opens_to=_COLLECT,
        method="post",
        status=403,
    ),
    "approvals": Endpoint(address=f"{_V1}/approvals", opens_to=_DEBTORS, at=True),
    "approval": Endpoint(address=f"{_V1}/approvals/{REQUEST}", opens_to=_DEBTORS),
    "decide": Endpoint(
        address=f"{_V1}/approvals/{REQUEST}/decision",
        opens_to=frozenset({Right.APPROVE}),
        method="post",
        status=422,
    ),
    "withdraw_request": Endpoint(
        address=f"{_V1}/approvals/{REQUEST}/withdrawal",
        opens_to=_DEBTORS,
        method="post",
        status=403,
    ),
    "notices": Endpoint(address=f"{_V1}/notices", opens_to=_DEBTORS, at=True),
    "notice": Endpoint(address=f"{_V1}/notices/{NOTICE}", opens_to=_DEBTORS),
    "sign_notice": Endpoint(
        address=f"{_V1}/notices/{NOTICE}/signature",
        opens_to=frozenset({Right.SIGN_OFF}),
        method="post",
        status=201,
    ),
    "teams": Endpoint(address=f"{_V1}/teams", opens_to=_DEBTORS, at=True),
    "team": Endpoint(address=f"{_V1}/teams/{TEAM}", opens_to=_DEBTORS),
    "team_members": Endpoint(address=f"{_V1}/teams/{TEAM}/members", opens_to=_DEBTORS),
    "team_cases": Endpoint(address=f"{_V1}/teams/{TEAM}/cases", opens_to=_DEBTORS),
    "people": Endpoint(address=f"{_V1}/people", opens_to=frozenset({Right.PEOPLE})),
    "journal": Endpoint(address=f"{_V1}/journal", opens_to=frozenset({Right.JOURNAL}), at=True),
    "loads": Endpoint(address=f"{_V1}/loads", opens_to=_RUNS),
    "start_load": Endpoint(
        address=f"{_V1}/loads", opens_to=_START, method="post", status=422, whole=True
    ),
    "start_close": Endpoint(
        address=f"{_V1}/closes", opens_to=_START, method="post", status=422, whole=True
    ),
    "inbox": Endpoint(address=f"{_V1}/inbox", opens_to=_RUNS, whole=True),
    "jobs": Endpoint(address=f"{_V1}/jobs", opens_to=_RUNS, whole=True),
    "job": Endpoint(address=f"{_V1}/jobs/{JOB}", opens_to=_RUNS, whole=True),
    "webhooks": Endpoint(address=f"{_V1}/webhooks", opens_to=_WEBHOOKS, whole=True),
    "make_webhook": Endpoint(
        address=f"{_V1}/webhooks", opens_to=_WEBHOOKS, method="post", status=422, whole=True
    ),
    "end_webhook": Endpoint(
        address=f"{_V1}/webhooks/{HOOK}/end",
        opens_to=_WEBHOOKS,
        method="post",
        status=201,
        whole=True,
    ),
    "deliveries": Endpoint(
        address=f"{_V1}/webhooks/{HOOK}/deliveries", opens_to=_WEBHOOKS, whole=True
    ),
}
SHOWS_A_NODE: Final = [name for name, one in ENDPOINTS.items() if one.at]
SHOWS_A_DAY: Final = [name for name, one in ENDPOINTS.items() if one.as_of]


def operations() -> dict[str, Any]:
    """Return the API's own list of what can be asked."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return {
        operation["operationId"]: (path, method, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_every_endpoint_is_asked() -> None:
    found = {name: (path.count("/"), method) for name, (path, method, _) in operations().items()}
    assert found == {
        name: (one.address.removeprefix(_V1).count("/"), one.method)
        for name, one in ENDPOINTS.items()
    }


def test_an_endpoint_says_whom_it_opens_to() -> None:
    told = {}
    for bound in api._get_bound_routers():  # noqa: SLF001 - ninja has no public list of them
        for view in bound.path_operations.values():
            for operation in view.operations:
                (gate,) = operation.auth_callbacks
                assert isinstance(gate, Token)
                told[operation.view_func.__name__] = gate.rights
    assert told == {name: one.opens_to for name, one in ENDPOINTS.items()}


@pytest.mark.parametrize(
    "shown", [None, "Bearer", "Bearer recobro_x", "Basic cmlzazpyaXNr", "Bearer " + "x" * 5000]
)
def test_who_shows_no_good_token(shown: str | None) -> None:
    anybody = Client(headers={} if shown is None else {"Authorization": shown})
    for one in ENDPOINTS.values():
        answer = one.asked(anybody)
        assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
        assert answer["WWW-Authenticate"] == 'Bearer realm="recobro"'


def test_who_has_signed_in_to_the_pages_alone(client: Client) -> None:
    """A browser sends its cookie whoever makes it ask: that opens nothing here."""
    client.force_login(
        User.objects.get(username="management"),
        backend="recobro.office.people.backend.ByPassword",
    )
    assert client.get("/cases/").status_code == 200
    assert {one.asked(client).status_code for one in ENDPOINTS.values()} == {401}


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_its_rights_say(role: Role, program: Program) -> None:
    own = program(role.value)
    answers = {name: one.asked(own) for name, one in ENDPOINTS.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: one.status if _opens(one, role) and not one.whole else 403
        for name, one in ENDPOINTS.items()
    }
    assert {answer["Cache-Control"] for answer in answers.values()} == {"no-store"}


def _opens(one: Endpoint, role: Role) -> bool:
    return not one.opens_to or bool(RIGHTS[role] & one.opens_to)


@pytest.mark.parametrize("role", Role)
def test_what_is_of_the_whole_bank(role: Role, program: Program) -> None:
    appoint("above", role, "bank")
    own = program("above")
    whole = {name: one for name, one in ENDPOINTS.items() if one.whole}
    assert {name: one.asked(own).status_code for name, one in whole.items()} == {
        name: one.status if _opens(one, role) else 403 for name, one in whole.items()
    }


def test_a_token_for_reading_reads(program: Program) -> None:
    every = ("auditor", "management", "head", "chief")
    reading = {who: program(who, may_write=False) for who in every}
    found = {
        name: max(one.asked(program).status_code for program in reading.values())
        if one.method == "post"
        else min(one.asked(program).status_code for program in reading.values())
        for name, one in ENDPOINTS.items()
    }
    assert found == {
        name: 403 if one.method == "post" else one.status for name, one in ENDPOINTS.items()
    }


def test_the_other_method_is_refused(program: Program) -> None:
    own = program("management")
    for one in ENDPOINTS.values():
        answer = own.delete(one.address)
        both = sum(other.address == one.address for other in ENDPOINTS.values()) > 1
        allowed = {"GET", "POST"} if both else {one.method.upper()}
        assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)
        assert set(answer["Allow"].split(", ")) == allowed


def without(person: str, change: str) -> None:
    """Take from somebody what a token rests on."""
    user = User.objects.get(username=person)
    tokens = Row.objects.filter(user=user)
    match change:
        case "ended token":
            tokens.update(ended_at=AT)
        case "run out":
            tokens.update(until_on=AT.date())
        case "ended account":
            end_account(user=user, at=AT, by="shell:x")
        case "ended post":
            user.posts.update(until_on=AT.date())
        case "password of others":
            User.objects.filter(pk=user.pk).update(must_change=True)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("ended token", 401),
        ("run out", 401),
        ("ended account", 401),
        ("ended post", 403),
        ("password of others", 403),
    ],
)
def test_a_token_opens_no_more_than_its_person(
    change: str, expected: int, program: Program
) -> None:
    risk = program("risk")
    assert risk.get(f"{_V1}/loans").status_code == 200
    without("risk", change)
    assert risk.get(f"{_V1}/loans").status_code == expected


def test_who_holds_no_post_any_more(program: Program) -> None:
    nothing = program("nothing")
    found = {name: one.asked(nothing).status_code for name, one in ENDPOINTS.items()}
    assert found == dict.fromkeys(ENDPOINTS, 403) | {"me": 200, "institutions": 200}
    assert nothing.get(f"{_V1}/institutions").json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "loans/{}"),
        ("get", "loans/{}/why"),
        ("post", "loans/{}/debtor"),
    ],
)
def test_a_loan_of_another_branch_is_none_that_there_is(
    method: str, path: str, program: Program
) -> None:
    """
    S1, at south, is a problem loan that only whoever sees the whole bank sees
    """
    asked = {
        (who, loan): getattr(program(who, name=str(loan)), method)(
            f"{_V1}/{path.format(loan)}"
        ).status_code
        for who in ("head", "risk")
        for loan in (N1, S1)
    }
    assert asked == {("head", N1): 200, ("head", S1): 200, ("risk", N1): 200, ("risk", S1): 404}


@pytest.mark.parametrize(
    ("at", "expected"),
    [("north", 200), ("below", 200), ("", 200), ("south", 404), ("bank", 404), ("nowhere", 404)],
)
def test_an_institution_that_is_looked_at(at: str, expected: int, program: Program) -> None:
    own = program("management")
    found = {name: ENDPOINTS[name].asked(own, f"?at={at}").status_code for name in SHOWS_A_NODE}
    assert found == dict.fromkeys(SHOWS_A_NODE, expected)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-06-30", 200), ("2026-03-31", 200), ("2026-04-30", 404), ("junk", 422), ("", 422)],
)
def test_a_day_that_is_looked_at(as_of: str, expected: int, program: Program) -> None:
    own = program("auditor")
    found = {
        name: ENDPOINTS[name].asked(own, f"?as_of={as_of}").status_code for name in SHOWS_A_DAY
    }
    assert found == dict.fromkeys(SHOWS_A_DAY, expected)


@pytest.mark.parametrize("path", ["nothing", "loans/", "loans/2/nothing", "loans/2/why/", "docs"])
def test_an_address_that_there_is_not(path: str, program: Program) -> None:
    answer = program("risk").get(f"{_V1}/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_a_bank_that_has_closed_nothing(workplace: Workplace, program: Program) -> None:
    from recobro.book.models import Close  # noqa: PLC0415 - for this test alone

    Close.objects.update(shown_at=None)
    head = program("head")
    answers = {name: one.asked(head).status_code for name, one in ENDPOINTS.items()}
    assert {name for name, status in answers.items() if status == 404} == {
        *("figures", "figures_below", "figures_history"),
        *("loans", "loan", "debtor", "why", "cases", "case"),
    }
