"""A day at the command line: load, close, export; and what is refused."""

import json
import re
import tomllib
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from recobro.runs.home import Home
from tests.cli.conftest import Recobro
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write

pytestmark = pytest.mark.django_db

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-02-20 A pays 10.00 as p2
"""


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Return a delivery with one payment too exact to be taken."""
    rows = rows_of(written(BOOK))
    rows["payments"][1] |= {"amount": "10.005"}
    return write(tmp_path / "delivery", rows)


def test_a_day_from_load_to_export(
    recobro: Recobro, home: Path, delivery: Path, tmp_path: Path
) -> None:
    loaded = recobro("load", delivery, "--json")
    assert loaded.exit_code == 1
    summary = json.loads(loaded.stdout)
    assert (summary["load"], summary["kind"]) == (1, "full")
    assert summary["findings"] == {"too-many-decimals": 1}
    assert summary["tables"]["payments"] | {"fingerprint": ""} == {
        "file": "payments.csv",
        "read": 2,
        "accepted": 1,
        "rejected": 1,
        "money": {"CNY": {"read": 4000, "accepted": 4000, "rejected": 0}},
        "unreadable": 1,
        "kept": 0,
        "fingerprint": "",
    }
    assert loaded.stderr.splitlines()[-2:] == [
        "rejected  1  too-many-decimals",
        f"See each of them: recobro findings --load 1 --home {home}",
    ]

    again = recobro("load", delivery, "--json")
    assert (again.exit_code, json.loads(again.stdout)["load"]) == (0, None)
    assert again.stderr.splitlines()[-1] == "Nothing changed: the same rows were loaded last."

    closed = recobro("close", "--as-of", "2026-03-31", "--json")
    assert closed.exit_code == 0
    made = json.loads(closed.stdout)
    assert (made["as_of"], made["standings"], made["policy"]) == ("2026-03-31", 1, "cn")
    assert closed.stderr.splitlines()[-1] == (
        f"Closed 2026-03-31: 1 loan, policy cn, facts of load 1, fingerprint {made['fingerprint']}."
    )

    file = tmp_path / "standings.csv"
    written_out = recobro("export", "standings", "--as-of", "20260331", "--to", file)
    assert (written_out.exit_code, written_out.stdout) == (0, "")
    assert written_out.stderr.splitlines() == [
        "Writing the file",
        f"1 standings of 2026-03-31 are in {file}.",
    ]
    assert len(file.read_text("utf-8").splitlines()) == 2


def refused(recobro: Recobro, *words: object) -> str:
    """Return why a command is refused: one line on standard error, code 2."""
    told = recobro(*words)
    assert (told.exit_code, told.stdout) == (2, "")
    (line,) = [line for line in told.stderr.splitlines() if line.startswith("Refused: ")]
    return line.removeprefix("Refused: ")


def test_what_is_missing_is_refused(recobro: Recobro, tmp_path: Path) -> None:
    day = ("--as-of", "2026-03-31")
    assert refused(recobro, "close", *day) == (
        "Nothing has been loaded yet. Load a delivery first: recobro load PATH"
    )
    assert refused(recobro, "export", "standings", *day, "--to", tmp_path / "s.csv") == (
        "2026-03-31 has not been closed. Close it first: recobro close --as-of 2026-03-31"
    )
    assert refused(recobro, "load", tmp_path / "none") == (
        f"{tmp_path / 'none'} is neither a folder nor a workbook (.xlsx). Nothing was changed. "
        "Name the folder of the files, or one workbook with a sheet for each table."
    )


