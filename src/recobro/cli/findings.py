from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from recobro.cli.console import JsonOption, answering, grid, print_json, refusals, say, show, table
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, open_home
from recobro.cli.options import LimitOption, LoadOption, load_number


def findings(
    load: LoadOption = "latest",
    code: Annotated[
        str | None, typer.Option(help="Only findings with this code, such as bad-date.")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--table", help="Only findings in this table, such as payments.")
    ] = None,
    limit: LimitOption = 50,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Look at the findings of a load: what is wrong with which row, and what to do."""
    bank = open_home(home)
    from recobro.runs.findings import findings as run  # noqa: PLC0415 - needs Django's settings

    with refusals():
        found = run(home=bank, number=load_number(load), code=code, table=of, limit=limit)
    number = found.load.number
    beyond = found.total - len(found.rows)
    with answering():
        _tell(found.rows)
        if beyond:
            say(
                f"{beyond:,} more. All of them in a file: "
                f"recobro export findings --load {number} --to findings.xlsx{again(home)}"
            )
        elif not found.total:
            asked = " like these" if code or of else ""
            say(f"Load {number} has no findings{asked}.")
    if as_json:
        print_json({"load": number, "total": found.total, "findings": found.rows})


def tell_counts(counts: Mapping[str, int]) -> None:
    """Show how many findings there are by code, those that rejected rows first."""
    from recobro.runs.findings import is_warning  # noqa: PLC0415 - needs Django's settings

    shown = grid(3)
    shown.columns[1].justify = "right"
    for warns in (False, True):
        for code, count in sorted(counts.items()):
            if is_warning(code) is warns:
                shown.add_row("warning" if warns else "rejected", f"{count:,}", code)
    show(shown)


def _tell(rows: list[Mapping[str, Any]]) -> None:
    """Show findings file by file, those that only warn apart: the place, the code, what to do."""
    groups = Counter((row["file"], row["warning"]) for row in rows)
    for (file, warning), count in groups.items():
        what = "warnings, the rows count" if warning else "rejected"
        shown = table(f"{file}: {what} ({count:,} shown)")
        shown.add_column("row", justify="right")
        shown.add_column("column", no_wrap=True)
        shown.add_column("finding", no_wrap=True)
        shown.add_column("what is wrong, and what to do", overflow="fold")
        for row in rows:
            if (row["file"], row["warning"]) == (file, warning):
                place = "" if row["row"] is None else str(row["row"])
                shown.add_row(place, row["column"] or "", row["code"], row["message"])
        show(shown)
        say("")
