"""Every endpoint is asked the same questions, as everybody."""

from typing import Any, Final

import pytest
from django.test import Client

from recobro.api.door import api
from recobro.api.gate import Token
from recobro.book.models import Institution
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask
from recobro.office.people.enums import RIGHTS, Role
from recobro.office.people.models import User
from recobro.office.people.operations import end_account
from recobro.office.tokens.models import Token as Row
from recobro.office.webhooks.models import Hook
from recobro.oversight.teams.models import Team
from tests.api.conftest import Program
from tests.api.endpoints import (
    _V1,
    ENDPOINTS,
    HANDOVER,
    HOME_1,
    HOOK,
    JOB,
    N1,
    REQUEST,
    S1,
    TEAM,
    Endpoint,
)
from tests.runs.bank import AT
from tests.web.workplace import Workplace, appoint, asked_for, handed_over

pytestmark = [pytest.mark.usefixtures("workplace"), pytest.mark.one_database("rights alone")]

PROBLEM = "application/problem+json"


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
        else min((one.asked(program).status_code for program in reading.values()), key=_opened)
        for name, one in ENDPOINTS.items()
    }
    assert found == {
        name: 403 if one.method == "post" else one.status for name, one in ENDPOINTS.items()
    }


def _opened(status: int) -> tuple[bool, int]:
    """Put those last to whom it does not open."""
    return status == 403, status


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
        *("figures", "figures_below", "figures_history", "figures_compared"),
        *("bridge", "bridge_loans", "make_bridge", "report", "report_file"),
        *("loans", "loan", "debtor", "why", "cases", "case"),
    }
