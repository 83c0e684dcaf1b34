"""Loads and closes are asked for by programs, and watched."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from recobro.office.jobs.models import Job
from recobro.office.jobs.tasks import do_next
from recobro.runs.home import Home
from recobro.runs.inbox import inbox
from tests.api.conftest import Program
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write
from tests.web.workplace import Workplace


@pytest.fixture
def home(workplace: Workplace, tmp_path: Path, settings: Settings) -> Home:
    """Return a home of the test's own, with a delivery in its inbox."""
    home = Home(shutil.copytree(workplace.home, tmp_path / "home"))
    settings.HOME = home.path
    rows = rows_of(written("2026-01-01 N1 owes 100.00\n2026-06-01 N1 pays 100.00 as p9"))
    write(inbox(home) / "2026-07-01 delta", {"payments": rows["payments"]})
    return home


@pytest.fixture
def head(home: Home, program: Program) -> Client:
    """Return a program of the bank's risk department."""
    return program("head")


def post(program: Client, path: str, wish: Any, **headers: str) -> Any:
    body = json.dumps(wish)
    return program.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def test_a_day_from_the_delivery_to_the_close(head: Client, home: Home) -> None:
    (lying,) = head.get("/api/v1/inbox").json()
    told = {name: lying[name] for name in ("delivery", "files", "kind", "delivered_on")}
    assert told == {
        "delivery": "2026-07-01 delta",
        "files": 1,
        "kind": "delta",
        "delivered_on": "2026-07-01",
    }
    wish = {"delivery": lying["delivery"], "kind": "delta", "delivered_on": "2026-07-01"}
    asked = post(head, "loads", wish)
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    assert post(head, "closes", {"as_of": "2026-07-01"}).status_code == 201
    while do_next(home.path, lambda: datetime.now(tz=UTC)):
        pass
    close, load = head.get("/api/v1/jobs").json()["items"]
    assert (load["subject"], load["state"], load["load"]) == ("2026-07-01 delta", "done", 2)
    assert (close["subject"], close["state"], close["asked_by"]) == ("2026-07-01", "done", "head")
    assert head.get(f"/api/v1/jobs/{close['job']}").json() == close
    assert head.get("/api/v1/loans?as_of=2026-07-01").status_code == 200


def test_a_key_asks_once(head: Client) -> None:
    answers = [
        post(head, "closes", {"as_of": "2026-07-01"}, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("loads", {"delivery": "none", "kind": "full"}),
        ("loads", {"delivery": "../lake", "kind": "full"}),
        ("loads", {"delivery": "2026-07-01 delta", "kind": "other"}),
        ("loads", {"delivery": "2026-07-01 delta", "kind": "delta", "mapping": "none"}),
        ("loads", {"delivery": "2026-07-01 delta", "kind": "delta", "accept_drop": -1}),
        ("loads", {"delivery": "2026-07-01 delta", "kind": "delta", "more": 1}),
        ("closes", {"as_of": "2026-02-30"}),
        ("closes", {"as_of": "9999-12-31"}),
        ("closes", {}),
    ],
)
def test_bad_words_start_nothing(path: str, wish: Any, head: Client) -> None:
    assert post(head, path, wish).status_code == 422
    assert Job.objects.count() == 0


def test_a_job_that_there_is_not(head: Client) -> None:
    assert head.get("/api/v1/jobs/99").status_code == 404
