"""The bank's rules, checked and told."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from recobro.cli.console import (
    Exit,
    JsonOption,
    answering,
    print_json,
    refusals,
    refuse,
    say,
    show,
    table,
    wide,
)
from recobro.cli.home import DEFAULT_HOME, HomeOption
from recobro.policy import PRESETS, Policy, describe, preset, read
from recobro.policy import Rule as PolicyRule
from recobro.policy import check as problems_in
from recobro.policy import rules as every_rule

app = typer.Typer(help="The bank's rules, checked and told.", no_args_is_help=True)

FileArgument = Annotated[
    Path | None, typer.Argument(help="A policy file; default: policy.toml of the home.")
]
PresetOption = Annotated[
    Literal["cn", "eu", "in"] | None,
    typer.Option("--preset", help="The rules that come with Recobro, instead of a bank's."),
]


@app.command()
def check(
    file: FileArgument = None, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """Say what is wrong in a policy file, where, and what was meant."""
    file = file or home / "policy.toml"
    problems = problems_in(file)
    for problem in problems:
        say(str(problem))
    if as_json:
        found = [asdict(problem) for problem in problems]
        print_json({"file": file, "usable": not problems, "problems": found})
    if problems:
        raise typer.Exit(Exit.REFUSED)
    say(f"{file} is a policy that can be used.")


@app.command("show")
def show_policy(
    file: FileArgument = None,
    preset_name: PresetOption = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Print every key of a policy, what it means, and which rules of its preset are not built."""
    policy = _read(file, preset_name, home)
    missing = [rule for rule in _rules(policy.extends) if not rule.built]
    with answering():
        _tell_keys(policy)
        say(f"\nRules of {policy.extends} that are not built yet", style="bold")
        _tell_rules(missing)
        say(f"\nAll rules, one by one: recobro policy rules --preset {policy.extends}")
    if as_json:
        print_json(
            {
                "name": policy.name,
                "extends": policy.extends,
                "hash": policy.hash,
                "keys": [asdict(row) for row in describe(policy)],
                "not_built": [asdict(rule) for rule in missing],
            }
        )


@app.command()
def rules(preset_name: PresetOption = None, as_json: JsonOption = False) -> None:
    """List the rules behind the presets one by one: built, by which key, or not built."""
    chosen = [preset_name] if preset_name else list(PRESETS)
    with answering():
        for name in chosen:
            own = _rules(name)
            built = sum(rule.built for rule in own)
            say(f"Rules of {name}: {built} of {len(own)} built", style="bold")
            _tell_rules(own)
            say("")
        say("A policy file that names the key of a rule that is not built is refused.")
    if as_json:
        print_json({"rules": [asdict(rule) for name in chosen for rule in _rules(name)]})


def _read(file: Path | None, preset_name: str | None, home: Path) -> Policy:
    if file is not None and preset_name is not None:
        refuse("Name a policy file or a preset, not both.")
    if preset_name is not None:
        return preset(preset_name)
    own = home / "policy.toml"
    with refusals():
        return read(file or own) if file or own.exists() else preset("cn")


def _rules(name: str) -> list[PolicyRule]:
    return [rule for rule in every_rule() if rule.preset == name]


def _tell_keys(policy: Policy) -> None:
    """Show the keys section by section, as the file has them; what the bank changed stands out."""
    shown = table(f"Policy {policy.name}, on the preset {policy.extends}")
    shown.add_column("key", no_wrap=True)
    shown.add_column("value", overflow="fold")
    shown.add_column("meaning", overflow="fold")
    before = ""
    for row in describe(policy):
        section, _, key = row.key.rpartition(".")
        if section != before:
            shown.add_row(Text(f"[{section}]", style="bold"), "", "")
            before = section
        changed = row.preset_value is not None
        value = f"{row.value} ({policy.extends}: {row.preset_value})" if changed else row.value
        shown.add_row(f"  {key}", value, row.meaning, style="bold" if changed else None)
    show(shown)


def _tell_rules(rules: list[PolicyRule]) -> None:
    shown = table()
    shown.add_column("built", no_wrap=True)
    shown.add_column("rule", overflow="fold", ratio=2)
    if wide():
        shown.add_column("key", no_wrap=True)
    shown.add_column("source", overflow="fold", ratio=1)
    for rule in rules:
        key = [rule.key] if wide() else []
        shown.add_row("yes" if rule.built else "not yet", rule.rule, *key, rule.source)
    show(shown)
