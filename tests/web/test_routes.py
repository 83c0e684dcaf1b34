"""Every page is asked the same questions, as everybody."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.test import Client

from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask
from recobro.office.people.enums import RIGHTS, Right, Role
from recobro.office.webhooks.models import Delivery, Hook
from recobro.web.gate import EVERYBODY, SIGNED_IN
from recobro.web.urls import urlpatterns
from tests.runs.bank import AT
from tests.web import person_routes, team_routes, view_routes
from tests.web.conftest import SignedIn
from tests.web.workplace import Workplace, appoint, asked_for, handed_over, judged

pytestmark = [pytest.mark.usefixtures("workplace"), pytest.mark.one_database("rights alone")]

N1, S1 = 2, 5
"""Loans of the branches north and south by number."""

HOME_1 = 2
"""The case of a household of north, by number."""

NOTICE = 2
"""A notice to a branch of north, by number."""

JOB = 7
"""A job that waits, by number."""

HANDOVER = 4
"""Cases that `head` gave to `twice`, by number."""

JUDGEMENT = 5
"""What `head` and `branch_head` have judged of a loan of north, by number."""

REQUEST = 3
"""What `head` asked for and nobody has decided, by number."""

HOOK, DELIVERY = 3, 4
"""A webhook, and something that it was told, by numbers."""


@pytest.fixture(autouse=True)
def _a_job(workplace: Workplace) -> None:
    ask(kind="close", subject="2026-07-01", at=AT, by="head")
    Job.objects.update(id=JOB)
    team_routes.a_team()


@pytest.fixture(autouse=True)
def _a_request(workplace: Workplace) -> None:
    asked_for(number=REQUEST, case=HOME_1)
    handed_over(number=HANDOVER, case=HOME_1, to="twice")
    judged(number=JUDGEMENT, loan=N1)


@pytest.fixture(autouse=True)
def _a_webhook(workplace: Workplace) -> None:
    """An administrator of the whole bank looks after it."""
    appoint("chief", Role.ADMINISTRATOR, "bank")
    hook = Hook(pk=HOOK, name="ledger", url="https://a.example", events=[], secret="", made_at=AT)
    hook.save()
    Delivery(pk=DELIVERY, hook=hook, event="test", about={}, happened_at=AT, next_at=AT).save()


@dataclass(frozen=True, kw_only=True)
class Route:
    """An address, who it opens to, and how it answers whom it opens to."""

    address: str
    opens_to: frozenset[Right] | str
    method: str = "get"
    status: int = 200
    both: bool = False
    other: int = 302
    """How the other method answers where both are asked."""
    at: bool = False
    """Whether an institution can be looked at."""
    whole: bool = False
    """Whether it opens to a right over the whole bank alone."""
    first: int = 200
    """How it answers of the first day that is shown, before which there is none."""

    @property
    def gated(self) -> bool:
        return self.opens_to != EVERYBODY

    @property
    def who(self) -> str:
        """Somebody whom it opens to: of north, but for what is of the whole bank."""
        if self.whole:
            return "chief" if self.opens_to == _WEBHOOKS else "head"
        if self.opens_to in {frozenset({Right.ASSIGN}), _JUDGE}:
            return "risk"
        return "administrator" if self.opens_to == _APPOINT else "auditor"

    def asked(self, browser: Client, query: str = "", method: str = "") -> Any:
        """Return what a browser gets for the address."""
        address = self.address + (query.replace("?", "&") if "?" in self.address else query)
        return getattr(browser, method or self.method)(address)


_APPOINT: Final = frozenset({Right.APPOINT})
_COLLECT: Final = frozenset({Right.COLLECT})
_DEBTORS: Final = frozenset({Right.DEBTORS})
_JUDGE: Final = frozenset({Right.JUDGE})
_FIGURES: Final = frozenset({Right.FIGURES})
_RUNS: Final = frozenset({Right.RUNS})
_START: Final = frozenset({Right.START})
_WEBHOOKS: Final = frozenset({Right.WEBHOOKS})
ROUTES: Final = {
    "home": Route(address="/", opens_to=SIGNED_IN, at=True),
    "sign-in": Route(address="/sign-in/", opens_to=EVERYBODY, both=True),
    "oidc": Route(address="/sign-in/oidc/", opens_to=EVERYBODY, status=404),
    "oidc-back": Route(address="/sign-in/oidc/back/", opens_to=EVERYBODY, status=404),
    "sign-in-code": Route(
        address="/sign-in/code/", opens_to=EVERYBODY, status=302, both=True, other=302
    ),
    "sign-out": Route(address="/sign-out/", opens_to=EVERYBODY, method="post", status=302),
    "bridge": Route(address="/bridge/", opens_to=_FIGURES, at=True),
    "bridge-now": Route(address="/bridge/now/", opens_to=_FIGURES),
    "bridge-make": Route(address="/bridge/make/", opens_to=_FIGURES, method="post", status=302),
    "bridge-loans": Route(address="/bridge/loans/", opens_to=_DEBTORS, at=True),
    "bridge-export": Route(address="/bridge/export.csv", opens_to=_DEBTORS, at=True, first=404),
    "cases": Route(address="/cases/", opens_to=_DEBTORS, at=True),
    "hand-over": Route(
        address=f"/cases/hand-over/?case={HOME_1}",
        opens_to=frozenset({Right.ASSIGN}),
        both=True,
        other=422,
    ),
    "case": Route(address=f"/cases/{HOME_1}/", opens_to=_DEBTORS),
    "case-pane": Route(address=f"/cases/{HOME_1}/pane/", opens_to=_DEBTORS),
    "case-deadline": Route(
        address=f"/cases/{HOME_1}/deadline/",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "case-assign": Route(
        address=f"/cases/{HOME_1}/assign/",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "handovers": Route(address="/handovers/", opens_to=_DEBTORS),
    "handover": Route(address=f"/handovers/{HANDOVER}/", opens_to=_DEBTORS),
    "handover-sign": Route(
        address=f"/handovers/{HANDOVER}/sign/", opens_to=_COLLECT, method="post", status=409
    ),
    "institutions": Route(address="/institutions/", opens_to=_FIGURES, at=True),
    "institution-work": Route(address="/institutions/work/north/", opens_to=_DEBTORS),
    "institution": Route(address="/institutions/north/", opens_to=_FIGURES),
    "case-team": Route(
        address=f"/cases/{HOME_1}/team/", opens_to=team_routes.ASSIGN, both=True, other=422
    ),
    "loans": Route(address="/loans/", opens_to=_DEBTORS, at=True),
    "loans-export": Route(address="/loans/export.csv", opens_to=_DEBTORS, at=True),
    "loan": Route(address=f"/loans/{N1}/", opens_to=_DEBTORS),
    "loan-pane": Route(address=f"/loans/{N1}/pane/", opens_to=_DEBTORS),
    "loan-why": Route(address=f"/loans/{N1}/why/", opens_to=_DEBTORS),
    "judgements": Route(
        address=f"/loans/{N1}/judgements/", opens_to=_DEBTORS, both=True, other=422
    ),
    "judgement-end": Route(
        address=f"/loans/{N1}/judgements/{JUDGEMENT}/end/", opens_to=_JUDGE, both=True, other=422
    ),
    "loan-debtor": Route(address=f"/loans/{N1}/debtor/", opens_to=_DEBTORS, method="post"),
    "approvals": Route(address="/approvals/", opens_to=_DEBTORS, at=True),
    "approval": Route(address=f"/approvals/{REQUEST}/", opens_to=_DEBTORS),
    "approval-decide": Route(
        address=f"/approvals/{REQUEST}/decide/",
        opens_to=frozenset({Right.APPROVE}),
        method="post",
        status=422,
    ),
    "approval-withdraw": Route(
        address=f"/approvals/{REQUEST}/withdraw/", opens_to=_DEBTORS, method="post", status=404
    ),
    "closes": Route(address="/closes/", opens_to=frozenset({Right.FIGURES, Right.RUNS})),
    "notices": Route(address="/notices/", opens_to=_DEBTORS, at=True),
    "notice": Route(address=f"/notices/{NOTICE}/", opens_to=_DEBTORS),
    "notice-sign": Route(
        address=f"/notices/{NOTICE}/sign/",
        opens_to=frozenset({Right.SIGN_OFF}),
        method="post",
        status=302,
    ),
    "notice-export": Route(address=f"/notices/{NOTICE}/export.csv", opens_to=_DEBTORS),
    **{name: Route(**told) for name, told in team_routes.ROUTES.items()},
    "components": Route(address="/components/", opens_to=SIGNED_IN),
    "help": Route(address="/help/", opens_to=SIGNED_IN),
    "help-page": Route(address="/help/ledger/", opens_to=SIGNED_IN),
    "jobs": Route(address="/jobs/", opens_to=_RUNS, whole=True),
    "jobs-now": Route(address="/jobs/now/", opens_to=_RUNS, whole=True),
    "jobs-load": Route(
        address="/jobs/load/", opens_to=_START, method="post", status=422, whole=True
    ),
    "jobs-close": Route(
        address="/jobs/close/", opens_to=_START, method="post", status=422, whole=True
    ),
    "jobs-upload": Route(
        address="/jobs/upload/", opens_to=_START, method="post", status=422, whole=True
    ),
    "jobs-nightly": Route(
        address="/jobs/nightly/", opens_to=_START, method="post", status=422, whole=True
    ),
    "job": Route(address=f"/jobs/{JOB}/", opens_to=_RUNS, whole=True),
    "job-now": Route(address=f"/jobs/{JOB}/now/", opens_to=_RUNS, whole=True),
    "job-end": Route(
        address=f"/jobs/{JOB}/end/", opens_to=_START, method="post", status=302, whole=True
    ),
    "job-again": Route(
        address=f"/jobs/{JOB}/again/", opens_to=_START, method="post", status=302, whole=True
    ),
    "loads": Route(address="/loads/", opens_to=_RUNS, whole=True),
    "load": Route(address="/loads/1/", opens_to=_RUNS, whole=True),
    "load-findings": Route(address="/loads/1/findings.csv", opens_to=_RUNS, whole=True),
    **{name: Route(**told) for name, told in person_routes.ROUTES.items()},
    "journal": Route(address="/journal/", opens_to=frozenset({Right.JOURNAL}), at=True),
    "settings": Route(address="/settings/", opens_to=_RUNS, whole=True),
    "setting": Route(
        address="/settings/absence.days/", opens_to=_RUNS, whole=True, both=True, other=422
    ),
    **{name: Route(**told) for name, told in view_routes.ROUTES.items()},
    "webhooks": Route(address="/webhooks/", opens_to=_WEBHOOKS, both=True, other=422, whole=True),
    "webhook": Route(address=f"/webhooks/{HOOK}/", opens_to=_WEBHOOKS, whole=True),
    "webhook-act": Route(
        address=f"/webhooks/{HOOK}/test/",
        opens_to=_WEBHOOKS,
        method="post",
        status=302,
        whole=True,
    ),
    "delivery-again": Route(
        address=f"/webhooks/{HOOK}/deliveries/{DELIVERY}/again/",
        opens_to=_WEBHOOKS,
        method="post",
        status=302,
        whole=True,
    ),
    "reports": Route(address="/reports/", opens_to=_FIGURES, at=True),
    "reports-now": Route(address="/reports/now/", opens_to=_FIGURES),
    "reports-order": Route(address="/reports/order/", opens_to=_FIGURES, method="post", status=404),
    "report": Route(address="/reports/99/", opens_to=_FIGURES, status=404),
    "search": Route(address="/search/", opens_to=SIGNED_IN),
    "search-now": Route(address="/search/now/", opens_to=SIGNED_IN),
    "search-phone": Route(address="/search/phone/", opens_to=_DEBTORS, method="post", status=422),
    "absence": Route(address="/preferences/absence/", opens_to=SIGNED_IN, both=True, other=422),
    "absence-end": Route(
        address="/preferences/absence/1/end/", opens_to=SIGNED_IN, method="post", status=404
    ),
    "language": Route(
        address="/preferences/language/", opens_to=EVERYBODY, method="post", status=302
    ),
    "password": Route(address="/preferences/password/", opens_to=SIGNED_IN, both=True, other=422),
    "second-factor": Route(
        address="/preferences/second-factor/", opens_to=SIGNED_IN, both=True, other=422
    ),
    "second-factor-qr": Route(address="/preferences/second-factor/qr.svg", opens_to=SIGNED_IN),
    "recovery-codes": Route(
        address="/preferences/second-factor/codes/", opens_to=SIGNED_IN, method="post", status=404
    ),
    "second-factor-remove": Route(
        address="/preferences/second-factor/remove/", opens_to=SIGNED_IN, method="post", status=404
    ),
    "sessions": Route(address="/preferences/sessions/", opens_to=SIGNED_IN),
    "sessions-end": Route(
        address="/preferences/sessions/end/", opens_to=SIGNED_IN, method="post", status=302
    ),
    "theme": Route(address="/preferences/theme/", opens_to=EVERYBODY, method="post", status=302),
    "tokens": Route(address="/preferences/tokens/", opens_to=SIGNED_IN, both=True, other=422),
    "token-end": Route(
        address="/preferences/tokens/1/end/", opens_to=SIGNED_IN, method="post", status=404
    ),
}
GATED: Final = {name: route for name, route in ROUTES.items() if route.gated}
SHOWS_A_DAY: Final = {name: route for name, route in GATED.items() if route.method == "get"}
WHOLE: Final = {name: route for name, route in GATED.items() if route.whole}
SHOWS_A_NODE: Final = {name: route for name, route in GATED.items() if route.at}


Answers = dict[str, int]


def test_every_route_is_asked() -> None:
    assert [pattern.name for pattern in urlpatterns] == [*ROUTES]


def test_a_view_says_whom_it_opens_to() -> None:
    told = {pattern.name: pattern.callback.opens_to for pattern in urlpatterns}  # type: ignore[attr-defined]  # of the gate
    assert told == {name: route.opens_to for name, route in ROUTES.items()}


def test_whoever_has_not_signed_in() -> None:
    found = {name: route.asked(Client()) for name, route in ROUTES.items()}
    assert {name: answer.status_code for name, answer in found.items()} == {
        name: 302 if route.gated else route.status for name, route in ROUTES.items()
    }
    assert {name: found[name]["Location"] for name in GATED} == {
        name: f"/sign-in/?next={quote(route.address)}" for name, route in GATED.items()
    }


def test_whoever_has_not_signed_in_gets_no_fragment() -> None:
    """The whole page goes to the sign-in page, and from there back to the page that it was."""
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/loans/?grade=loss"}
    for route in GATED.values():
        response = getattr(Client(), route.method)(route.address, headers=headers)
        assert (response.status_code, response.content) == (200, b"")
        assert response["HX-Redirect"] == "/sign-in/?next=/loans/%3Fgrade%3Dloss"


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_its_rights_say(role: Role, signed_in: SignedIn) -> None:
    """At a branch; what is of the whole bank opens to a right over it alone."""
    browser = signed_in(role.value)
    found = {name: route.asked(browser).status_code for name, route in GATED.items()}
    assert found == {
        name: route.status if _opens(route, role) and not route.whole else 403
        for name, route in GATED.items()
    }


@pytest.mark.parametrize("role", Role)
def test_what_is_of_the_whole_bank(role: Role, signed_in: SignedIn) -> None:
    appoint("above", role, "bank")
    browser = signed_in("above")
    found = {name: route.asked(browser).status_code for name, route in WHOLE.items()}
    assert found == {
        name: route.status if _opens(route, role) else 403 for name, route in WHOLE.items()
    }


def _opens(route: Route, role: Role) -> bool:
    return route.opens_to == SIGNED_IN or bool(RIGHTS[role] & frozenset(route.opens_to))


def test_who_may_do_what() -> None:
    roles = {right: {role.value for role in Role if right in RIGHTS[role]} for right in Right}
    leads = {"branch_head", "business", "risk", "management"}
    collects = leads | {"account_manager", "legal"}
    debtors = collects | {"archive", "inspector", "auditor"}
    assert roles == {
        "debtors": debtors,
        "collect": collects,
        "assign": leads,
        "approve": leads,
        "judge": leads,
        "journal": {"management", "auditor"},
        "figures": debtors | {"personnel", "office", "planning"},
        "runs": {"risk", "management", "auditor", "administrator"},
        "start": {"risk", "administrator"},
        "sign_off": {"branch_head", "management"},
        "people": {"auditor", "administrator"},
        "appoint": {"administrator"},
        "settings": {"administrator"},
        "webhooks": {"administrator"},
    }


def test_the_other_method_is_refused(signed_in: SignedIn) -> None:
    found = {}
    for name, route in ROUTES.items():
        other = "get" if route.method == "post" else "post"
        of_people = name.startswith(("people", "person"))
        who = route.who if route.whole else "administrator" if of_people else "management"
        browser = signed_in(who)  # anew, since one of them signs out
        found[name] = route.asked(browser, method=other).status_code
    assert found == {name: route.other if route.both else 405 for name, route in ROUTES.items()}
