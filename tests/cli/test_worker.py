import json
import signal
from datetime import UTC, datetime, timedelta
from os import utime
from pathlib import Path

import pytest
from pytest_django import Settings

from recobro.book.models import Standing
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.models import Hook
from recobro.office.webhooks.operations import announce, make_hook
from tests.cli.conftest import Recobro
from tests.office.receiver import HERE, receiver
from tests.oracle.written import written
from tests.runs.bank import AT
from tests.runs.delivered import rows_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(recobro: Recobro, tmp_path: Path) -> Recobro:
    """Return the program after a close that no page shows yet.

    2026-01-05 A owes 100.00
    """
    recobro("load", write(tmp_path / "delivery", rows_of(written(closed_text()))))
    recobro("close", "--as-of", "2026-03-31")
    return recobro


def closed_text() -> str:
    return "2026-01-05 A owes 100.00"


def test_a_look_shows_what_was_closed_since(closed: Recobro) -> None:
    told = closed("worker", "--once")
    assert (told.exit_code, told.stdout) == (0, "")
    assert told.stderr == "The pages show the close of 2026-03-31.\n"
    assert Standing.objects.count() == 1
    again = closed("worker", "--once")
    assert (again.exit_code, again.output) == (0, "")


def test_a_look_is_told_to_programs(closed: Recobro) -> None:
    told = [json.loads(closed("worker", "--once", "--json").stdout) for _ in range(2)]
    assert told == [{"shown": ["2026-03-31"], "seal": None}, {"shown": [], "seal": None}]


def test_a_look_puts_old_files_of_reports_away(closed: Recobro, home: Path) -> None:
    """One is eight days old, the other six."""
    folder = home / "printed"
    folder.mkdir()
    for name, days in (("1.pdf", 8), ("2.pdf", 6)):
        (folder / name).write_bytes(b"x")
        then = (datetime.now(tz=UTC) - timedelta(days=days)).timestamp()
        utime(folder / name, (then, then))
    closed("worker", "--once")
    assert [file.name for file in folder.iterdir()] == ["2.pdf"]


def test_a_look_that_cannot_be_is_refused(closed: Recobro, home: Path) -> None:
    for file in home.glob("closes/*/*/standings/*.parquet"):
        file.unlink()
    told = closed("worker", "--once", "--json")
    why = json.loads(told.stdout)["refused"]
    assert why.startswith("The standings of the close of 2026-03-31 are no longer in closes/2026-")
    assert (told.exit_code, told.stderr) == (2, f"Refused: {why}\n")


def test_what_cannot_be_shown_keeps_nothing_else(
    closed: Recobro, home: Path, settings: Settings
) -> None:
    """Programs are told all the same; what is due and what was asked for is not held up either."""
    for file in home.glob("closes/*/*/standings/*.parquet"):
        file.unlink()
    settings.WEBHOOK_NETWORKS = HERE
    now = datetime.now(tz=UTC)
    with receiver() as there:
        make_hook(name="ledger", url=there.url, events=["job.ended"], at=now, by="chief")
        announce(event=Event.JOB_ENDED, about={"job": 7}, at=now)
        told = closed("worker", "--once")
    assert (told.exit_code, "are no longer in" in told.output) == (2, True)
    assert [heard.headers["Recobro-Event"] for heard in there.heard] == ["job.ended"]


def test_a_look_tells_programs(closed: Recobro, settings: Settings) -> None:
    """It is sent once what happened counts; a hook that has failed for days is named."""
    closed("worker", "--once")
    settings.WEBHOOK_NETWORKS = HERE
    now = datetime.now(tz=UTC)
    with receiver() as there:
        make_hook(name="ledger", url=there.url, events=["job.ended"], at=now, by="chief")
        announce(event=Event.JOB_ENDED, about={"job": 7}, at=now)
        told = closed("worker", "--once")
    assert told.exit_code == 0
    assert told.output.startswith("The journal is sealed: seal 1 of ")
    assert [heard.headers["Recobro-Event"] for heard in there.heard] == ["job.ended"]
    Hook.objects.update(failures=9, failing_since=AT)
    announce(event=Event.JOB_ENDED, about={"job": 8}, at=now)
    told = closed("worker", "--once")
    assert told.stderr == "The webhook ledger is switched off: it has failed for days.\n"


def test_signals_are_as_before(closed: Recobro) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    closed("worker", "--once")
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before
