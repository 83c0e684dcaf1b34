"""The pages as people open them: processes of their own, on a free port of this machine."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of, write
from tests.runs.program import PATIENCE, PROGRAM, environment, run

POLICY = {
    "default-src": "'none'",
    **dict.fromkeys(("script-src", "style-src", "img-src", "font-src"), "'self'"),
    **dict.fromkeys(("connect-src", "form-action", "manifest-src"), "'self'"),
    **dict.fromkeys(("base-uri", "frame-ancestors"), "'none'"),
}


@dataclass(frozen=True)
class Pages:
    """A bank whose pages are open."""

    bank: Bank
    port: int
    process: "subprocess.Popen[str]"
    said: Path

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, str]:
        """Ask for a page; return the answer and its text."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as there:
            there.request("GET", path, headers=headers)
            answer = there.getresponse()
            return answer, answer.read().decode("utf-8", "replace")

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> int:
        """Send a form; return the status of the answer."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as there:
            there.request("POST", path, urlencode(form), {**kind, **headers})
            return there.getresponse().status

    def family(self) -> set[int]:
        """Return the processes that serve this bank."""
        return {
            int(folder.name)
            for folder in Path("/proc").glob("[0-9]*")
            if str(self.bank.home.path) in _of(folder, "environ") and self._serves(folder)
        }

    def _serves(self, folder: Path) -> bool:
        words = _of(folder, "cmdline")
        return "gunicorn" in words or "worker" in words

    def end(self, number: int) -> int:
        """Ask it to end; return its exit code once it has."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def _of(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended
        return ""


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def serving(bank: Bank, *words: str) -> Iterator[Pages]:
    """Open the pages of a bank, as a terminal would: in a session of their own."""
    port, said = free_port(), bank.folder / "said"
    with said.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*PROGRAM, "serve", "--port", str(port), *words],
            env=environment(bank),
            stdout=out,
            stderr=out,
            text=True,
            start_new_session=True,
        )
    pages = Pages(bank, port, process, said)
    try:
        until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, said.read_text("utf-8")
        yield pages
    finally:
        for each in {process.pid} & pages.family():
            os.kill(each, signal.SIGTERM)
        process.wait(PATIENCE)


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Return a bank with a close.

    2026-01-05 A owes 100.00
    """
    bank = Bank(tmp_path_factory.mktemp("served"))
    rows = rows_of(written("2026-01-05 A owes 100.00"))
    assert run(bank, "load", write(bank.folder / "delivery", rows)).returncode == 0
    assert run(bank, "close", "--as-of", "2026-02-28").returncode == 0
    return bank


@pytest.fixture(scope="module")
def pages(bank: Bank) -> Iterator[Pages]:
    with serving(bank) as pages:
        yield pages


def days(bank: Bank) -> list[str]:
    """Return the days that the pages show."""
    with closing(sqlite3.connect(bank.home.path / "recobro.sqlite3")) as database:
        shown = database.execute(
            "select as_of from book_close where shown_at is not null order by as_of"
        )
        return [day for (day,) in shown]


def test_it_says_what_it_does(pages: Pages) -> None:
    brings, nobody, opened, *_ = pages.said.read_text("utf-8").splitlines()
    assert brings == "Bringing the pages to the newest close"
    assert nobody == (
        "Nobody can sign in yet. Give somebody an account: recobro user add NAME --role "
        f"administrator --institution ID --home {pages.bank.home.path}"
    )
    assert opened == f"The pages are open at http://localhost:{pages.port}. Ctrl C ends them."


def test_the_first_page_asks_who_it_is(pages: Pages) -> None:
    answer, text = pages.get("/sign-in/")
    assert (answer.status, 'name="username"' in text) == (200, True)
    told = {name.lower(): value for name, value in answer.getheaders()}
    parts = told["content-security-policy"].split("; ")
    assert dict(part.split(" ", 1) for part in parts) == POLICY
    assert told["x-frame-options"] == "DENY"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    answer, _ = pages.get("/")
    assert (answer.status, answer.getheader("Location")) == (302, "/sign-in/?next=/")


def test_every_file_that_the_first_page_names_is_there(pages: Pages) -> None:
    _, text = pages.get("/sign-in/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert files
    found = {file: pages.get(file)[0] for file in files}
    assert {file: answer.status for file, answer in found.items()} == dict.fromkeys(files, 200)
    assert all(re.search(r"\.[0-9a-f]{12}\.", file) for file in files)
    kept = {answer.getheader("Cache-Control") for answer in found.values()}
    assert kept == {"max-age=315360000, public, immutable"}


def test_another_host_is_turned_away(pages: Pages) -> None:
    answer, _ = pages.get("/sign-in/", Host="bank.example")
    assert answer.status == 400


def test_a_port_that_is_taken(pages: Pages) -> None:
    other = Bank(pages.bank.folder / "other")
    told = run(other, "serve", "--port", pages.port, "--home", other.folder / "none")
    why = (
        f"Refused: Port {pages.port} of this machine cannot be used: Address already in use. "
        "Nothing was started. Name another one with --port, or end what listens there.\n"
    )
    assert (told.returncode, told.stdout, told.stderr) == (2, "", why)
    assert not (other.folder / "none").exists()
    demo = run(other, "demo", "--port", pages.port, "--home", other.folder / "none")
    assert (demo.returncode, demo.stderr) == (2, why)
    assert pages.get("/sign-in/")[0].status == 200


def test_the_worker_shows_what_another_process_closes(pages: Pages) -> None:
    assert run(pages.bank, "close", "--as-of", "2026-03-31").returncode == 0
    until(lambda: "2026-03-31" in days(pages.bank))
    until(lambda: "The pages show the close of 2026-03-31." in pages.said.read_text("utf-8"))


def test_the_key_is_for_its_owner_alone_and_stays(pages: Pages) -> None:
    file = pages.bank.home.path / "secret-key"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    before = file.read_text("ascii")
    assert len(before) >= 50
    with serving(pages.bank, "--no-worker") as other:
        assert other.get("/sign-in/")[0].status == 200
        assert "Nobody can sign in yet." in other.said.read_text("utf-8")
    assert file.read_text("ascii") == before
    assert list(pages.bank.home.path.glob(".secret-key*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_its_worker(number: signal.Signals, tmp_path: Path) -> None:
    """Two processes that answer, one that leads them and the worker: none is left."""
    bank = Bank(tmp_path)
    with serving(bank) as pages:
        until(lambda: len(pages.family()) == 4)
        assert pages.end(number) == 0
        assert pages.family() == set()


def test_ctrl_c_reaches_every_process(tmp_path: Path) -> None:
    """A terminal tells all of them at once."""
    with serving(Bank(tmp_path)) as pages:
        until(lambda: len(pages.family()) == 4)
        os.killpg(pages.process.pid, signal.SIGINT)
        assert pages.process.wait(PATIENCE) == 0
        assert pages.family() == set()
    assert pages.said.read_text("utf-8").splitlines()[-1].endswith("Ctrl C ends them.")


def test_what_is_asked_as_ctrl_c_comes_is_answered(tmp_path: Path) -> None:
    """Somebody else writes, so whoever signs in waits; meanwhile the pages are ended."""
    bank = Bank(tmp_path)
    with serving(bank, "--no-worker") as pages, ThreadPoolExecutor(1) as somebody:
        answer, text = pages.get("/sign-in/")
        token, *_ = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        form = {"username": "nobody", "password": "wrong", "csrfmiddlewaretoken": token}
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        with closing(sqlite3.connect(bank.home.path / "recobro.sqlite3")) as other:
            other.execute("begin immediate")
            asked = somebody.submit(pages.post, "/sign-in/", form, Cookie=cookie)
            time.sleep(1)
            os.killpg(pages.process.pid, signal.SIGINT)
            time.sleep(1)
            assert (asked.done(), pages.process.poll()) == (False, None)
            other.rollback()
        assert asked.result(PATIENCE) == 200
        assert pages.process.wait(PATIENCE) == 0


def test_a_folder_that_was_served_first_is_a_bank(tmp_path: Path) -> None:
    """Where its database is elsewhere nothing but the key is in it."""
    bank = Bank(tmp_path)
    with serving(bank, "--no-worker"):
        pass
    for file in bank.home.path.glob("recobro.sqlite3*"):
        file.unlink()
    assert run(bank, "loads").returncode == 0
