from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from recobro.cli.console import Exit, JsonOption, Steps, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import AsOfOption, PolicyOption, day

_WORDS = {
    "settle": "Settling payments",
    "standings": "Grading every loan",
    "figures": "Adding up the figures",
    "checks": "Checking",
    "publish": "Publishing",
}


def close(
    as_of: AsOfOption,
    backend: Annotated[
        Literal["duckdb", "spark"], typer.Option(help="The engine that grades the loans.")
    ] = "duckdb",
    policy: PolicyOption = None,
    facts_version: Annotated[
        int | None, typer.Option(help="Close on the facts after this load; default: the newest.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Close a day: where every loan stands, checked and published."""
    bank = open_home(home)
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        done = operations.close(
            home=bank,
            on=day(as_of),
            policy=bank.policy(policy),
            at=datetime.now(tz=UTC),
            backend=backend,
            facts_version=facts_version,
            progress=progress,
        )
    loans = "1 loan" if done.standings == 1 else f"{done.standings:,} loans"
    say(
        f"Closed {done.as_of}: {loans}, policy {done.policy_name}, "
        f"facts of load {done.facts_version}, fingerprint {done.fingerprint}."
    )
    for check in done.checks:
        if check["rows"]:
            rows = "1 row" if check["rows"] == 1 else f"{check['rows']:,} rows"
            say(f"Published with a mark: the check {check['name']} warns of {rows}.")
    if as_json:
        print_json(
            {
                "as_of": done.as_of,
                "standings": done.standings,
                "facts_version": done.facts_version,
                "policy": done.policy_name,
                "policy_hash": done.policy_hash,
                "fingerprint": done.fingerprint,
                "checks": done.checks,
            }
        )
    if done.marked:
        raise typer.Exit(Exit.MARKED)
