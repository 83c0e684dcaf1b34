import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from recobro.cli.console import JsonOption, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.terms.refusal import Refusal

if TYPE_CHECKING:
    from recobro.journal.models import Seal
    from recobro.runs.home import Home


_SEALS_EVERY = timedelta(minutes=5)
_PATIENCE = 30
"""Seconds before it is tried again to do what could not be done."""


def worker(
    home: HomeOption = DEFAULT_HOME,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 5,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Do what the pages need done beside them: loads, closes, and what is shown of them."""
    bank = open_home(home)
    from django.db import connection  # noqa: PLC0415 - needs Django's settings

    jobs, courier = Jobs(bank.path), Courier()
    if once:
        with refusals(), jobs:
            try:
                _look(bank, jobs, as_json=as_json)
            finally:
                courier.work()
                while jobs.begin() and jobs.moved():
                    pass
        return
    refused = ""
    with _until_ended() as ended, jobs:
        while not ended.is_set():
            try:
                try:
                    _look(bank, jobs, as_json=as_json)
                finally:
                    courier.begin()
                refused = ""
            except Refusal as reason:  # it may be mended while this goes on
                if str(reason) != refused:
                    refused = str(reason)
                    say(refused, style="red")
            except Exception:  # noqa: BLE001 - whatever nobody foresaw must not end what others rest on
                traceback.print_exc()
            connection.close()  # a server that was started anew knows nothing of it
            ended.wait(every)


class Jobs:
    """The process that does one job after the other, while the worker goes on with the rest.

    What a load takes of memory is free again after it, and one that is killed takes nobody along.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._standing: list[tuple[int, str]] = []
        self._not_before = 0.0

    def begin(self) -> bool:
        """See that the next job is done; return whether there is one to do."""
        from recobro.office.jobs.queries import is_waited_for  # noqa: PLC0415 - Django's settings

        if self._process is not None and self._process.poll() is None:
            return True
        if not is_waited_for():
            return False
        standing = _standing()
        if standing == self._standing and time.monotonic() < self._not_before:
            return True  # it could do nothing a moment ago: somebody else is at work
        self._standing, self._not_before = standing, time.monotonic() + _PATIENCE
        command = "from recobro.cli.main import app; app()"
        words = [sys.executable, "-c", command, "jobs", "next", "--home", str(self._home)]
        # Ctrl C reaches all of a terminal at once; this one is ended with the worker.
        self._process = subprocess.Popen(words, process_group=0)  # noqa: S603 - our own command
        return True

    def moved(self) -> bool:
        """Wait for the process; return whether a job is further than before it."""
        before = self._standing
        if self._process is not None:
            self._process.wait()
        return _standing() != before

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """End what runs: it begins anew with the next worker."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


class Courier:
    """The thread that tells programs of what happened: a slow one holds nothing else up."""

    def __init__(self) -> None:
        self._thread: Thread | None = None

    def begin(self) -> None:
        """See that what is due is sent; a thread that is ended with the process leaves it due."""
        from recobro.office.webhooks.queries import due  # noqa: PLC0415 - needs Django's settings

        busy = self._thread is not None and self._thread.is_alive()
        if not busy and due(datetime.now(tz=UTC)).exists():
            self._thread = Thread(target=self._apart, daemon=True)
            self._thread.start()

    def work(self) -> None:
        """Send what is due."""
        from django.conf import settings  # noqa: PLC0415 - needs Django's settings

        from recobro.office.webhooks.tasks import send_due  # noqa: PLC0415 - the same

        for off in send_due(lambda: datetime.now(tz=UTC), allowed=settings.WEBHOOK_NETWORKS):
            say(f"The webhook {off} is switched off: it has failed for days.", style="yellow")

    def _apart(self) -> None:
        from django.db import connection  # noqa: PLC0415 - needs Django's settings

        try:
            self.work()
        except Exception:  # noqa: BLE001 - the same as of the worker
            traceback.print_exc()
        finally:
            connection.close()


def _standing() -> list[tuple[int, str]]:
    """Return the open jobs and how far each is."""
    from recobro.office.jobs.queries import open_jobs  # noqa: PLC0415 - Django's settings

    return [(job.pk, job.state) for job in open_jobs()]


def _look(bank: "Home", jobs: Jobs, *, as_json: bool) -> None:
    """Do what there is to do, and say so."""
    from recobro.casework.case.operations import escalate, escalate_unsigned  # noqa: PLC0415 - Django's settings
    from recobro.office.appointments.operations import lapse_old  # noqa: PLC0415 - the same
    from recobro.oversight.notices.operations import pass_on  # noqa: PLC0415 - the same
    from recobro.oversight.teams.operations import end_over  # noqa: PLC0415 - the same
    from recobro.reports.jobs import sweep_files  # noqa: PLC0415 - the same
    from recobro.runs import operations  # noqa: PLC0415 - the same
    from recobro.runs.operations.bridge import ask_for_usual  # noqa: PLC0415 - the same
    from recobro.runs.operations.nightly import ask_for_due  # noqa: PLC0415 - the same

    told: dict[str, Any] = {"shown": [], "seal": None}

    def sealed() -> None:
        made = _seal(bank)
        told["seal"] = made and made.number

    def shown() -> None:
        for close in operations.show(home=bank, at=datetime.now(tz=UTC)):
            say(f"The pages show the close of {close.as_of}.")
            told["shown"].append(close.as_of)

    _each(
        sealed,
        shown,
        lambda: pass_on(at=datetime.now(tz=UTC)),
        lambda: escalate(at=datetime.now(tz=UTC)),
        lambda: escalate_unsigned(at=datetime.now(tz=UTC)),
        lambda: lapse_old(at=datetime.now(tz=UTC)),
        lambda: end_over(at=datetime.now(tz=UTC)),
        lambda: sweep_files(home=bank, at=datetime.now(tz=UTC)),
        lambda: ask_for_due(home=bank, at=datetime.now(tz=UTC)),
        lambda: ask_for_usual(at=datetime.now(tz=UTC)),
        jobs.begin,
    )
    if as_json:
        print_json(told)


def _each(*acts: Callable[[], object]) -> None:
    """Do all of several things, also where one of them cannot be done; then raise what it raised.

    What cannot be shown must keep neither loads nor closes, nor what is due.
    """
    raised: list[Exception] = []
    for act in acts:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - it is raised once all the others are done
            raised.append(error)
    for also in raised[1:]:
        if not isinstance(also, Refusal):
            traceback.print_exception(also)
    if raised:
        raise raised[0]


def _seal(bank: "Home") -> "Seal | None":
    """Seal the journal some minutes after it has grown: until then it could be written anew."""
    from recobro.journal import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.models import Seal  # noqa: PLC0415 - the same
    from recobro.journal.seals import key_of, seal_folder  # noqa: PLC0415 - the same

    now, last = datetime.now(tz=UTC), Seal.objects.last()
    if last is not None and now - last.sealed_at < _SEALS_EVERY:
        return None
    with bank.told():
        key = key_of(bank.path, made=last is not None)
        made = operations.seal(folder=seal_folder(bank.path), key=key, at=now)
    if made is not None:
        say(f"The journal is sealed: {made}.")
    return made


@contextmanager
def _until_ended() -> Iterator[Event]:
    """Give an event that is set once somebody asks this process to end."""
    ended = Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signals call it
        ended.set()

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for each, then in before.items():
            signal.signal(each, then)
