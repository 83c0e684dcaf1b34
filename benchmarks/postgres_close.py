"""A close as a good administrator writes it for PostgreSQL: window functions, indexes, memory."""

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Final

import psycopg
from psycopg import sql

from recobro.engine.tables import MONEY

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = "recobro_benchmark"
_SETTINGS: Final = {
    "search_path": _SCHEMA,
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "temp_buffers": "256MB",
    "max_parallel_workers_per_gather": str(os.cpu_count() or 1),
    "random_page_cost": "1.1",
    "jit": "off",  # compiling takes longer than it gives here
    "synchronous_commit": "off",
}
TABLES: Final = (
    "institutions",
    "borrowers",
    "loans",
    "instalments",
    "payments",
    "restructurings",
    "judgements",
)
_BLOCK: Final = 1 << 20
_FACTORS: Final = {
    **dict.fromkeys(MONEY, 100),
    "nonperforming_principal": 100,
    "nonperforming_ratio": 1_000_000,
}
"""What the whole numbers of a file are that are fractions in a table."""

_LOOKS: Final = """
CREATE TEMP TABLE eased AS
SELECT loan_id, borrower_id, kind, restructured_on, restructured_on - 1 AS as_of,
    dense_rank() OVER (PARTITION BY borrower_id ORDER BY restructured_on) AS turn
FROM restructurings JOIN loans USING (loan_id) JOIN borrowers USING (borrower_id)
WHERE difficulty AND restructured_on <= '${on}'
"""
_VIEWS_OF_A_TURN: Final = """
CREATE TEMP TABLE looks AS
SELECT loan_id, as_of
FROM loans JOIN (
    SELECT loan_id, as_of FROM eased WHERE turn = ${turn}
    UNION
    SELECT l.loan_id, as_of FROM eased JOIN loans AS l USING (borrower_id)
    WHERE turn = ${turn} AND kind = 'company'
) AS seen USING (loan_id)
WHERE disbursed_on <= as_of;
ANALYZE looks
"""
_HELD: Final = """
INSERT INTO held
SELECT loan_id, restructured_on, rank
FROM eased JOIN looked USING (loan_id, as_of) WHERE turn = ${turn};
DROP TABLE looks, looked
"""
_VIEWS_OF_THE_DAY: Final = """
CREATE TEMP TABLE views AS
SELECT loan_id, DATE '${on}' AS as_of FROM loans WHERE disbursed_on <= '${on}';
ANALYZE views
"""


@dataclass(frozen=True, kw_only=True)
class Closed:
    """The server's version, seconds of settling, and of the closes after it."""

    version: str
    settle: float
    close: Sequence[float]


@contextmanager
def schema(address: str) -> Iterator[psycopg.Connection]:
    """Connect to a schema of our own, which is dropped in the end."""
    with psycopg.connect(address, autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {_SCHEMA}")
        try:
            yield connection
        finally:
            connection.execute(f"DROP SCHEMA {_SCHEMA} CASCADE")


def fill(connection: psycopg.Connection, delivery: Path) -> None:
    """Copy a CSV delivery into tables, index and analyze them."""
    _script(connection, (_HERE / "postgres_tables.sql").read_text())
    for table in TABLES:
        copy = sql.SQL("COPY {} FROM STDIN (FORMAT csv, HEADER)").format(sql.Identifier(table))
        file = (delivery / f"{table}.csv").open("rb")
        with file, connection.cursor() as cursor, cursor.copy(copy) as rows:
            while block := file.read(_BLOCK):
                rows.write(block)
    _script(connection, (_HERE / "postgres_indexes.sql").read_text())


def close(connection: psycopg.Connection, on: date, *, repeat: int) -> Closed:
    """Settle once and close the day some times; its tables standings and figures stay."""
    began = time.perf_counter()
    _script(connection, (_HERE / "postgres_settlement.sql").read_text())
    settled = time.perf_counter() - began
    return Closed(
        version=(connection.info.parameter_status("server_version") or "").partition(" ")[0],
        settle=settled,
        close=[_close(connection, on) for _ in range(repeat)],
    )


def _close(connection: psycopg.Connection, on: date) -> float:
    _script(connection, "DROP TABLE IF EXISTS standings, figures, eased, views, graded")
    _script(connection, "TRUNCATE held")
    began = time.perf_counter()
    graded = (_HERE / "postgres_graded.sql").read_text()
    _script(connection, _LOOKS, on=on)
    turns = connection.execute("SELECT coalesce(max(turn), 0) FROM eased").fetchall()[0][0]
    for turn in range(1, turns + 1):
        _script(connection, _VIEWS_OF_A_TURN, turn=turn)
        _script(connection, graded, views="looks", graded="looked")
        _script(connection, _HELD, turn=turn)
    _script(connection, _VIEWS_OF_THE_DAY, on=on)
    _script(connection, graded, views="views", graded="graded")
    _script(connection, (_HERE / "postgres_figures.sql").read_text())
    return time.perf_counter() - began


def _script(connection: psycopg.Connection, text: str, **names: object) -> None:
    """Execute the statements of a script one by one: VACUUM takes no company."""
    written = "\n".join(line.partition("--")[0] for line in text.splitlines())
    for statement in Template(written).substitute(names).split(";\n"):
        if statement.strip():
            connection.execute(statement.encode())


def main() -> None:
    """Close a day from a CSV delivery; print the seconds, write the rows as Parquet."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.postgres_close", description=__doc__
    )
    parser.add_argument("address", help="postgresql://user@host:port/name")
    parser.add_argument("delivery", type=Path)
    parser.add_argument("day", type=date.fromisoformat)
    parser.add_argument("to", type=Path, help="a folder for standings.csv and figures.csv")
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    with schema(options.address) as connection:
        fill(connection, options.delivery)
        done = close(connection, options.day, repeat=options.repeat)
        for table in ("standings", "figures"):
            _write(connection, table, options.to / f"{table}.csv")
    print(json.dumps(asdict(done)))


def _write(connection: psycopg.Connection, table: str, to: Path) -> None:
    """Write a table as CSV, amounts in cents and ratios in millionths."""
    empty = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
    columns = [
        sql.SQL("({0} * {1})::bigint AS {0}" if each.name in _FACTORS else "{0}").format(
            sql.Identifier(each.name), sql.Literal(_FACTORS.get(each.name))
        )
        for each in empty.description or ()
    ]
    copy = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, HEADER)").format(
        sql.SQL(", ").join(columns), sql.Identifier(table)
    )
    with to.open("wb") as file, connection.cursor() as cursor, cursor.copy(copy) as rows:
        file.writelines(rows)


if __name__ == "__main__":
    main()
