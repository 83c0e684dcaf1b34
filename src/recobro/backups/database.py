"""The database at one moment, as a file, and back: SQLite by its own means, PostgreSQL by its."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from recobro.backups.manifest import Manifest
from recobro.terms.refusal import Refusal

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""What a database is called in a backup."""


class ProgramOfPostgresMissing(Refusal):
    """PostgreSQL's own program is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not installed, and a PostgreSQL database is copied by nothing else. "
            "Nothing was made. Install PostgreSQL's client programs, of the server's version or "
            "a later one (Debian, Ubuntu: apt install postgresql-client)."
        )


class ProgramOfPostgresFailed(Refusal):
    """PostgreSQL's own program gave up."""

    def __init__(self, name: str, said: str) -> None:
        told = " ".join(said.split()) or "it said nothing"
        super().__init__(f"{name} gave up: {told.rstrip('.')}. Nothing of it counts.")


class DatabaseNotCopied(Refusal):
    """SQLite could not copy its database."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database could not be copied: {reason}. What was written does not count. See "
            "what recobro doctor says of the folder, and that the disks are not full."
        )


class DatabaseOfAnotherKind(Refusal):
    """The backup has another kind of database than the settings name."""

    def __init__(self, kept: str) -> None:
        do = (
            "Unset DATABASE_URL: its database goes into the folder"
            if kept == "sqlite"
            else "Set DATABASE_URL to an empty PostgreSQL database"
        )
        super().__init__(f"The backup has a {kept} database. Nothing was made. {do}.")


class DatabaseNotEmpty(Refusal):
    """The database that the settings name has tables."""

    def __init__(self) -> None:
        super().__init__(
            "The database that DATABASE_URL names has tables already. Nothing was made. Make an "
            "empty one for the restored bank, and name that."
        )


@contextmanager
def still() -> Iterator[None]:
    """Let every question inside see the database as it is at one moment; others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")  # deferred: atomic() would keep everybody from writing
        try:
            # The moment is that of the first question: a copy alone would let go of it at its end.
            cursor.execute("SELECT count(*) FROM sqlite_master")
            cursor.fetchall()
            yield
        finally:
            cursor.execute("ROLLBACK")


def dump(folder: Path) -> Path:
    """Write the database as it is in `still` into a folder; return the file.

    Raises DatabaseNotCopied, ProgramOfPostgresMissing, ProgramOfPostgresFailed.
    """
    file = folder / FILES[connection.vendor]
    file.touch(mode=0o600)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
    else:
        with _copying(), closing(sqlite3.connect(file)) as kept:
            connection.connection.backup(kept)
    return file


def require_empty(manifest: Manifest) -> None:
    """Refuse a database that a backup cannot be put into.

    Raises DatabaseOfAnotherKind, DatabaseNotEmpty, ProgramOfPostgresMissing.
    """
    if manifest.database != connection.vendor:
        raise DatabaseOfAnotherKind(manifest.database)
    if connection.vendor == "postgresql":
        _program("pg_restore")
        if connection.introspection.table_names():
            raise DatabaseNotEmpty


def put_back(folder: Path) -> None:
    """Put the database of a backup into the one that the settings name.

    Raises DatabaseNotCopied, ProgramOfPostgresMissing, ProgramOfPostgresFailed.
    """
    file = folder / FILES[connection.vendor]
    if connection.vendor == "postgresql":
        _run("pg_restore", "--exit-on-error", "--single-transaction", str(file))
        return
    connection.ensure_connection()
    address = f"{file.absolute().as_uri()}?immutable=1"  # nothing is written beside it
    with _copying(), closing(sqlite3.connect(address, uri=True)) as kept:
        kept.backup(connection.connection)


@contextmanager
def _copying() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseNotCopied(str(error)) from error


def _run(name: str, *words: str) -> None:
    """Run a program of PostgreSQL on the database that the settings name.

    The password goes by the environment: words are seen by everybody on the machine.
    """
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - there where PostgreSQL is used

    told = connection.settings_dict
    where = make_conninfo("", **_address(told))
    password = {"PGPASSWORD": told["PASSWORD"]} if told["PASSWORD"] else {}
    common = ("--no-owner", "--no-privileges", "--no-password", f"--dbname={where}")
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own, with our own words
        [_program(name), *common, *words],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProgramOfPostgresFailed(name, done.stderr)


def _address(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what libpq is told of a database, but for the password."""
    named = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    found = {name: str(told[part]) for name, part in named.items() if told[part]}
    return found | {name: str(value) for name, value in told["OPTIONS"].items()}


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ProgramOfPostgresMissing(name)
    return found
