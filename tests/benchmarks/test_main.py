"""Everything that `make bench` measures, once, on a tiny book."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import MEASURES, main
from benchmarks.page import BEGIN, END
from benchmarks.postgres_server import available

LOANS = 2_000


def test_everything_is_measured_and_written_down(tmp_path: Path) -> None:
    """
    2,000 loans, closed by us, by pandas and, where there is a server, by PostgreSQL: equal rows
    (else main raises), each ratio once, nothing left but the page, its JSON and the kept books; but
    for what keeps fifty people busy for a minute
    """
    books, pages = tmp_path / "books", tmp_path / "pages"
    only = ",".join(name for name in MEASURES if name != "pages")
    words = ["--only", only, "--loans", str(LOANS), "--compared", str(LOANS), "--repeat", "1"]
    main([*words, "--keep", str(books), "--to", str(pages)])
    kept = json.loads((pages / "performance.json").read_text())
    rows = {name: [row["what"] for row in measure["rows"]] for name, measure in kept.items()}
    assert rows == {
        name: found for name, found in EXPECTED.items() if name != "postgres" or available()
    }
    page = (pages / "performance.md").read_text()
    assert page.startswith(BEGIN)
    assert page.endswith(f"{END}\n")
    assert page.count("2,000") == sum(map(len, rows.values()))
    assert {each.name for each in pages.iterdir()} == {"performance.json", "performance.md"}
    assert {each.name for each in (books / "2000-loans").iterdir()} == {
        "csv",
        "day-1",
        "exported",
        "home",
        "parquet",
        "payments-1",
    }
    for measure in kept.values():
        assert measure["command"] == f"python -m benchmarks {' '.join(words)}"
        assert all(row["value"] > 0 for row in measure["rows"])


EXPECTED = {
    "close": [
        "close, the operation inside",
        "close, whole process",
        "close, whole process, in processor seconds",
    ],
    "delta": [
        f"{day}, {what}"
        for day in ("a day's payments", "a day with new loans and schedules")
        for what in (
            "the operations inside",
            "whole processes",
            "whole processes, in processor seconds",
        )
    ],
    "load": [
        "full load from Parquet, whole process",
        "full load from Parquet, speed",
        "full load from CSV, whole process",
        "full load from CSV, speed",
    ],
    "memory": [
        "full load from Parquet",
        "full load from CSV",
        "close",
        "load of a day",
        "close after a day's load",
    ],
    "show": [
        f"the {what}, shown on {kind}"
        for kind in ("SQLite", "PostgreSQL")
        if kind == "SQLite" or available()
        for what in ("first close", "close that opens the cases", "close of a day")
    ],
    "pandas": [
        "close beside pandas, from files to equal rows, whole processes",
        "close beside pandas that has read and settled, the operations inside",
        "load and close beside pandas, from files to equal rows, whole processes",
        "memory of pandas",
    ],
    "postgres": [
        "close beside PostgreSQL that settles and closes, to equal rows",
        "close beside PostgreSQL that has settled, the operations inside",
    ],
}


def test_a_measure_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "close,speed"])
    assert "speed is not measured; there are close, growth, delta" in capsys.readouterr().err
