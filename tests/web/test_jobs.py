"""Loads and closes are started, watched and ended on the pages."""

import os
import shutil
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from recobro.book.models import Close
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, begin, end, refuse, tell
from recobro.office.jobs.tasks import do_next
from recobro.office.people.enums import Role
from recobro.runs.home import Home
from recobro.runs.inbox import inbox, waiting
from recobro.runs.models import Load
from recobro.runs.operations.asking import ask_for_load
from recobro.runs.queries import nightly
from tests.oracle.written import written
from tests.runs.bank import AT
from tests.runs.delivered import rows_of, write
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import Workplace, appoint

PAYMENT = "2026-06-01 N1 pays 100.00 as p9"
NIGHTLY = {"on": "on", "after": "03:30", "zone": "Asia/Shanghai", "loads": "on", "kind": "delta"}


@pytest.fixture
def home(workplace: Workplace, tmp_path: Path, settings: Settings) -> Home:
    """Return a home of the test's own."""
    home = Home(shutil.copytree(workplace.home, tmp_path / "home"))
    settings.HOME = home.path
    return home


@pytest.fixture
def head(home: Home, signed_in: SignedIn) -> Client:
    """Return the browser of the bank's risk department."""
    return signed_in("head")


def lay(home: Home, name: str = "2026-07-01 delta") -> Path:
    """Put a delivery into the inbox: a payment of N1, and one with a day that is none."""
    rows = rows_of(written(f"2026-01-01 N1 owes 100.00\n{PAYMENT}"))
    payment = rows["payments"][0]
    bad = payment | {"payment_id": "p10", "paid_on": "31/31/2026"}
    return write(inbox(home) / name, {"payments": [payment, bad]})


def do_all(home: Home) -> list[str]:
    states = []
    while job := do_next(home.path, lambda: datetime.now(tz=UTC)):
        states.append(job.state)
    return states


def sent(browser: Client, *names: str, **told: str) -> Any:
    files = [SimpleUploadedFile(name, b"loan_id\n1\n") for name in names]
    return browser.post("/jobs/upload/", told | {"files": files})


def test_a_day_from_the_delivery_to_the_close(head: Client, home: Home) -> None:
    lay(home)
    page = main(head.get("/jobs/"))
    assert "2026-07-01 delta" in page
    told = {"delivery": "2026-07-01 delta", "kind": "delta", "delivered_on": "2026-07-01"}
    answer = head.post("/jobs/load/", told)
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.pk}/")
    assert (job.asked_by, job.subject) == ("head", "2026-07-01 delta")
    assert (job.parameters["kind"], job.parameters["delivered_on"]) == ("delta", "2026-07-01")
    assert "waiting" in main(head.get(f"/jobs/{job.pk}/"))
    assert do_all(home) == ["done"]
    assert "Load 2, findings: 1" in main(head.get(f"/jobs/{job.pk}/"))
    assert Load.objects.get(number=2).delivered_on == date(2026, 7, 1)
    assert waiting(home) == []

    head.post("/jobs/close/", {"as_of": "2026-07-01"})
    assert do_all(home) == ["done"]
    assert "7 loans" in main(head.get("/jobs/"))
    close = Close.objects.get(as_of=date(2026, 7, 1))
    assert close.shown_at is not None
    assert head.get("/?as_of=2026-07-01").status_code == 200


