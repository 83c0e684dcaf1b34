"""A small Fineract on this machine: the documented shapes of its answers, page by page."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
USER, PASSWORD, TENANT = "reader", "long enough", "qinghe"

OFFICES = [
    {"id": 1, "name": "Head Office", "hierarchy": ".", "openingDate": [2009, 1, 1]},
    {"id": 2, "name": "North", "hierarchy": ".2.", "parentId": 1, "parentName": "Head Office"},
    {"id": 5, "name": "白云支行", "hierarchy": ".2.5.", "parentId": 2, "parentName": "North"},
]
STAFF = [
    {"id": 3, "displayName": "Tao, Ran", "officeId": 2, "isLoanOfficer": True, "isActive": True},
    {"id": 4, "displayName": "Li, Na", "officeId": 5, "isLoanOfficer": True, "isActive": False},
]
CLIENTS = [
    {"id": 7, "accountNo": "000000007", "displayName": "王伟", "mobileNo": "13800138001"}
    | {"officeId": 2, "active": True, "legalForm": {"id": 1, "code": "legalFormType.person"}},
    {"id": 8, "accountNo": "000000008", "displayName": "Mill Ltd", "officeId": 5, "active": True}
    | {"legalForm": {"id": 2, "code": "legalFormType.entity"}},
]


def period(n: int, due: list[int], principal: float, interest: float = 0.0, **also: float) -> Json:
    """Return a period of a schedule."""
    return {"period": n, "dueDate": due, "principalDue": principal, "interestDue": interest} | also


def paid(number: int, kind: str, on: list[int], amount: float, **also: object) -> Json:
    """Return a transaction of a loan."""
    told = {"id": number, "code": f"loanTransactionType.{kind}", "value": kind}
    return {"id": number, "type": told, "date": on, "amount": amount, **also}


def loan(number: int, state: int, **also: Any) -> Json:
    """Return a loan of a client: 1,000.00 paid out on 5 January 2026."""
    return {
        "id": number,
        "accountNo": f"{number:09}",
        "status": {"id": state, "code": "loanStatusType.x"},
        "clientId": 7,
        "clientOfficeId": 2,
        "loanProductName": "Farm loan",
        "loanOfficerId": 3,
        "currency": {"code": "CNY", "decimalPlaces": 2},
        "principal": 1000.0,
        "annualInterestRate": 7.25,
        "timeline": {
            "actualDisbursementDate": [2026, 1, 5],
            "expectedMaturityDate": [2026, 7, 5],
        },
        "summary": {"principalDisbursed": 1000.0, "principalOutstanding": 608.14},
        "repaymentSchedule": {
            "periods": [
                {"dueDate": [2026, 1, 5], "principalDisbursed": 1000.0, "feeChargesDue": 10.0},
                period(1, [2026, 3, 5], 400.0, 6.04, feeChargesDue=1.5, penaltyChargesDue=0.5),
                period(2, [2026, 7, 5], 600.0),
            ]
        },
        "transactions": [
            paid(number * 10, "disbursement", [2026, 1, 5], 1000.0),
            paid(number * 10 + 1, "repayment", [2026, 3, 20], 399.9),
        ],
    } | also


LOANS = [
    loan(11, 300),
    loan(12, 100),
    loan(
        13,
        601,
        clientId=8,
        clientOfficeId=5,
        loanProductName="Home loan",
        timeline={
            "actualDisbursementDate": [2026, 1, 5],
            "expectedMaturityDate": [2026, 7, 5],
            "actualMaturityDate": [2026, 8, 5],
            "closedOnDate": [2026, 6, 1],
            "writeOffOnDate": [2026, 5, 31],
        },
        transactions=[
            paid(131, "recoveryRepayment", [2026, 6, 20], 5.05),
            paid(132, "repayment", [2026, 2, 1], 7.0, manuallyReversed=True),
            paid(133, "waiver", [2026, 2, 2], 1.0),
            paid(134, "chargeback", [2026, 2, 3], 2.0),
            paid(135, "chargeback", [2026, 2, 4], 2.0),
            paid(136, "writeOff", [2026, 5, 31], 900.0),
            paid(137, "repayment", [2026, 2, 5], 0.0),
        ],
    ),
    loan(
        14,
        600,
        clientId=None,
        clientOfficeId=None,
        group={"id": 9, "name": "Upper village", "officeId": 5},
        annualInterestRate=None,
        summary=None,
        loanOfficerId=None,
        timeline={
            "actualDisbursementDate": "2026-01-05",
            "expectedMaturityDate": [2026, 7, 5],
            "closedOnDate": [2026, 6, 30],
        },
    ),
]


@dataclass
class Fineract:
    """The server: where it is, what it was asked, and how it misbehaves."""

    address: str = ""
    loans: list[Json] = field(default_factory=lambda: [*LOANS])
    asked: list[str] = field(default_factory=list)
    busy: int = 0
    """So many requests are answered with 503 before the others."""
    status: int = 200
    says: bytes | None = None

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        """Return what it tells of a path."""
        lists = {"clients": CLIENTS, "loans": [_head(one) for one in self.loans]}
        if path == "offices":
            return OFFICES
        if path == "staff":
            return STAFF if query == {"status": ["all"]} else STAFF[:1]
        if path in lists:
            offset, limit = int(query["offset"][0]), min(int(query["limit"][0]), 2)
            rows = lists[path]
            return {"totalFilteredRecords": len(rows), "pageItems": rows[offset : offset + limit]}
        assert query == {"associations": ["repaymentSchedule,transactions"]}
        return next(one for one in self.loans if path == f"loans/{one['id']}")


def _head(told: Json) -> Json:
    return {name: told[name] for name in told if name not in {"repaymentSchedule", "transactions"}}


@contextmanager
def fineract() -> Iterator[Fineract]:
    """Give a server that answers who shows the password."""
    made = Fineract()
    proof = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/api/v1/")
            made.asked.append(path)
            known = self.headers["Authorization"] == f"Basic {proof}"
            here = self.headers["Fineract-Platform-TenantId"] == TENANT
            status = made.status if known and here else 401
            if made.busy:
                made.busy, status = made.busy - 1, 503
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            if status == 200:
                told = json.dumps(made.answer(path, parse_qs(parts.query))).encode()
                self.wfile.write(told if made.says is None else made.says)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}/api/v1"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
