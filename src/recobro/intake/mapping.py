"""A bank's mapping file: how its extract becomes the tables of the contract."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from recobro.intake.csv import Format
from recobro.intake.parquet import ROW
from recobro.intake.refusals import DeliveryRefused
from recobro.intake.tables import CONTRACTS
from recobro.terms.refusal import Listing, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as ReadOnly
    from pathlib import Path


_ENCODINGS = Phrase("is none that is known; write utf-8, gb18030 or latin-1")


class MappingInvalid(DeliveryRefused):
    """The mapping file says something that it cannot mean."""

    says = "{where}: {reason}. Nothing was changed. Correct the mapping."

    def __init__(self, name: str, line: int | None, reason: str) -> None:
        where = Phrase("{file}, line {line}", file=name, line=str(line)) if line else name
        super().__init__(where=where, reason=reason)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """An expression over source columns, and how its text is to be understood."""

    expression: str
    values: ReadOnly[str, str] = field(default_factory=dict)
    date: str | None = None
    decimal: str | None = None
    thousands: str | None = None


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One table of the contract: columns of one source, or a query over all."""

    columns: ReadOnly[str, MappedColumn] = field(default_factory=dict)
    source: str | None = None
    where: str | None = None
    sql: str | None = None

    @property
    def sources(self) -> set[str]:
        """The names of the sources that it reads."""
        if self.sql is None:
            return {self.source or ""}
        query = sqlglot.parse_one(self.sql, read="duckdb")
        named = {table.name for table in query.find_all(exp.Table) if table.name}
        return named - {cte.alias for cte in query.find_all(exp.CTE)}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the extract that needs a word about how to read it."""

    file: str | None = None
    form: Format = field(default_factory=Format)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The whole mapping file. `name` is what messages call it."""

    name: str
    files: ReadOnly[str, SourceFile]
    tables: ReadOnly[str, MappedTable]

    @classmethod
    def load(cls, path: Path) -> Mapping:
        """Read a mapping file.

        Raises MappingInvalid, which names the line and the key.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise MappingInvalid(
                path.name, None, Phrase("it is not text in UTF-8; save it so")
            ) from error
        return parse(text, path.name)


def parse(text: str, name: str = "mapping.toml") -> Mapping:
    """Read the text of a mapping file.

    Raises MappingInvalid, which names the line and the key.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(name, None, Phrase("it is no TOML ({error})", error=error)) from error
    reader = _Reader(text, name)
    reader.only(content, ("files", "tables"), Phrase("mapping"))
    files = {key: reader.file(key, value) for key, value in content.get("files", {}).items()}
    tables = {key: reader.table(key, value) for key, value in content.get("tables", {}).items()}
    if not tables:
        raise MappingInvalid(name, None, Phrase("it maps no table: write [tables.loans] and so on"))
    return Mapping(name, files, tables)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the parts of a mapping file, with the text at hand to name the line of an error."""

    text: str
    name: str

    def invalid(self, key: str, reason: str) -> MappingInvalid:
        """Return the error about a key, with the line on which it stands."""
        lines = enumerate(self.text.splitlines(), 1)
        wanted = re.compile(rf"(^|[.\[\s{{,\"']){re.escape(key)}([\].\s=\"']|$)")
        return MappingInvalid(
            self.name, next((n for n, s in lines if wanted.search(s)), None), reason
        )

    def only(self, content: Iterable[str], known: Iterable[str], what: str) -> None:
        """Refuse a key that is not known, naming the nearest that is."""
        for key in content:
            if key not in known:
                near = get_close_matches(key, list(known), n=1)
                advice = (
                    Phrase("did you mean {name!r}", name=near[0])
                    if near
                    else Phrase("it knows {names}", names=Listing(known))
                )
                says = "{key!r} is nothing that {what} has; {advice}"
                raise self.invalid(key, Phrase(says, key=key, what=what, advice=advice))

    def texts(self, content: ReadOnly[str, Any], what: str) -> None:
        """Refuse a value that is not text."""
        for key, value in content.items():
            if not isinstance(value, str):
                says = "{key!r} of {what} must be text in quotes"
                raise self.invalid(key, Phrase(says, key=key, what=what))

    def file(self, key: str, content: dict[str, Any]) -> SourceFile:
        """Read how a source file is written."""
        self.only(
            content,
            ("file", "separator", "encoding", "quote", "columns"),
            Phrase("file {name}", name=key),
        )
        columns = tuple(content.pop("columns", ()))
        self.texts(content, Phrase("file {name}", name=key))
        file = content.pop("file", None)
        needs = {
            "separator": (len(content.get("separator", ",")) == 1, Phrase("must be one character")),
            "quote": (len(content.get("quote", "")) <= 1, Phrase("must be one character, or none")),
            "encoding": (_is_encoding(content.get("encoding", "utf-8")), _ENCODINGS),
        }
        for name, (fits, told) in needs.items():
            if not fits:
                says = "{name} of file {file} {told}"
                raise self.invalid(name, Phrase(says, name=name, file=key, told=told))
        return SourceFile(file, Format(**content, columns=columns))

    def table(self, key: str, content: dict[str, Any]) -> MappedTable:
        """Read where a table comes from: columns of one file, or a query over all."""
        self.only((key,), tuple(CONTRACTS), Phrase("the loan book"))
        self.only(content, ("from", "where", "columns", "sql"), Phrase("table {name}", name=key))
        columns = content.pop("columns", {})
        self.texts(content, Phrase("table {name}", name=key))
        if ("sql" in content) == ("from" in content):
            raise self.invalid(
                key, Phrase("table {name} needs either sql, or from and columns", name=key)
            )
        if "sql" in content:
            self.query(key, content["sql"])
            return MappedTable(sql=content["sql"])
        known = (*CONTRACTS[key].columns, ROW)
        self.only(columns, known, Phrase("table {name}", name=key))
        for missing in [name for name in CONTRACTS[key].key if name not in columns]:
            says = "table {name} needs the column {missing}, which is its key"
            raise self.invalid(key, Phrase(says, name=key, missing=missing))
        mapped = {name: self.column(name, value) for name, value in columns.items()}
        return MappedTable(mapped, content["from"], content.get("where"))

    def query(self, key: str, sql: str) -> None:
        """Refuse what is not one SELECT."""
        try:
            statements = sqlglot.parse(sql, read="duckdb")
        except sqlglot.ParseError as error:
            told = error.errors[0]
            says = "the sql of {name} cannot be read, its line {line}: {error}"
            line, description = str(told["line"]), told["description"]
            wrong = Phrase(says, name=key, line=line, error=description)
            raise self.invalid(key, wrong) from error
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            raise self.invalid(key, Phrase("the sql of {name} must be one SELECT", name=key))

    def column(self, key: str, content: str | dict[str, Any]) -> MappedColumn:
        """Read what a column is made from."""
        if isinstance(content, str):
            return MappedColumn(content)
        if not isinstance(content, dict) or "from" not in content:
            raise self.invalid(
                key, Phrase("column {name} needs an expression, or {{ from = … }}", name=key)
            )
        self.only(
            content,
            ("from", "values", "date", "decimal", "thousands"),
            Phrase("column {name}", name=key),
        )
        values = content.pop("values", {})
        self.texts(content | values, Phrase("column {name}", name=key))
        return MappedColumn(content.pop("from"), values, **content)


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True