def test_what_is_asked_for_twice_is_done_once(head: Client) -> None:
    answers = [head.post("/jobs/close/", {"as_of": "2026-07-01"}) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Job.objects.count() == 1


def test_a_refusal_is_told_and_can_be_tried_again(head: Client, home: Home) -> None:
    path = lay(home, "full")
    told = {"delivery": "full", "kind": "full"}
    assert "accept_drop" not in body(head.get("/jobs/"))
    head.post("/jobs/load/", told)
    file = path / "payments.csv"
    held = file.read_text(encoding="utf-8")
    file.unlink()
    assert do_all(home) == ["refused"]
    job = Job.objects.get()
    page = main(head.get(f"/jobs/{job.pk}/"))
    assert job.reason
    assert job.reason in page
    assert "accept_drop" in body(head.get("/jobs/"))
    file.write_text(held, encoding="utf-8")
    answer = head.post(f"/jobs/{job.pk}/again/")
    again = Job.objects.latest("pk")
    assert answer["Location"] == f"/jobs/{again.pk}/"
    assert (again.subject, again.state) == ("full", "waiting")
    end(job=again, at=AT, by="head")
    head.post("/jobs/load/", told | {"accept_drop": "3"})
    assert Job.objects.latest("pk").parameters["accept_drop"] == 3
    shutil.rmtree(path)
    gone = head.post(f"/jobs/{job.pk}/again/")
    assert gone.status_code == 422
    assert "The inbox has no delivery" in main(gone)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/jobs/close/", {"as_of": ""}),
        ("/jobs/close/", {"as_of": "junk"}),
        ("/jobs/close/", {"as_of": "1899-12-31"}),
        ("/jobs/close/", {"as_of": "9999-12-31"}),
        ("/jobs/load/", {"delivery": "nothing", "kind": "full"}),
        ("/jobs/load/", {"delivery": "../lake", "kind": "full"}),
        ("/jobs/load/", {"delivery": "2026-07-01 delta", "kind": "other"}),
        ("/jobs/load/", {"delivery": "2026-07-01 delta", "kind": "full", "delivered_on": "x"}),
        ("/jobs/nightly/", NIGHTLY | {"zone": "Nowhere"}),
        ("/jobs/nightly/", NIGHTLY | {"after": "25:00"}),
        ("/jobs/nightly/", NIGHTLY | {"kind": "other"}),
        ("/jobs/upload/", {}),
        ("/jobs/upload/", {"name": "x" * 101}),
        ("/jobs/nightly/", NIGHTLY | {"mapping": "none", "kind": ""}),
    ],
)
def test_bad_words_start_nothing(
    address: str, told: dict[str, str], head: Client, home: Home
) -> None:
    lay(home)
    answer = head.post(address, told)
    assert answer.status_code == 422
    assert 'class="bad"' in body(answer) or 'role="alert"' in body(answer)
    assert Job.objects.count() == 0
    assert not nightly().on
    assert [each.name for each in waiting(home)] == ["2026-07-01 delta"]


def test_files_that_are_sent_lie_in_the_inbox(head: Client, home: Home) -> None:
    answer = sent(head, "loans.csv", "payments.csv", name="delta July")
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    (found,) = waiting(home)
    assert (found.name, found.files) == ("delta July", 2)
    assert '<option value="delta July">' in body(head.get("/jobs/"))


@pytest.mark.parametrize("names", [["loans.exe"], ["a.xlsx", "loans.csv"], ["loans.csv"] * 2])
def test_files_that_are_no_delivery_are_refused(names: list[str], head: Client, home: Home) -> None:
    answer = sent(head, *names)
    assert answer.status_code == 422
    assert "Nothing was kept." in main(answer)
    assert waiting(home) == []


def test_it_runs_by_itself_once_somebody_says_so(head: Client, home: Home) -> None:
    assert "The nightly close is off" in main(head.get("/jobs/"))
    assert head.post("/jobs/nightly/", NIGHTLY).status_code == 302
    chosen = nightly()
    assert (chosen.on, chosen.after, chosen.zone) == (True, time(3, 30), "Asia/Shanghai")
    page = main(head.get("/jobs/"))
    assert "The next nightly close:" in page
    assert "03:30 Asia/Shanghai" in page
    head.post("/jobs/nightly/", {**NIGHTLY, "on": ""})
    assert not nightly().on


def running() -> Job:
    ask(kind="close", subject="2026-07-01", at=AT, by="head")
    job = begin(at=AT)
    assert job is not None
    tell(job=job, step="standings", done=3, of=10, at=AT)
    return job


