"""Reports for programs: asked for, made by a worker, and fetched by whoever asked."""

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
from recobro.office.people.models import Post
from tests.api.conftest import Program
from tests.web.workplace import Workplace

V1 = "/api/v1/reports"


@pytest.fixture
def head(workplace: Workplace, program: Program, tmp_path: Path, settings: Settings) -> Client:
    """Return a program of somebody who sees the whole bank, in a home of its own."""
    settings.HOME = Path(shutil.copytree(workplace.home, tmp_path / "home"))
    return program("head")


def order(by: Client, report: str, form: str = "xlsx", **told: str) -> Any:
    body = json.dumps({"report": report, "form": form, **told})
    return by.post(V1, body, content_type="application/json")


def test_a_report_is_asked_for_made_and_fetched(
    head: Client, program: Program, settings: Settings
) -> None:
    asked = order(head, "migration", at="south", language="zh")
    told = asked.json()
    assert (asked.status_code, told["state"], told["there"]) == (201, "waiting", False)
    parts = ("name", "institution", "as_of", "since", "language", "form")
    assert [told[part] for part in parts] == [
        *("migration", "south", "2026-06-30", None, "zh", "xlsx")
    ]
    address = f"{V1}/{told['report']}"
    early = head.get(f"{address}/file")
    assert (early.status_code, early.json()["type"]) == (409, "urn:recobro:report-not-there")
    do_next(settings.HOME, lambda: datetime.now(tz=UTC))
    assert [(one["state"], one["there"]) for one in head.get(V1).json()["items"]] == [
        ("done", True)
    ]
    assert head.get(address).json()["state"] == "done"
    file = head.get(f"{address}/file")
    assert (file.status_code, b"".join(file)[:2]) == (200, b"PK")
    assert file["Content-Disposition"] == 'attachment; filename="migration-2026-06-30.xlsx"'
    assert file["Content-Type"].endswith("spreadsheetml.sheet")
    other = program("risk")
    assert other.get(V1).json()["items"] == []
    assert {other.get(f"{address}{part}").status_code for part in ("", "/file")} == {404}
    Post.objects.filter(user__username="head").update(institution="north")
    assert {head.get(f"{address}{part}").status_code for part in ("", "/file")} == {404}


def test_the_same_asked_for_again_is_one(head: Client) -> None:
    for _ in range(2):
        assert order(head, "bridge", "pdf", since="2026-03-31").status_code == 201
    job = Job.objects.get()
    assert (job.asked_by, job.parameters["institution"]) == ("head", "bank")
    assert (job.parameters["since"], job.parameters["language"]) == ("2026-03-31", "en")


@pytest.mark.parametrize(
    ("who", "told", "status"),
    [
        ("planning", {"report": "new-npl"}, 404),
        ("planning", {"report": "migration", "at": "south"}, 404),
        ("planning", {"report": "migration"}, 201),
        ("risk", {"report": "new-npl"}, 201),
        ("risk", {"report": "migration", "since": "2026-06-30"}, 404),
        ("risk", {"report": "migration", "as_of": "2026-04-30"}, 404),
        ("risk", {"report": "gone"}, 422),
        ("risk", {"report": "migration", "form": "doc"}, 422),
        ("risk", {"report": "migration", "language": "de"}, 422),
        ("twice", {"report": "migration"}, 422),
    ],
)
def test_what_can_be_asked_for(
    who: str, told: dict[str, str], status: int, workplace: Workplace, program: Program
) -> None:
    assert order(program(who), **told).status_code == status
    assert Job.objects.count() == (status == 201)
