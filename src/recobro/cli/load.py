from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from recobro.cli.console import Exit, JsonOption, Steps, console, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import DAY_FORMATS, day
from recobro.terms.money import amount

_WORDS = {"write": "Writing the book", "settle": "Settling payments"}


def load(
    path: Annotated[Path, typer.Argument(help="A folder, or a workbook, with the bank's tables.")],
    kind: Annotated[
        Literal["full", "delta"],
        typer.Option(help="full replaces the tables delivered; delta adds."),
    ] = "full",
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="mapping.toml of a layout with other names or shapes.",
        ),
    ] = None,
    suggest_mapping: Annotated[
        bool,
        typer.Option(
            "--suggest-mapping", help="Propose a mapping on standard output; load nothing."
        ),
    ] = False,
    delivered_on: Annotated[
        datetime | None, typer.Option(formats=DAY_FORMATS, help="The day the figures are of.")
    ] = None,
    accept_drop: Annotated[
        int | None, typer.Option(help="Accept a full delivery that lacks so many known loans.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Load a delivery of the bank's data into the book."""
    bank = open_home(home)
    from recobro.runs import operations, queries  # noqa: PLC0415 - needs Django's settings

    with refusals():
        if suggest_mapping:
            typer.echo(queries.suggested_mapping(path))
            return
        with Steps(_WORDS) as progress:
            done = operations.load(
                home=bank,
                path=path,
                kind=kind,
                at=datetime.now(tz=UTC),
                policy=bank.policy(),
                mapping=mapping,
                delivered_on=day(delivered_on) if delivered_on else None,
                accept_drop=accept_drop,
                progress=progress,
            )
    if done is None:
        say("Nothing changed: the same rows were loaded last.")
        if as_json:
            print_json({"load": None, "tables": {}, "findings": {}})
        return
    _tell(done.tables, done.findings, done.number)
    if as_json:
        print_json(
            {
                "load": done.number,
                "kind": done.kind,
                "tables": done.tables,
                "findings": done.findings,
            }
        )
    if any(table["rejected"] for table in done.tables.values()):
        raise typer.Exit(Exit.MARKED)


def _tell(tables: dict[str, Any], findings: dict[str, int], number: int) -> None:
    shown = Table(title=f"Load {number}", title_justify="left")
    shown.add_column("table")
    for column in ("rows read", "accepted", "rejected", "money read", "accepted", "rejected"):
        shown.add_column(column, justify="right")
    for name, table in tables.items():
        rows = [f"{table[part]:,}" for part in ("read", "accepted", "rejected")]
        money = [
            "\n".join(
                f"{amount(sums[part], code):,} {code}" for code, sums in table["money"].items()
            )
            for part in ("read", "accepted", "rejected")
        ]
        shown.add_row(name, *rows, *money)
    console.print(shown)
    for code, count in sorted(findings.items()):
        say(f"{count:,} × {code}")
