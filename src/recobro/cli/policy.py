"""The bank's rules, checked and told."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from recobro.cli.console import Exit, console, refuse, say
from recobro.cli.home import DEFAULT_HOME, HomeOption
from recobro.policy import Policy, PolicyRefused, describe, preset, read, rules
from recobro.policy import check as problems_in

app = typer.Typer(help="The bank's rules, checked and told.", no_args_is_help=True)

FileArgument = Annotated[
    Path | None, typer.Argument(help="A policy file; default: policy.toml of the home.")
]


@app.command()
def check(file: FileArgument = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Say what is wrong in a policy file, where, and what was meant."""
    file = file or home / "policy.toml"
    problems = problems_in(file)
    for problem in problems:
        say(str(problem))
    if problems:
        raise typer.Exit(Exit.REFUSED)
    say(f"{file} is a policy that can be used.")


@app.command()
def show(file: FileArgument = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Print every rule of a policy, and which rules of its preset are not built."""
    default = home / "policy.toml"
    try:
        policy = read(file or default) if file or default.exists() else preset("cn")
    except PolicyRefused as refused:
        refuse(str(refused))
    console.print(_keys(policy))
    console.print(_built(policy))


def _keys(policy: Policy) -> Table:
    told = Table(
        "key", "value", "preset", "meaning", title=f"Policy {policy.name}", title_justify="left"
    )
    for row in describe(policy):
        told.add_row(row.key, row.value, row.preset_value or "", row.meaning)
    return told


def _built(policy: Policy) -> Table:
    built = Table(
        "rule", "built", "source", title=f"Rules of {policy.extends}", title_justify="left"
    )
    for rule in rules():
        if rule.preset == policy.extends:
            built.add_row(rule.rule, "yes" if rule.built else "not built", rule.source)
    return built
