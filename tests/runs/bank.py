"""A bank with a home of its own: it delivers, loads and closes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from recobro.book.models import Close
from recobro.policy import Policy, preset
from recobro.runs import operations
from recobro.runs.closes import published
from recobro.runs.home import Home
from recobro.runs.models import Load
from tests.oracle.written import written
from tests.runs.delivered import Rows, rows_of, write

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


@dataclass
class Bank:
    """A bank in a folder; the database is the test's."""

    folder: Path
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def home(self) -> Home:
        """The bank's home, made if need be."""
        home = Home(self.folder / "home")
        home.create()
        return home

    def deliver(self, rows: Rows | str) -> Path:
        """Write a delivery of rows, or of a book in plain lines; return its folder."""
        tables = rows_of(written(rows)) if isinstance(rows, str) else rows
        return write(self.folder / f"delivery-{next(self.numbers)}", tables)

    def offer(
        self,
        what: Rows | str | Path,
        *,
        policy: Policy | None = None,
        **options: Any,
    ) -> Load | None:
        """Load a delivery (rows, plain lines or a path); return nothing where nothing changes."""
        path = what if isinstance(what, Path) else self.deliver(what)
        options = {"kind": "full"} | options
        return operations.load(
            home=self.home, path=path, at=AT, policy=policy or preset("cn"), **options
        )

    def load(self, what: Rows | str | Path, **options: Any) -> Load:
        """Load a delivery that changes something."""
        load = self.offer(what, **options)
        assert load is not None
        return load

    def close(self, on: str, *, policy: Policy | None = None, **options: Any) -> Close:
        """Close a day."""
        return operations.close(
            home=self.home,
            on=date.fromisoformat(on),
            policy=policy or preset("cn"),
            at=datetime.now(tz=UTC),
            **options,
        )

    def published(self, close: Close) -> list[dict[str, Any]]:
        """Return the standings of a close, by loan_id."""
        files = published(self.home, close, "standings")
        rows = [row for file in files for row in pq.read_table(file).to_pylist()]
        return sorted(rows, key=lambda row: row["loan_id"])

    def overdue(self, on: str, **options: Any) -> dict[str, tuple[int, int]]:
        """Close a day; return what is overdue of each loan, and for how many days."""
        found = self.published(self.close(on, **options))
        return {row["loan_id"]: (row["overdue_amount"], row["days_past_due"]) for row in found}

    def lake_files(self) -> set[str]:
        """Return every Parquet file of the lake, by table and name."""
        root = self.home.lake.root
        return {str(file.relative_to(root)) for file in root.rglob("*.parquet")}
