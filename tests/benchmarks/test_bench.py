import shutil
from pathlib import Path

import duckdb
import pytest

from benchmarks.bench import Bench, copied

LOANS = 100


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(folder=tmp_path, sizes=(LOANS,), compared=LOANS)


def test_a_copied_bank_shares_the_files_that_never_change(tmp_path: Path) -> None:
    """
    a lake of one file, and a database; what is written to the copy stays there
    """
    home = tmp_path / "home"
    home.mkdir()
    (home / "rows.parquet").write_text("rows")
    (home / "database").write_text("before")
    copy = copied(home, tmp_path / "copy")
    (copy / "database").write_text("after")
    assert (copy / "rows.parquet").samefile(home / "rows.parquet")
    assert (home / "database").read_text() == "before"
    shutil.rmtree(copy)
    assert {each.name for each in home.iterdir()} == {"rows.parquet", "database"}


def test_a_book_is_generated_once(bench: Bench) -> None:
    """
    100 loans: the first time they are made, the second time found
    """
    book = bench.delivered(LOANS)
    made = (book.delivery / "loans.parquet").stat().st_mtime_ns
    assert bench.delivered(LOANS) == book
    assert (book.delivery / "loans.parquet").stat().st_mtime_ns == made
    assert {file.stem for file in bench.csv_of(book).iterdir()} == {
        file.stem for file in book.delivery.iterdir()
    }


def test_a_book_that_was_not_finished_is_made_again(bench: Bench) -> None:
    """
    a generator that was ended left half a delivery
    """
    half = bench.folder / f"{LOANS}-loans" / "parquet-partial"
    half.mkdir(parents=True)
    (half / "junk").touch()
    book = bench.delivered(LOANS)
    assert not (book.delivery / "junk").exists()
    assert not half.exists()


def test_a_day_has_a_share_of_a_small_book(bench: Bench) -> None:
    """
    3 payments on 100 loans
    """
    book = bench.delivered(LOANS)
    whole, paid = bench.day_of(book, 2), bench.payments_of(book, 2)
    assert duckdb.read_parquet(str(whole / "payments.parquet")).shape[0] == 3
    assert [file.name for file in paid.iterdir()] == ["payments.parquet"]
    known = duckdb.read_parquet(str(book.delivery / "loans.parquet"))
    of_known = duckdb.read_parquet(str(paid / "payments.parquet"))
    assert 0 < of_known.join(known.select("loan_id"), "loan_id").shape[0] == of_known.shape[0] <= 3
