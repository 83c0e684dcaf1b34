"""A load or close that is ended at any moment: all of it counts or nothing, and a rerun is clean.

A run that was killed is followed at once by the next, which starts from what the first left; after
a few one is let alone, and the book must be as if nobody had disturbed it.
"""

import random
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from tests.oracle.written import written
from tests.runs.apart import Apart, Ended, EndedAt, Fate
from tests.runs.delivered import rows_of, write

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-01-05 B owes 100.00
    2026-03-01 B judged evasion
"""
"""February is closed on it; then a delta says that A paid 70.00, and brings the judgement."""
IN_A_ROW = 9
"""Runs that are killed before one is let alone."""

InForce = Mapping[str, list[str]]
Kill = Callable[[Apart], Ended]


@dataclass
class Story:
    """A load or a close in a bank: what is in force before and after it.

    It takes seconds, the fewest so far: what was measured while the machine was busy is too long.
    """

    what: str
    bank: Apart
    before: InForce
    after: InForce
    seconds: float

    def disturbed(self, folder: Path, kills: Sequence[Kill]) -> list[int | None]:
        """Do it in a copy of the bank, with runs killed before it; return how those ended."""
        bank = replace(self.bank, home=shutil.copytree(self.bank.home, folder / "home"))
        codes = []
        for kill in kills:
            ended = kill(bank)
            wholly = [self.after] if ended.code == 0 else [self.before, self.after]
            assert (ended.refused, bank.in_force() in wholly) == ("", True)
            codes.append(ended.code)
            if ended.code == 0:  # it was faster than its moment: the next begins anew
                self.seconds = min(self.seconds, ended.seconds)
                shutil.rmtree(bank.home)
                shutil.copytree(self.bank.home, bank.home)
        last = bank.run(self.what)
        assert (last.code, last.refused) == (0, "")
        assert bank.in_force() == self.after
        assert bank.strays() == set()
        shutil.rmtree(folder)
        return codes


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    """Let a bank load a delta and then close March, undisturbed."""
    folder = tmp_path_factory.mktemp("apart")
    rows = rows_of(written(BOOK))
    judged = {"judgements": rows.pop("judgements")}
    whole = write(folder / "whole", rows)
    changed = {"payments": [rows["payments"][0] | {"amount": "70.00"}]}
    bank = Apart(folder / "home", whole, "full", date(2026, 2, 28))
    bank.home.mkdir()
    assert [bank.run(what).code for what in ("load", "close")] == [0, 0]
    delta = write(folder / "delta", judged | changed)
    bank = replace(bank, delivery=delta, kind="delta", on=date(2026, 3, 31))
    told = {}
    for what in ("load", "close"):
        kept = replace(bank, home=shutil.copytree(bank.home, folder / what))
        before, ended, after = bank.in_force(), bank.run(what), bank.in_force()
        assert (ended.code, bank.strays()) == (0, set())
        told[what] = Story(what, kept, before, after, ended.seconds)
    return told


CLOSED = ("breaks", "changes", "figures", "standings")


def test_the_stories(stories: dict[str, Story]) -> None:
    told = {what: sorted(set(s.after) - set(s.before)) for what, s in stories.items()}
    key = "settlement_4_0_0_fees_interest_principal_replaced"
    assert told == {
        "load": ["judgements", "payments_replaced", key],
        "close": [f"{table} of 2026-03-31" for table in CLOSED],
    }


@pytest.mark.parametrize(("what", "number"), [("load", 36), ("close", 20)])
def test_killed_at_any_moment(
    stories: dict[str, Story], what: str, number: int, tmp_path: Path
) -> None:
    """The moments lie in as many equal parts of the run, one in each; most runs are slower."""
    draw = random.Random(20261231)  # noqa: S311 - the same moments every time
    story = stories[what]

    def kill_at(moment: float) -> Kill:
        def kill(bank: Apart) -> Ended:
            run = bank.start(what)
            run.kill_after(moment * story.seconds)
            return run.end()

        return kill

    kills = [kill_at((part + draw.random()) / number) for part in range(number)]
    draw.shuffle(kills)
    codes = []
    for first in range(0, number, IN_A_ROW):
        codes += story.disturbed(tmp_path / str(first), kills[first : first + IN_A_ROW])
    assert codes.count(-signal.SIGKILL) >= number * 3 // 4


def fated(fate: Fate, what: str) -> Kill:
    return lambda bank: bank.run(what, fate)


TABLES = [
    *("institutions", "staff", "borrowers", "loans", "instalments", "payments"),
    *("restructurings", "obligors", "collateral", "securities", "judgements", "ledger"),
]
FATES = {
    "load": {
        "tables": [EndedAt(step) for step in TABLES],
        "writing": [EndedAt("write"), *(EndedAt("write", "Lake.commit", n) for n in (2, 3))],
        "moving": [EndedAt("write", "Lake.commit")],
        "settling": [
            EndedAt("settle"),
            EndedAt("settle", "Lake.commit"),
            *(EndedAt("settle", "Model.save", n) for n in (1, 2)),
            EndedAt("settle", "Path.unlink"),
        ],
    },
    "close": {
        "computing": [EndedAt(step) for step in ("settle", "standings", "figures", "checks")],
        "publishing": [
            EndedAt("publish"),
            EndedAt("publish", "move", 2),
            EndedAt("publish", "Model.save"),
        ],
    },
}
"""Steps, and within them: commits of tables, moves of files, the saving of a row."""


@pytest.mark.parametrize(
    ("what", "part"), [(what, part) for what, parts in FATES.items() for part in parts]
)
def test_killed_between_two_steps(
    stories: dict[str, Story], what: str, part: str, tmp_path: Path
) -> None:
    """A run that was killed after its last step, its row, has done all of it."""
    kills = [fated(fate, what) for fate in FATES[what][part]]
    codes = stories[what].disturbed(tmp_path / "bank", kills)
    assert codes == [-signal.SIGKILL] * len(kills)
