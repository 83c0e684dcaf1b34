from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from recobro.cli.console import Exit, JsonOption, Steps, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, open_home
from recobro.cli.options import AsOfOption, PolicyOption, day
from recobro.terms.money import amount

if TYPE_CHECKING:
    from recobro.book.models import Close

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
    judged_up_to: Annotated[
        int | None,
        typer.Option(
            min=0, help="Take what was judged on the pages up to this number; default: all of it."
        ),
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
            judged_up_to=judged_up_to,
            progress=progress,
        )
    loans = _loans(done.standings)
    say(
        f"Closed {done.as_of}: {loans}, policy {done.policy_name}, "
        f"facts of load {done.facts_version}, fingerprint {done.fingerprint}."
    )
    _compare(done, again(home))
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
                "replaces": done.replaces and done.replaces.fingerprint,
                "changes": done.changes,
            }
        )
    if done.marked:
        raise typer.Exit(Exit.MARKED)


def _compare(done: "Close", home: str) -> None:
    """Say what a close of a day says otherwise than the one that was in force."""
    if done.replaces is None:
        return
    earlier = f"the close of {done.replaces.published_at:%Y-%m-%d %H:%M} UTC"
    if done.replaces.fingerprint == done.fingerprint:
        say(f"It says the same as {earlier}, which it replaces.")
        return
    say(
        f"It replaces {earlier} (facts of load {done.replaces.facts_version}, policy "
        f"{done.replaces.policy_name}), which said otherwise of:"
    )
    for told in done.changes:
        code = told["currency"]
        before, after = (
            amount(told[f"nonperforming_{side}"], code) for side in ("before", "after")
        )
        say(
            f"  {_loans(told['loans'])} in {code}: {told['became_nonperforming']:,} became "
            f"non-performing, {told['no_longer_nonperforming']:,} no longer are; their "
            f"non-performing balance was {before:,} and is {after:,}."
        )
    say(f"Each of them: recobro export changes --as-of {done.as_of} --to changes.xlsx{home}")


def _loans(number: int) -> str:
    return "1 loan" if number == 1 else f"{number:,} loans"
