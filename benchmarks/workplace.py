"""A generated bank with its pages open, and somebody who asks for them as a browser does."""

import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from benchmarks.bench import Bench, Book, copied
from benchmarks.process import RECOBRO, ROOT, run

_OPENS_WITHIN: Final = 120
"""Seconds."""
_FOUND: Final = 200
_REDIRECTS: Final = {302, 303}
_IDLE: Final = 1.0
"""Seconds after which a connection is opened anew: servers close those that nobody uses."""


class NotOpen(RuntimeError):
    """The pages did not open."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Nothing answers at port {port}; nothing was measured.")


class NotAnswered(RuntimeError):
    """A page did not answer as it should."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(f"{address} answered {status}.")


@dataclass
class Visitor:
    """A browser of one person: it keeps cookies, and a connection open."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _open: HTTPConnection | None = None
    _used: float = 0.0

    def get(self, address: str) -> str:
        """Return a page; raise NotAnswered for any other answer than 200."""
        status, _, text = self._ask("GET", address)
        if status != _FOUND:
            raise NotAnswered(address, status)
        return text

    def post(self, address: str, told: Mapping[str, str]) -> str:
        """Send a form, and return where it leads; raise NotAnswered where it is refused."""
        body = urlencode({**told, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        status, to, _ = self._ask("POST", address, body)
        if status not in _REDIRECTS:
            raise NotAnswered(address, status)
        return to

    def sign_in(self, username: str, password: str) -> None:
        """Sign in, as the page asks for it."""
        self.get("/sign-in/")
        self.post("/sign-in/", {"username": username, "password": password})

    def _ask(self, method: str, address: str, body: str | None = None) -> tuple[int, str, str]:
        if self._open is None or time.monotonic() - self._used > _IDLE:
            self._open = HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._open.request(method, address, body, head)
            answer = self._open.getresponse()
            text = answer.read().decode()
        except OSError:
            self._open.close()
            self._open = None
            raise
        self._used = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), text


@dataclass(frozen=True)
class Workplace:
    """Pages that are open: their port, who can sign in, and with which password."""

    port: int
    people: tuple[str, ...]
    password: str

    def visitor(self, username: str) -> Visitor:
        """Return the browser of somebody who has signed in."""
        made = Visitor(self.port)
        made.sign_in(username, self.password)
        return made


@contextmanager
def opened(bench: Bench, book: Book) -> Iterator[Workplace]:
    """Open the pages of a copy of a bank, with people and cases; shut them at the end."""
    home = copied(book.home, book.path / "home-of-people")
    password = secrets.token_urlsafe(12)
    bench.close(book, home, day=-1)
    run([*RECOBRO, "worker", "--once", "--home", str(home)])
    added = run([sys.executable, "-m", "benchmarks.people", str(home), password])
    bench.close(book, home)
    run([*RECOBRO, "worker", "--once", "--home", str(home)])
    with _serving(home) as port:
        yield Workplace(port, tuple(added.output.split()), password)
    shutil.rmtree(home)


def links(page: str, to: str) -> list[str]:
    """Return the addresses in a page that lead to things of a kind, such as cases."""
    return list(dict.fromkeys(re.findall(rf'href="(/{to}/[0-9]+/)', page)))


@contextmanager
def _serving(home: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = [*RECOBRO, "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    last = time.monotonic() + _OPENS_WITHIN
    while time.monotonic() < last:
        try:
            Visitor(port).get("/sign-in/")
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise NotOpen(port)
