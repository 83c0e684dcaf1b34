"""Fetch tables by a query each, from any database that SQLAlchemy speaks to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from recobro.connectors.source import DatabaseSource, secret
from recobro.connectors.tables import AT_ONCE, Tables
from recobro.runs.contract import COLUMNS
from recobro.runs.progress import Progress
from recobro.terms.refusal import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_ONE_MOMENT: Final = {"postgresql", "mysql", "mariadb"}
"""Databases that can be asked to show one moment in all queries."""


class ConnectorsNotInstalled(Refusal):
    """What speaks to databases is not there."""

    def __init__(self) -> None:
        super().__init__(
            "SQLAlchemy is not installed, and nothing else speaks to other databases. Nothing was "
            "fetched. Install it with the driver of yours: pip install 'recobro[connectors]'"
        )


class DatabaseRefused(Refusal):
    """The database did not give what was asked for."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {' '.join(reason.split()).rstrip('.')}. Nothing was fetched.")


class QueryWrong(Refusal):
    """A query gives something else than its table has."""

    def __init__(self, table: str, wrong: str) -> None:
        super().__init__(
            f"The query of {table} {wrong}. Nothing was fetched. Its table has the columns "
            f"{', '.join(COLUMNS[table])}; :on is the day that is fetched, :since the last one."
        )


def write(
    source: DatabaseSource, tables: Tables, *, days: Mapping[str, Any], progress: Progress
) -> None:
    """Write what each query gives; rows go from the database to the disk, few at a time.

    All queries see one moment where the database can do that, and nothing is ever written to it.
    Raises ConnectorsNotInstalled, DatabaseRefused, QueryWrong, source.VariableMissing.
    """
    if find_spec("sqlalchemy") is None:
        raise ConnectorsNotInstalled
    with _opened(secret(source.url)) as connection:
        for done, (table, query) in enumerate(source.tables.items()):
            progress(table, done, len(source.tables))
            with _refused(f"The query of {table}", connection.engine):
                _write(connection, tables, table, query, days)


def _write(
    connection: "Connection", tables: Tables, table: str, query: str, days: Mapping[str, Any]
) -> None:
    from sqlalchemy import text  # noqa: PLC0415 - an extra: not installed everywhere

    statement = text(query)
    wanted = statement.compile().params
    if unknown := sorted(set(wanted) - set(days)):
        raise QueryWrong(table, f"asks for :{unknown[0]}")
    found = connection.execute(statement, {name: days[name] for name in wanted})
    columns = [name.lower() for name in found.keys()]  # noqa: SIM118 - a result is no mapping
    if unknown := sorted(set(columns) - set(COLUMNS[table])):
        raise QueryWrong(table, f"gives {unknown[0]!r}")
    if len(set(columns)) < len(columns):
        raise QueryWrong(table, "gives a column twice")
    tables.begin(table, columns)
    for few in found.partitions(AT_ONCE):
        tables.add(table, few)


@contextmanager
def _opened(url: str) -> "Iterator[Connection]":
    from sqlalchemy import create_engine  # noqa: PLC0415 - the same

    with _refused("The source"):
        engine = create_engine(url, hide_parameters=True)
    options: dict[str, Any] = {"stream_results": True, "max_row_buffer": AT_ONCE}
    if engine.dialect.name in _ONE_MOMENT:
        options["isolation_level"] = "REPEATABLE READ"
    try:
        with _refused("The source", engine), engine.connect() as connection:
            yield connection.execution_options(**options)
    finally:
        engine.dispose()


@contextmanager
def _refused(where: str, engine: "Engine | None" = None) -> Iterator[None]:
    """Tell what a database says of itself, but never its password."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - the same

    try:
        yield
    except ModuleNotFoundError as error:
        raise DatabaseRefused(where, f"its driver {error.name} is not installed") from error
    except (SQLAlchemyError, ValueError) as error:  # an @ in a password that is not escaped, say
        told = str(getattr(error, "orig", None) or "its address is none that SQLAlchemy knows")
        raise DatabaseRefused(where, _without_secrets(told, engine)) from None


def _without_secrets(told: str, engine: "Engine | None") -> str:
    """Take out of what a driver says the password, and whatever stands in the address's query."""
    if engine is None:
        return told
    values = (each for value in engine.url.query.values() for each in _texts(value))
    for hidden in filter(None, [engine.url.password, *values]):
        told = told.replace(hidden, "…")
    return told


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
