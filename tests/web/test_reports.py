"""Reports are asked for on a page, made beside it, and handed to whoever asked."""

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from os import utime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from recobro.book.models import Close
from recobro.journal.models import Entry
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import begin, refuse
from recobro.office.jobs.tasks import do_next
from recobro.office.people.enums import Role
from recobro.office.people.models import Post
from recobro.reports.catalogue import REPORTS, ReportUnknown
from recobro.reports.jobs import Wish, ask_for_report
from tests.runs.bank import AT
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.test_exports import content
from tests.web.workplace import Workplace, appoint

ALL = [*REPORTS]
FIGURES = ["monthly-asset-quality", "bridge", "migration", "vintage"]


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn, tmp_path: Path, settings: Settings) -> Client:
    """Return the browser of somebody who sees the whole bank, in a home of its own."""
    settings.HOME = Path(shutil.copytree(workplace.home, tmp_path / "home"))
    return signed_in("head")


def offered(response: Any) -> list[str]:
    return [name for name, _ in response.context["offered"]]


def order(browser: Client, what: str, query: str = "", **told: str) -> Any:
    return browser.post(f"/reports/order/{query}", {"order": what, **told})


def made(settings: Settings) -> Job:
    job = do_next(settings.HOME, lambda: datetime.now(tz=UTC))
    assert job is not None
    return job


def test_each_report_is_offered(head: Client, signed_in: SignedIn) -> None:
    assert offered(head.get("/reports/")) == ALL
    text = main(head.get("/reports/"))
    assert "Which loans have become non-performing? Compares with an earlier day." in text
    assert "Which loans show signs of evergreening? Page PDF Workbook" in text


def test_who_sees_no_debtors_is_offered_figures_alone(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    browser = signed_in("planning")
    assert offered(browser.get("/reports/")) == FIGURES
    assert order(browser, "new-npl:html").status_code == 404
    assert order(browser, "migration:html").status_code == 302


def test_a_report_as_a_page(head: Client, settings: Settings) -> None:
    answer = order(head, "three-six:html", "?at=below&as_of=2026-06-30", language="es")
    assert (answer.status_code, answer["Location"]) == (302, "/reports/?at=below&as_of=2026-06-30")
    job = Job.objects.get()
    assert job.parameters == {
        "name": "three-six",
        "as_of": "2026-06-30",
        "since": "",
        "institution": "below",
        "language": "es",
        "form": "html",
        "by": "head",
        "printed_by": "Name of head",
    }
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.by) == ("jobs.asked", "head")
    assert (entry.after or {})["institution"] == "below"
    waiting = head.get("/reports/")
    assert "being made" in main(waiting)
    assert 'hx-trigger="every 2s"' in body(waiting)
    assert head.get(f"/reports/{job.pk}/").status_code == 404
    assert made(settings).state == "done"
    there = head.get("/reports/now/")
    assert f'href="/reports/{job.pk}/"' in body(there)
    assert "hx-trigger" not in body(there)
    page = head.get(f"/reports/{job.pk}/")
    assert page["Content-Type"] == "text/html; charset=utf-8"
    text = content(page).decode()
    assert "白云支行" in text
    assert "明" in text
    assert re.search(r'<html lang="es">', text)
    (style,) = re.findall(r"style-src ([^;]*)", page["Content-Security-Policy"])
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", style)
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_a_report_as_pdf_and_as_a_workbook(head: Client, settings: Settings) -> None:
    """The same is asked for twice: it is made once."""
    for form in ("pdf", "xlsx", "xlsx"):
        order(head, f"bridge:{form}", "?at=south", since="2026-03-31")
    assert [made(settings).state for _ in range(2)] == ["done", "done"]
    pdf, xlsx = Job.objects.order_by("id")
    answer = head.get(f"/reports/{pdf.pk}/")
    assert b"".join(answer).startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'attachment; filename="bridge-2026-06-30.pdf"'
    assert b"".join(head.get(f"/reports/{xlsx.pk}/")).startswith(b"PK")
    assert (settings.HOME / "printed").stat().st_mode & 0o777 == 0o700
    assert "2026-03-31" in main(head.get("/reports/"))
    assert "Bridge of the non-performing balance 2026-06-30, south" in main(head.get("/jobs/"))


