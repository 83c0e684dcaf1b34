"""Whether another program's rows are ours, column by column."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from recobro.engine.tables import MONEY, STANDINGS

_FIGURES_KEY: Final = ("currency", "institution_id", '"by"', "value")
_FIGURES: Final = {
    "loans": "loans",
    "outstanding_principal": "(outstanding_principal * 100)::BIGINT",
    "nonperforming_principal": "(nonperforming_principal * 100)::BIGINT",
    "nonperforming_ratio": "(nonperforming_ratio * 1000000)::BIGINT",
    "overdue_amount": "(overdue_amount * 100)::BIGINT",
    "provision": "(provision * 100)::BIGINT",
}
_OURS: Final = {"grade_reasons": "array_to_string(grade_reasons, ';')"}
_THEIRS: Final = {"grade_reasons": "coalesce(grade_reasons, '')"}


class RowsDiffer(RuntimeError):
    """Another program finds something else than we do."""

    def __init__(self, who: str, differences: Mapping[str, int]) -> None:
        told = ", ".join(f"{rows} in {column}" for column, rows in differences.items() if rows)
        super().__init__(f"{who} has other rows than ours: {told}. No speed is worth telling.")


def check(who: str, ours: Path, theirs: Path) -> None:
    """Compare the files standings and figures of two folders; raise RowsDiffer.

    Ours are as exported to Parquet, in decimals; theirs, Parquet or CSV, in cents and
    millionths.
    """
    differences = standings(ours, theirs) | figures(ours, theirs)
    if any(differences.values()):
        raise RowsDiffer(who, differences)


def standings(ours: Path, theirs: Path) -> dict[str, int]:
    """Return the number of loans that differ, by column; `missing` is in one of the two only."""
    columns = {
        name: f"({name} * 100)::BIGINT" if name in MONEY else _OURS.get(name, name)
        for name in STANDINGS.names
        if name != "loan_id"
    }
    return _differences("standings", (ours, theirs), ("loan_id",), columns)


def figures(ours: Path, theirs: Path) -> dict[str, int]:
    """Return the number of figures that differ, by column."""
    found = _differences("figures", (ours, theirs), _FIGURES_KEY, _FIGURES)
    return {f"figures: {name}": rows for name, rows in found.items()}


def _differences(
    table: str, folders: tuple[Path, Path], key: Sequence[str], columns: Mapping[str, str]
) -> dict[str, int]:
    keys = ", ".join(f"coalesce({name}, '') AS {name}" for name in key)
    ours = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    theirs = ", ".join(f"{_THEIRS.get(name, name)} AS {name}" for name in columns)
    counts = ", ".join(
        f"count_if(o.{name} IS DISTINCT FROM t.{name} AND o.here AND t.here)" for name in columns
    )
    files = [next(folder.glob(f"{table}.*")) for folder in folders]
    query = f"""
        SELECT count_if(o.here IS NULL OR t.here IS NULL), {counts}
        FROM (SELECT {keys}, {ours}, true AS here FROM '{files[0]}') o
        FULL JOIN (SELECT {keys}, {theirs}, true AS here FROM '{files[1]}') t
        USING ({", ".join(key)})
    """  # noqa: S608 - our own names and files
    with duckdb.connect() as connection:
        found = connection.execute(query).fetchall()[0]
    return dict(zip(("missing", *columns), found, strict=True))
