from typing import TYPE_CHECKING, Any

from recobro.cli.console import JsonOption, answering, moment, print_json, say, show, table, wide
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import LimitOption

if TYPE_CHECKING:
    from recobro.runs.models import Load


def loads(
    limit: LimitOption = 20, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """List the loads, newest first: when, of what day, how many rows, how many findings."""
    open_home(home)
    from recobro.runs import queries  # noqa: PLC0415 - needs Django's settings

    newest, total = queries.newest_loads(limit)
    with answering():
        if newest:
            _tell(newest)
        if total > len(newest):
            say(f"{total - len(newest):,} older: --limit {total}")
        if not total:
            say("Nothing has been loaded yet. Load a delivery first: recobro load PATH")
    if as_json:
        print_json({"total": total, "loads": [_plain(one) for one in newest]})


def _tell(loads: "list[Load]") -> None:
    shown = table()
    shown.add_column("load", justify="right")
    shown.add_column("delivered on", no_wrap=True)
    shown.add_column("loaded at", no_wrap=True)
    shown.add_column("kind")
    for head in ("accepted", "rejected", "findings"):
        shown.add_column(head, justify="right")
    if wide():
        shown.add_column("from", overflow="fold")
    for one in loads:
        rows = _plain(one)
        shown.add_row(
            str(one.number),
            str(one.delivered_on or "—"),
            moment(one.finished_at),
            one.kind,
            *(f"{rows[name]:,}" for name in ("accepted", "rejected", "findings")),
            *([one.path] if wide() else []),
        )
    show(shown)


def _plain(one: "Load") -> dict[str, Any]:
    return {
        "load": one.number,
        "delivered_on": one.delivered_on,
        "loaded_at": one.finished_at.isoformat(),
        "kind": one.kind,
        "accepted": sum(table["accepted"] for table in one.tables.values()),
        "rejected": sum(table["rejected"] for table in one.tables.values()),
        "findings": sum(one.findings.values()),
        "path": one.path,
    }