@pytest.mark.parametrize(
    ("what", "query", "told"),
    [
        ("nonsense:html", "", {}),
        ("bridge", "", {}),
        ("bridge:exe", "", {}),
        ("", "", {}),
        ("bridge:html", "?at=nowhere", {}),
        ("bridge:html", "?as_of=2026-01-01", {}),
        ("bridge:html", "", {"since": "2026-06-30"}),
        ("bridge:html", "", {"since": "junk"}),
        ("bridge:html", "?as_of=2026-03-31", {"since": "2026-03-31"}),
    ],
)
def test_what_cannot_be_asked_for(
    what: str, query: str, told: dict[str, str], head: Client
) -> None:
    assert order(head, what, query, **told).status_code == 404
    assert not Job.objects.exists()


def test_a_branch_asks_for_its_own(workplace: Workplace, signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    for place in ("south", "bank"):
        assert order(browser, "bridge:html", f"?at={place}").status_code == 404
    order(browser, "bridge:html", language="nonsense")
    told = Job.objects.get().parameters
    assert (told["institution"], told["language"]) == ("north", "en")


def test_a_report_is_of_who_asked_for_it_while_they_may_see_it(
    head: Client, settings: Settings, signed_in: SignedIn
) -> None:
    appoint("another", Role.RISK, "bank")
    order(head, "new-npl:html", "?at=south")
    address = f"/reports/{made(settings).pk}/"
    assert head.get(address).status_code == 200
    assert signed_in("another").get(address).status_code == 404
    assert "New non-performing loans" not in main(signed_in("another").get("/reports/now/"))
    post = Post.objects.get(user__username="head")
    Post.objects.filter(pk=post.pk).update(institution="north")
    assert head.get(address).status_code == 404
    Post.objects.filter(pk=post.pk).update(institution="bank", role=Role.PLANNING)
    assert head.get(address).status_code == 404
    Job.objects.update(parameters={**Job.objects.get().parameters, "name": "gone"})
    assert head.get(address).status_code == 404


def test_files_go_after_a_week(head: Client, settings: Settings) -> None:
    order(head, "migration:html", "?at=south")
    first = made(settings)
    file = settings.HOME / "printed" / f"{first.pk}.html"
    long_ago = (datetime.now(tz=UTC) - timedelta(days=8)).timestamp()
    utime(file, (long_ago, long_ago))
    order(head, "migration:html", "?at=below")
    second = made(settings)
    assert [path.name for path in file.parent.iterdir()] == [f"{second.pk}.html"]
    assert head.get(f"/reports/{first.pk}/").status_code == 404
    assert "taken away after a week" in main(head.get("/reports/"))


def test_one_that_was_refused_says_why(head: Client) -> None:
    order(head, "bridge:html", "?at=south")
    job = begin(at=AT)
    assert job is not None
    refuse(job=job, reason="No font was found.", at=AT)
    assert "refused No font was found." in main(head.get("/reports/"))
    assert head.post(f"/jobs/{job.pk}/again/").status_code == 302
    assert Job.objects.latest("id").parameters == job.parameters


def test_many_reports_are_read_at_once(
    workplace: Workplace, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in("risk")
    for name in ("bridge", "migration", "vintage"):
        order(browser, f"{name}:html")
        with django_assert_num_queries(6):
            browser.get("/reports/now/")


def test_before_the_first_close(workplace: Workplace, signed_in: SignedIn) -> None:
    Close.objects.update(shown_at=None)
    browser = signed_in("risk")
    assert "No day has been closed yet" in main(browser.get("/reports/"))
    assert order(browser, "bridge:html").status_code == 404


@pytest.mark.django_db
def test_a_report_that_there_is_not() -> None:
    wish = Wish(
        name="nonsense",
        as_of=date(2026, 6, 30),
        since=None,
        institution_id="bank",
        language="en",
        form="pdf",
    )
    with pytest.raises(ReportUnknown):
        ask_for_report(wish=wish, by="head", in_name="head", printed_by="Head", at=AT)
