"""How long each page takes one person, and fifty people at once who also write."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from statistics import quantiles
from typing import Final

from benchmarks.bench import Bench
from benchmarks.generate import CALM
from benchmarks.row import Row
from benchmarks.workplace import NotAnswered, Visitor, Workplace, links, opened

ALONE: Final = 150
"""Milliseconds within which nineteen of twenty answers come to one person."""
DASHBOARD: Final = 300
TOGETHER: Final = 1000
PEOPLE: Final = 50
SECONDS: Final = 60
PAUSE: Final = (3.0, 8.0)
"""Seconds between two acts of a person."""
WRITES: Final = 0.2
"""The share of acts that change something."""
_TIMES: Final = 30
"""How often each page is asked for."""


def measure(bench: Bench) -> list[Row]:
    """Open the pages of each book, and ask for them."""
    rows = []
    for loans in bench.sizes:
        with opened(bench, bench.loaded(loans, CALM)) as workplace:
            rows += [*alone(workplace, loans), *together(workplace, loans)]
    return rows


def alone(workplace: Workplace, loans: int) -> list[Row]:
    """Return how long the pages take the president, one after the other."""
    visitor = workplace.visitor("president")
    case, loan = (links(visitor.get(f"/{kind}/"), kind)[0] for kind in ("cases", "loans"))
    addresses = {
        "dashboard": "/",
        "cases": "/cases/",
        "cases, searched": "/cases/?search=20",
        "a case": case,
        "loans": "/loans/",
        "loans, filtered": "/loans/?grade=loss&sort=overdue",
        "loans, searched": "/loans/?search=20",
        "a loan": loan,
        "institutions": "/institutions/",
        "approvals": "/approvals/",
        "notices": "/notices/",
        "teams": "/teams/",
        "journal": "/journal/",
        "closes": "/closes/",
    }
    return [
        _row(f"{name}, one person, p95", loans, _timed(visitor, address), _bound(name))
        for name, address in addresses.items()
    ]


def together(workplace: Workplace, loans: int) -> list[Row]:
    """Return how long any page takes fifty people who work for a minute, and what went wrong."""
    names = [workplace.people[number % len(workplace.people)] for number in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        works = list(pool.map(lambda name: _Work(workplace.visitor(name)), names))
        last = time.monotonic() + SECONDS
        for done in [pool.submit(work.until, last) for work in works]:
            done.result()
    taken = [each for work in works for each in work.taken]
    wrong = [each for work in works for each in work.wrong]
    return [
        _row(f"any page, {PEOPLE} people at once, p95", loans, taken, TOGETHER),
        Row(
            what=f"answers that were errors, {PEOPLE} people at once",
            loans=loans,
            measured=", ".join(sorted(set(wrong))) or f"of {len(taken):,} answers",
            value=len(wrong),
            unit="",
            bound=0,
        ),
    ]


class _Work:
    """What one person does for a while: looks, searches, and says by when cases are due."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._dice = random.Random(id(visitor))  # noqa: S311 - nothing secret
        self._cases = links(visitor.get("/cases/"), "cases")
        self._loans = links(visitor.get("/loans/"), "loans")
        self.taken: list[float] = []
        self.wrong: list[str] = []

    def until(self, last: float) -> None:
        """Act until a moment, with pauses as people make them."""
        time.sleep(self._dice.uniform(0, PAUSE[1]))
        while time.monotonic() < last:
            act = self._write if self._dice.random() < WRITES else self._look
            began = time.perf_counter()
            try:
                act()
            except (NotAnswered, OSError) as error:
                self.wrong.append(str(error))
            self.taken.append((time.perf_counter() - began) * 1000)
            time.sleep(self._dice.uniform(*PAUSE))

    def _look(self) -> None:
        own = [*self._cases[:20], *self._loans[:20]] or ["/"]
        often = ["/", "/cases/", "/loans/", f"/cases/?search={self._dice.randrange(1000)}"]
        self._visitor.get(self._dice.choice([*often, self._dice.choice(own)]))

    def _write(self) -> None:
        """Set the deadline of a case, where the person may; else choose a language."""
        page = self._visitor.get(self._dice.choice(self._cases)) if self._cases else ""
        if "/deadline/" in page:
            self._set_deadline(page)
        else:
            self._visitor.post("/preferences/language/", {"language": "en", "next": "/"})

    def _set_deadline(self, page: str) -> None:
        address = page.partition('action="/cases/')[2].partition("/")[0]
        day = date.today() + timedelta(days=self._dice.randrange(1, 300))  # noqa: DTZ011 - any day
        told = {"due_on": str(day), "why": "As agreed", "instead_of": _instead_of(page)}
        self._visitor.post(f"/cases/{address}/deadline/", told)


def _instead_of(page: str) -> str:
    field = page.partition('id="deadline_instead_of"')[0].rpartition("<input")[2]
    return field.partition('value="')[2].partition('"')[0]


def _timed(visitor: Visitor, address: str) -> list[float]:
    taken = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        visitor.get(address)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _bound(name: str) -> int:
    return DASHBOARD if name == "dashboard" else ALONE


def _row(what: str, loans: int, taken: list[float], bound: float) -> Row:
    worst = quantiles(taken, n=20)[-1]
    middle = sorted(taken)[len(taken) // 2]
    return Row(
        what=what,
        loans=loans,
        measured=f"median {middle:.0f} ms of {len(taken):,}",
        value=worst,
        unit="ms",
        bound=bound,
    )