def test_a_job_is_watched(head: Client) -> None:
    job = running()
    fragment = head.get(f"/jobs/{job.pk}/now/")
    assert "Grading every loan" in body(fragment)
    assert '<progress max="10" value="3"' in body(fragment)
    assert f'hx-get="/jobs/{job.pk}/now/"' in body(fragment)
    assert "HX-Refresh" not in fragment
    assert '<progress max="10" value="3"' in body(head.get("/jobs/now/"))
    Job.objects.update(state="done", outcome={"as_of": "2026-07-01", "loans": 7})
    over = head.get(f"/jobs/{job.pk}/now/")
    assert over["HX-Refresh"] == "true"
    assert "hx-get" not in body(over)
    over = head.get("/jobs/now/")
    assert "HX-Refresh" not in over  # somebody may be writing in a form beside it
    assert "Nothing runs any more." in body(over)
    assert "hx-get" not in body(over)


def test_a_job_is_ended(head: Client) -> None:
    job = running()
    assert head.post(f"/jobs/{job.pk}/end/")["Location"] == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.ending
    assert "ending …" in main(head.get(f"/jobs/{job.pk}/"))
    Job.objects.update(state="done", outcome={"as_of": "2026-07-01", "loans": 7})
    assert head.post(f"/jobs/{job.pk}/end/").status_code == 302


def test_why_is_told_to_those_who_see_debtors(
    head: Client, home: Home, signed_in: SignedIn
) -> None:
    appoint("root", Role.ADMINISTRATOR, "bank")
    refuse(job=running(), reason="Could not convert 44010119900101123X", at=AT)
    job = Job.objects.get()
    for address in ("/jobs/", f"/jobs/{job.pk}/"):
        assert "44010119900101123X" in body(head.get(address))
        hidden = body(signed_in("root").get(address))
        assert "44010119900101123X" not in hidden
        assert "Why is not shown" in hidden


def test_what_is_too_large_is_refused_unread(head: Client, signed_in: SignedIn) -> None:
    def posted(browser: Client, address: str) -> int:
        large = SimpleUploadedFile("loans.csv", b"x" * 3_000_000)
        return int(browser.post(address, {"files": large}).status_code)

    assert posted(Client(), "/preferences/theme/") == 413
    assert posted(signed_in("auditor"), "/jobs/upload/") == 413
    assert posted(head, "/jobs/load/") == 413
    assert posted(head, "/jobs/upload/") == 302


def test_what_holds_up_others_is_told(head: Client, home: Home) -> None:
    path = lay(home)
    head.post("/jobs/nightly/", NIGHTLY)
    job = ask_for_load(home=home, delivery=path.name, at=AT, by="head")
    for each in (path, *path.iterdir()):
        os.utime(each, (1, 1))
    ask_for_load(home=home, delivery=path.name, at=AT, by="head")
    Job.objects.update(state="refused", parameters={"mark": waiting(home)[0].mark})
    assert "2026-07-01 delta holds up what lies behind it" in main(head.get("/jobs/"))
    assert job.subject == path.name


def test_whoever_may_not_start_sees_no_form(home: Home, signed_in: SignedIn) -> None:
    appoint("chief", Role.MANAGEMENT, "bank")
    job = running()
    browser = signed_in("chief")
    assert '<form method="post" action="/jobs/' not in body(browser.get("/jobs/"))
    assert "/end/" not in body(browser.get(f"/jobs/{job.pk}/"))


def test_a_place_in_the_rail_for_those_whom_it_opens_to(home: Home, signed_in: SignedIn) -> None:
    """
    risk is of the risk department of one branch
    """
    rail = {who: 'href="/jobs/"' in body(signed_in(who).get("/")) for who in ("head", "risk")}
    assert rail == {"head": True, "risk": False}


@pytest.mark.parametrize("number", [99, 10**18, 10**30])
def test_a_job_that_there_is_not(number: int, head: Client) -> None:
    for method, part in (("get", ""), ("get", "now/"), ("post", "end/"), ("post", "again/")):
        assert getattr(head, method)(f"/jobs/{number}/{part}").status_code == 404


def test_jobs_are_asked_for_at_once(
    head: Client, home: Home, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 26):
        ask(kind="close", subject=f"2026-07-{number:02}", at=AT)
    with django_assert_num_queries(11):
        answer = head.get("/jobs/")
    assert len(answer.context["page"]) == 20
    assert "page 1 of 2" in main(answer)
