from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from recobro.cli.console import Exit, JsonOption, Steps, print_json, refusals, say, show, table
from recobro.cli.findings import tell_counts
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, open_home
from recobro.cli.options import DAY_FORMATS, day
from recobro.terms.money import amount

_WORDS = {
    "read": "Reading the delivery",
    "write": "Writing the book",
    "settle": "Settling payments",
}
_PARTS = ("read", "accepted", "rejected")


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
    from recobro.runs import layouts, operations  # noqa: PLC0415 - needs Django's settings

    with refusals():
        if suggest_mapping:
            _suggest(layouts.suggested_mapping(path), as_json=as_json)
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
    _tell_layout(done.layout)
    if done.findings:
        say(f"See each of them: recobro findings --load {done.number}{again(home)}")
    if as_json:
        print_json(
            {
                "load": done.number,
                "kind": done.kind,
                "tables": done.tables,
                "findings": done.findings,
                "layout": {name: done.layout.get(name) for name in ("since", "changed")},
            }
        )
    if any(table["rejected"] for table in done.tables.values()):
        raise typer.Exit(Exit.MARKED)


def _suggest(mapping: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"mapping": mapping})
    else:
        typer.echo(mapping)


def _tell_layout(layout: dict[str, Any]) -> None:
    """Say how an extract looks different from the one before, which rejected rows may come from."""
    if not layout.get("changed"):
        return
    say(f"The layout of this extract differs from that of load {layout['since']}:")
    for change in layout["changed"]:
        say(f"  {change['says']}")
    say(f"If rows were rejected for it, adapt {layout['mapping']} and deliver them again.")


def _tell(tables: dict[str, Any], findings: dict[str, int], number: int) -> None:
    rows = _account(f"Load {number}: rows", "table")
    rows.add_column("amounts unreadable", justify="right")
    brought = {name: taken for name, taken in tables.items() if taken["file"]}
    for name, taken in brought.items():
        unreadable = f"{taken['unreadable']:,}" if taken["unreadable"] else ""
        rows.add_row(name, *(f"{taken[part]:,}" for part in _PARTS), unreadable)
    show(rows)
    say("")
    money = _account("Money", "table", "currency")
    for name, taken in tables.items():
        for code, sums in taken["money"].items():
            money.add_row(name, code, *(f"{amount(sums[part], code):,}" for part in _PARTS))
    if money.row_count:
        show(money)
        say("")
    if findings:
        tell_counts(findings)


def _account(title: str, *heads: str) -> Table:
    shown = table(title)
    for head in heads:
        shown.add_column(head, no_wrap=True)
    for head in _PARTS:
        shown.add_column(head, justify="right")
    return shown
