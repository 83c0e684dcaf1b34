"""Loads, closes and findings on the terminal."""

import json
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from python_calamine import CalamineWorkbook
from rich.cells import cell_len

from tests.cli.conftest import Recobro
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of, write
from tests.runs.kept import Kept, kept

pytestmark = pytest.mark.django_db

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-02-20 A pays 10.00 as p2
    2026-02-20 A pays 10.00 as p3
"""


def delivered(bank: Bank) -> None:
    """Load a delivery with an amount and a date that cannot be read."""
    rows = rows_of(written(BOOK))
    rows["payments"][1] |= {"amount": "=1+1"}
    rows["payments"][2] |= {"paid_on": "二月[/b]:x:"}
    bank.load(rows)


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return a bank that has loaded it, made once."""
    return kept(tmp_path_factory.mktemp("once"), delivered, django_db_blocker)


@pytest.fixture
def loaded(recobro: Recobro, once: Kept, tmp_path: Path, db: None) -> Recobro:
    """Return the program of that bank, with a home of its own."""
    once.copied(tmp_path)
    return recobro


def test_findings_are_told_with_their_place_and_remedy(loaded: Recobro) -> None:
    told = loaded("findings")
    assert told.exit_code == 0
    title, head, _, first, _, second = [one.strip() for one in told.stdout.splitlines() if one]
    assert title == "payments.csv: rejected (2 shown)"
    assert head.split()[:3] == ["row", "column", "finding"]
    assert first.split()[:3] == ["3", "amount", "bad-amount"]
    assert second.split(maxsplit=3) == [
        "4",
        "paid_on",
        "bad-date",
        "paid_on says '二月[/b]:x:', which is no date from 1900 on. Write it as YYYY-MM-DD.",
    ]


def test_findings_that_are_not_shown_are_counted(loaded: Recobro, home: Path) -> None:
    told = loaded("findings", "--limit", 1, "--json")
    summary = json.loads(told.stdout)
    assert (summary["load"], summary["total"]) == (1, 2)
    assert [(one["code"], one["row"]) for one in summary["findings"]] == [("bad-amount", 3)]
    assert told.stderr.splitlines()[-1] == (
        "1 more. All of them in a file: "
        f"recobro export findings --load 1 --to findings.xlsx --home {home}"
    )


def test_findings_of_a_kind(loaded: Recobro) -> None:
    def rows(*words: str) -> list[int]:
        found = json.loads(loaded("findings", *words, "--json").stdout)["findings"]
        return [one["row"] for one in found]

    assert rows("--code", "bad-date") == [4]
    assert rows("--table", "loans") == []
    assert rows("--load", "1", "--table", "payments") == [3, 4]
    assert loaded("findings", "--table", "loans").stdout == "Load 1 has no findings like these.\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--code", "bad-dat"), "no finding code 'bad-dat'; nothing was shown. Perhaps meant: b"),
        (("--table", "payment"), "no table 'payment'; nothing was shown. Perhaps meant: payments."),
        (("--load", "7"), "There is no load 7. Load a delivery first: recobro load PATH"),
    ],
)
def test_what_there_is_not(loaded: Recobro, words: tuple[str, ...], why: str) -> None:
    told = loaded("findings", *words)
    assert (told.exit_code, why in told.stderr) == (2, True)


def test_findings_in_a_workbook_are_text(loaded: Recobro, tmp_path: Path) -> None:
    file = tmp_path / "findings.xlsx"
    assert loaded("export", "findings", "--to", file).exit_code == 0
    head, first, second = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert head == ["code", "table", "file", "row", "column", "value", "message", "warning"]
    assert first[:6] == ["bad-amount", "payments", "payments.csv", 3.0, "amount", "=1+1"]
    assert second[5] == "二月[/b]:x:"


def test_loads_newest_first(loaded: Recobro, tmp_path: Path) -> None:
    loaded("load", write(tmp_path / "next", rows_of(written(BOOK))))
    every = json.loads(loaded("loads", "--json").stdout)
    assert every["total"] == 2
    told = [(one["load"], one["accepted"], one["rejected"]) for one in every["loads"]]
    assert told == [(2, 7, 0), (1, 5, 2)]
    few = loaded("loads", "--limit", 1)
    assert few.stdout.splitlines()[-1] == "1 older: --limit 2"
    assert few.stdout.splitlines()[2].split()[0] == "2"


def test_closes_latest_first_and_those_in_force(loaded: Recobro) -> None:
    for on in ("2026-03-31", "2026-04-30", "2026-03-31"):
        loaded("close", "--as-of", on)
    told = loaded("closes", "--json")
    closes = json.loads(told.stdout)["closes"]
    assert [(one["as_of"], one["in_force"]) for one in closes] == [
        ("2026-04-30", True),
        ("2026-03-31", True),
        ("2026-03-31", False),
    ]
    assert "all hold" in told.stderr.splitlines()[2]


def test_older_closes_are_counted(loaded: Recobro) -> None:
    for on in ("2026-03-31", "2026-04-30"):
        loaded("close", "--as-of", on)
    told = loaded("closes", "--limit", 1)
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "1 older: --limit 2")
    assert told.stdout.splitlines()[2].split()[0] == "2026-04-30"


def test_a_load_is_named_by_its_number_or_as_the_latest(loaded: Recobro) -> None:
    assert loaded("findings", "--load", "latest").stdout == loaded("findings").stdout
    told = loaded("findings", "--load", "last")
    assert (told.exit_code, "'last' is neither the number" in told.stderr) == (2, True)


def test_many_files_are_folded(loaded: Recobro, tmp_path: Path) -> None:
    assert loaded("compact").stderr.splitlines()[-1] == (
        "Nothing to fold: no table has many files."
    )
    row = rows_of(written(BOOK))["payments"][0] | {"payment_id": "p4"}
    loaded("load", write(tmp_path / "next", {"payments": [row]}), "--kind", "delta")
    told = loaded("compact", "--files", 1)
    assert (told.exit_code, told.stdout) == (0, "")
    assert told.stderr.splitlines()[-1] == (
        "Folded payments, settlement_4_0_0_fees_interest_principal."
    )


def test_nothing_to_list(recobro: Recobro) -> None:
    assert recobro("loads").stdout == (
        "Nothing has been loaded yet. Load a delivery first: recobro load PATH\n"
    )
    assert recobro("closes").stdout == (
        "No day has been closed yet. Close one: recobro close --as-of DATE\n"
    )


def test_chinese_names_keep_the_columns(
    recobro: Recobro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named from where they lie, so that the paths fit into their column, wherever that is."""
    monkeypatch.chdir(tmp_path)
    for name in ("三月", "二〇二六年三月"):
        rows = rows_of(written(BOOK if name == "三月" else BOOK.replace("40.00", "30.00")))
        write(tmp_path / name, rows)
        recobro("load", name)
    head, _, *lines = recobro("loads").stdout.splitlines()
    assert [line.split()[-1] for line in lines] == ["二〇二六年三月", "三月"]
    starts = [cell_len(line.rpartition(" ")[0]) + 1 for line in lines]
    assert starts == 2 * [cell_len(head.partition("from")[0])]
