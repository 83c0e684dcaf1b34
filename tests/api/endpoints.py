"""Every endpoint: its address, whom it opens to, and how it answers them."""

from dataclasses import dataclass
from typing import Any, Final

from django.test import Client

from recobro.office.people.enums import Right

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
    "institution": Endpoint(address=f"{_V1}/institutions/north", opens_to=_FIGURES),
    "closes": Endpoint(address=f"{_V1}/closes", opens_to=_FIGURES | _RUNS),
    "figures": Endpoint(address=f"{_V1}/figures", opens_to=_FIGURES, at=True, as_of=True),
    "figures_below": Endpoint(
        address=f"{_V1}/figures/below", opens_to=_FIGURES, at=True, as_of=True
    ),
    "figures_history": Endpoint(
        address=f"{_V1}/figures/history", opens_to=_FIGURES, at=True, as_of=True
    ),
    "figures_compared": Endpoint(
        address=f"{_V1}/figures/compared", opens_to=_FIGURES, at=True, as_of=True
    ),
    "bridge": Endpoint(address=f"{_V1}/bridge", opens_to=_FIGURES, at=True),
    "bridge_loans": Endpoint(address=f"{_V1}/bridge/loans", opens_to=_DEBTORS, at=True),
    "make_bridge": Endpoint(address=f"{_V1}/bridge", opens_to=_FIGURES, method="post", status=201),
    "reports": Endpoint(address=f"{_V1}/reports", opens_to=_FIGURES),
    "order_report": Endpoint(
        address=f"{_V1}/reports", opens_to=_FIGURES, method="post", status=422
    ),
    "report": Endpoint(address=f"{_V1}/reports/99", opens_to=_FIGURES, status=404),
    "report_file": Endpoint(address=f"{_V1}/reports/99/file", opens_to=_FIGURES, status=404),
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
    "propose_end_of_judgement": Endpoint(
        address=f"{_V1}/loans/{N1}/judgements/99/end",
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
