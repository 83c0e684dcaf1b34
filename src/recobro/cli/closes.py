from typing import TYPE_CHECKING, Any

from recobro.cli.console import JsonOption, answering, moment, print_json, say, show, table, wide
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import LimitOption

if TYPE_CHECKING:
    from recobro.book.models import Close


_SHORT = 8
"""Digits of a fingerprint that tell two closes apart where there is no room for all."""


def closes(
    limit: LimitOption = 20, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """List the published closes, latest day first: when, on what facts and policy, with what mark.

    Where a day was closed more than once, the first listed is in force.
    """
    open_home(home)
    from recobro.runs import queries  # noqa: PLC0415 - needs Django's settings

    newest, total = queries.newest_closes(limit)
    in_force = {one.as_of: one.pk for one in reversed(newest)}
    told = [_plain(one, in_force=in_force[one.as_of] == one.pk) for one in newest]
    with answering():
        if told:
            _tell(newest, told)
        if total > len(newest):
            say(f"{total - len(newest):,} older: --limit {total}")
        if not total:
            say("No day has been closed yet. Close one: recobro close --as-of DATE")
    if as_json:
        print_json({"total": total, "closes": told})


def _tell(closes: "list[Close]", told: list[dict[str, Any]]) -> None:
    shown = table()
    for head in ("as of", "published at", "policy", "facts", "loans", "fingerprint"):
        shown.add_column(head, justify="right" if head in {"facts", "loans"} else "left")
    shown.add_column("checks", overflow="fold")
    for one, plain in zip(closes, told, strict=True):
        warns = [f"{each['name']} {each['rows']:,}" for each in one.checks if each["rows"]]
        shown.add_row(
            str(one.as_of),
            moment(one.published_at),
            one.policy_name,
            f"load {one.facts_version}",
            f"{one.standings:,}",
            one.fingerprint.rpartition("-")[2][: None if wide() else _SHORT],
            ", ".join(warns) or "all hold",
            style=None if plain["in_force"] else "dim",
        )
    show(shown)


def _plain(one: "Close", *, in_force: bool) -> dict[str, Any]:
    return {
        "as_of": one.as_of,
        "in_force": in_force,
        "published_at": one.published_at.isoformat(),
        "policy": one.policy_name,
        "policy_hash": one.policy_hash,
        "facts_version": one.facts_version,
        "backend": one.backend,
        "standings": one.standings,
        "fingerprint": one.fingerprint,
        "checks": one.checks,
    }
