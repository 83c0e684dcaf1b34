"""What the measures share: books of some sizes, and every run that was measured."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb

from benchmarks.generate import DELIVERED_ON, USUAL, Trouble, delta, generate
from benchmarks.process import RECOBRO, Run, run

_PAYMENTS_OF_A_DAY: Final = 30_000
_SHARE_PAID_IN_A_DAY: Final = 0.03  # of the loans, where the book is small


FULL_LOADS: Final = {"parquet": "full load from Parquet", "csv": "full load from CSV"}
CLOSE: Final = "close"
DAY_LOADED: Final = "load of a day"
DAY_CLOSED: Final = "close after a day's load"


@dataclass(frozen=True)
class Book:
    """A generated book of so many loans: its deliveries, and a bank that has loaded it."""

    path: Path
    loans: int
    trouble: Trouble = USUAL

    @property
    def delivery(self) -> Path:
        """The full delivery, as Parquet."""
        return self.path / "parquet"

    @property
    def csv(self) -> Path:
        """The same as CSV."""
        return self.path / "csv"

    @property
    def home(self) -> Path:
        """The bank's folder after the full delivery."""
        return self.path / "home"

    def day(self, number: int) -> Path:
        """Return the delivery of a day after the full one."""
        return self.path / f"day-{number}"

    def on(self, number: int = 0) -> date:
        """Return the date of the full delivery, or of a day after it."""
        return DELIVERED_ON + timedelta(days=number)


@dataclass
class Bench:
    """A folder of books, how often each thing is measured, and the runs so far.

    `sizes` are the loans of the books; `compared` those of the one that is given to others too.
    """

    folder: Path
    sizes: tuple[int, ...]
    compared: int
    repeat: int = 5
    runs: dict[tuple[int, str], list[Run]] = field(default_factory=lambda: defaultdict(list))
    _exported: set[int] = field(default_factory=set)

    def delivered(self, loans: int, trouble: Trouble = USUAL) -> Book:
        """Return a book with its full delivery, generated where the folder has none."""
        name = f"{loans}-loans" if trouble == USUAL else f"{loans}-{trouble.bad}-{trouble.late}"
        book = Book(self.folder / name, loans, trouble)
        if not book.delivery.exists():
            self.tell(f"Generating {loans:,} loans")
            with _whole(book.delivery) as folder:
                generate(folder, loans=loans, trouble=trouble)
        return book

    def loaded(self, loans: int, trouble: Trouble = USUAL) -> Book:
        """Return a book that a bank has loaded."""
        book = self.delivered(loans, trouble)
        if not book.home.exists():
            with _whole(book.home) as home:
                self.load(book, book.delivery, home)
        return book

    def day_of(self, book: Book, number: int) -> Path:
        """Return the delivery of a day: payments, new loans, changed schedules."""
        folder = book.day(number)
        if not folder.exists():
            payments = min(_PAYMENTS_OF_A_DAY, int(book.loans * _SHARE_PAID_IN_A_DAY))
            with _whole(folder) as made:
                delta(made, loans=book.loans, payments=payments, day=number, trouble=book.trouble)
        return folder

    def payments_of(self, book: Book, number: int) -> Path:
        """Return of the delivery of a day nothing but the payments of loans that are known."""
        folder = book.path / f"payments-{number}"
        if not folder.exists():
            known = duckdb.read_parquet(str(book.delivery / "loans.parquet"))
            paid = duckdb.read_parquet(str(self.day_of(book, number) / "payments.parquet"))
            with _whole(folder) as made:
                made.mkdir(parents=True)
                paid.join(known.select("loan_id"), "loan_id", how="semi").write_parquet(
                    str(made / "payments.parquet")
                )
        return folder

    def csv_of(self, book: Book) -> Path:
        """Return the full delivery as CSV, written from the Parquet files."""
        if not book.csv.exists():
            self.tell(f"Writing {book.loans:,} loans as CSV")
            with _whole(book.csv) as folder:
                folder.mkdir(parents=True)
                for file in sorted(book.delivery.iterdir()):
                    duckdb.read_parquet(str(file)).write_csv(str(folder / f"{file.stem}.csv"))
        return book.csv

    def load(
        self,
        book: Book,
        delivery: Path,
        home: Path,
        *,
        kind: str = "full",
        database: str | None = None,
    ) -> Run:
        """Load a delivery as the command line does."""
        what = FULL_LOADS[delivery.name] if kind == "full" else DAY_LOADED
        words = ["load", str(delivery), "--kind", kind, "--home", str(home)]
        return self._recobro(book, what, words, database)

    def close(self, book: Book, home: Path, *, day: int = 0, database: str | None = None) -> Run:
        """Close a day as the command line does."""
        what = DAY_CLOSED if day > 0 else CLOSE
        words = ["close", "--as-of", str(book.on(day)), "--home", str(home)]
        return self._recobro(book, what, words, database)

    def exported(self, book: Book) -> Path:
        """Return a folder with the standings and figures of the full delivery's day."""
        folder = book.path / "exported"
        if book.loans not in self._exported:
            shutil.rmtree(folder, ignore_errors=True)  # a kept one may be of another version
            self.close(book, book.home)
            for table in ("standings", "figures"):
                file = str(folder / f"{table}.parquet")
                words = ["--as-of", str(book.on()), "--to", file, "--home", str(book.home)]
                run([*RECOBRO, "export", table, *words])
            self._exported.add(book.loans)
        return folder

    def _recobro(self, book: Book, what: str, words: list[str], database: str | None = None) -> Run:
        done = run([*RECOBRO, *words], database=database)
        self.runs[book.loans, what].append(done)
        self.tell(
            f"{what}, {book.loans:,} loans: {done.seconds:.2f} s, of them {done.inside:.2f} s "
            f"inside; {done.processor:.2f} s of processor; {done.peak / 1e9:.2f} GB"
        )
        return done

    def tell(self, line: str) -> None:
        """Tell how far it is."""
        print(line, flush=True)


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """Give a folder its name when it is whole: a kept one may come from a run that was ended."""
    partial = folder.with_name(f"{folder.name}-partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    yield partial
    partial.rename(folder)


def copied(home: Path, to: Path) -> Path:
    """Copy a bank's folder; the files of its lake, which are never changed, by a link each."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to, copy_function=_link_or_copy)
    return to


def _link_or_copy(source: str, target: str) -> None:
    if source.endswith(".parquet"):
        Path(target).hardlink_to(source)
    else:
        shutil.copy2(source, target)