def test_a_home_that_cannot_be_used_is_refused(
    recobro: Recobro, delivery: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "bank"
    assert refused(recobro, "load", delivery, "--home", home) == (
        f"{home} cannot be used: Not a directory. Nothing was changed. "
        "Name another folder with --home, give this user the right to write there, "
        "or free space on its disk."
    )


def test_a_home_at_work_says_who_holds_it(recobro: Recobro, delivery: Path, home: Path) -> None:
    bank = Home(home)
    bank.create()
    with bank.writing("a close"):
        why = refused(recobro, "load", delivery)
    who, _, rest = why.partition(")")
    assert who.startswith("a close (process ")
    assert (
        rest
        == f" is at work in {home}; nothing was changed. Wait until it has ended, then try again."
    )


def test_a_close_that_is_marked_names_the_check(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    """
    rows = rows_of(written(test_a_close_that_is_marked_names_the_check.__doc__ or ""))
    rows["loans"][0] |= {"outstanding_principal": "90.00", "delivered_on": "2026-03-31"}
    recobro("load", write(tmp_path / "delivery", rows))
    closed = recobro("close", "--as-of", "2026-03-31")
    assert closed.exit_code == 1
    assert closed.stderr.splitlines()[-1] == (
        "Published with a mark: the check balance-differs-from-core warns of 1 row."
    )


def test_a_broken_invariant_publishes_nothing_and_says_why(
    recobro: Recobro, home: Path, tmp_path: Path
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    book = test_a_broken_invariant_publishes_nothing_and_says_why.__doc__
    recobro("load", write(tmp_path / "delivery", rows_of(written(book))))
    assert recobro("close", "--as-of", "2026-03-31").exit_code == 0
    (file,) = (home / "lake" / "payments").glob("*.parquet")
    rows = pq.read_table(file)
    place = rows.schema.get_field_index("amount")
    doubled = pc.multiply(rows["amount"], 2)
    pq.write_table(rows.set_column(place, rows.schema.field(place), doubled), file)
    assert refused(recobro, "close", "--as-of", "2026-03-31") == (
        "The money received for a loan is what was settled and paid in advance. This does not hold "
        "in 1 rows, for one A (paid_total: 8000 expected, 4000 found). Nothing was published; the "
        "earlier close stays in force. This is a fault of the program or of the lake: run recobro "
        "doctor, and report it."
    )
    listed = json.loads(recobro("closes", "--json").stdout)["closes"]
    assert [(one["as_of"], one["in_force"]) for one in listed] == [("2026-03-31", True)]


def test_a_close_says_what_it_says_otherwise_than_the_one_it_replaces(
    recobro: Recobro, home: Path, tmp_path: Path
) -> None:
    """
    2026-01-01 A lends 300.00
    2026-01-05 A owes 100.00
    2026-09-05 A owes 200.00
    2026-01-05 B owes 50.00

    The money of A was booked late: B alone is still non-performing.
    """
    rows = rows_of(
        written(test_a_close_says_what_it_says_otherwise_than_the_one_it_replaces.__doc__)
    )
    day = ("close", "--as-of", "2026-04-21")
    recobro("load", write(tmp_path / "delivery", rows))
    first = json.loads(recobro(*day, "--json").stdout)
    assert (first["replaces"], first["changes"]) == (None, [])
    late = {"payment_id": "late", "loan_id": "A", "paid_on": "2026-01-05", "amount": "100.00"}
    recobro("load", write(tmp_path / "late", {"payments": [late]}), "--kind", "delta")

    told = recobro(*day, "--json")
    second = json.loads(told.stdout)
    assert (told.exit_code, second["replaces"]) == (0, first["fingerprint"])
    assert second["changes"] == [
        {
            "currency": "CNY",
            "loans": 1,
            "became_nonperforming": 0,
            "no_longer_nonperforming": 1,
            "nonperforming_before": 30000,
            "nonperforming_after": 0,
        }
    ]
    replaces, changed, each = told.stderr.splitlines()[-3:]
    assert re.fullmatch(
        r"It replaces the close of \d{4}-\d\d-\d\d \d\d:\d\d UTC "
        r"\(facts of load 1, policy cn\), which said otherwise of:",
        replaces,
    )
    assert changed == (
        "  1 loan in CNY: 0 became non-performing, 1 no longer are; "
        "their non-performing balance was 300.00 and is 0.00."
    )
    assert each == (
        f"Each of them: recobro export changes --as-of 2026-04-21 --to changes.xlsx --home {home}"
    )
    assert recobro(*day).stderr.splitlines()[-1].startswith("It says the same as the close of 2")


def test_a_mapping_is_proposed_and_nothing_is_loaded(recobro: Recobro, delivery: Path) -> None:
    told = recobro("load", delivery, "--suggest-mapping")
    assert told.exit_code == 0
    assert told.stdout.startswith("#")
    assert set(tomllib.loads(told.stdout)["tables"]) == {file.stem for file in delivery.iterdir()}
    as_json = recobro("load", delivery, "--suggest-mapping", "--json")
    assert json.loads(as_json.stdout) == {"mapping": told.stdout.removesuffix("\n")}
    assert recobro("loads").stdout.startswith("Nothing has been loaded yet.")


def test_what_is_loaded_is_told_in_tables(recobro: Recobro, delivery: Path, home: Path) -> None:
    told = recobro("load", delivery, "--delivered-on", "2026-03-31")
    assert (told.exit_code, told.stdout) == (1, "")
    lines = [" ".join(line.split()) for line in told.stderr.splitlines()]
    assert lines[3:5] == [
        "Load 1: rows",
        "table read accepted rejected amounts unreadable",
    ]
    assert "payments 2 1 1 1" in lines
    assert lines[lines.index("Money") + 1] == "table currency read accepted rejected"
    assert "payments CNY 40.00 40.00 0.00" in lines
    again = recobro("load", delivery, "--delivered-on", "2026-03-31")
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr.splitlines()[-1] == "Nothing changed: the same rows were loaded last."


def test_changes_of_a_day_that_was_closed_once(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    """
    doc = test_changes_of_a_day_that_was_closed_once.__doc__
    recobro("load", write(tmp_path / "delivery", rows_of(written(doc))))
    day, file = ("--as-of", "2026-03-31"), tmp_path / "changes.csv"
    recobro("close", *day)

    def exported() -> list[str]:
        told = recobro("export", "changes", *day, "--to", file)
        assert (told.exit_code, told.stdout) == (0, "")
        lines: list[str] = told.stderr.splitlines()[1:]
        return lines

    none = f"0 loans of 2026-03-31 that stand differently are in {file}."
    once = "2026-03-31 has been closed once: there is nothing to compare it with."
    assert exported() == [once, none]
    recobro("close", *day)
    assert exported() == [none]
    figures = recobro("export", "figures", *day, "--to", tmp_path / "figures.csv")
    assert figures.stderr.splitlines()[-1].endswith(
        f" figures of 2026-03-31 are in {tmp_path / 'figures.csv'}."
    )


def test_a_layout_that_changed_is_told(recobro: Recobro, tmp_path: Path) -> None:
    recobro("load", write(tmp_path / "delivery", rows_of(written(BOOK))))
    mapping = tmp_path / "pagos.toml"
    columns = {"payment_id": "id", "loan_id": "loan", "paid_on": "day", "amount": "sum"}
    lines = ["[tables.payments]", 'from = "pagos"', "[tables.payments.columns]"]
    lines += [f'{name} = "{source}"' for name, source in columns.items()]
    mapping.write_text("\n".join(lines), encoding="utf-8")

    def load(name: str, *rows: str) -> tuple[dict[str, object], list[str]]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "pagos.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        words = ("--kind", "delta", "--mapping", mapping, "--json")
        told = recobro("load", tmp_path / name, *words)
        return json.loads(told.stdout)["layout"], told.stderr.splitlines()

    first, _ = load("first", "id,loan,day,sum", "q1,A,2026-03-01,1.00")
    assert first == {"since": None, "changed": []}
    second, told = load("second", "id,loan,day,sum,till", "q2,A,2026-03-02,1.00,3")
    assert second == {
        "since": 2,
        "changed": [
            {
                "what": "column-new",
                "source": "pagos",
                "column": "till",
                "before": None,
                "now": "a number",
                "says": "pagos: column till is new",
            }
        ],
    }
    assert told[-3:] == [
        "The layout of this extract differs from that of load 2:",
        "  pagos: column till is new",
        "If rows were rejected for it, adapt pagos.toml and deliver them again.",
    ]


def test_what_is_written_is_for_its_user_alone(
    recobro: Recobro, home: Path, delivery: Path, tmp_path: Path
) -> None:
    """The folder, all that is in it, and the file of an export: nobody else may read them."""
    recobro("load", delivery)
    recobro("close", "--as-of", "2026-03-31")
    recobro("export", "standings", "--as-of", "2026-03-31", "--to", tmp_path / "s.csv")
    written_files = [home, tmp_path / "s.csv", *home.rglob("*")]
    assert [file for file in written_files if file.stat().st_mode & 0o077] == []
