from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from recobro.cli.console import JsonOption, console, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import AsOfOption, day
from recobro.terms.money import amount

if TYPE_CHECKING:
    from recobro.runs.explaining import Explained


def explain(
    loan_id: Annotated[str, typer.Argument(help="The loan's id, as core banking delivers it.")],
    as_of: AsOfOption,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Say why a loan has its grade: rules, dates, rows of the files; and what would cure it."""
    bank = open_home(home)
    from recobro.runs.explaining import explain as run  # noqa: PLC0415 - needs Django's settings

    with refusals():
        found = run(home=bank, loan_id=loan_id, on=day(as_of))
    _tell(found)
    if as_json:
        print_json(_plain(found))


def _tell(found: "Explained") -> None:
    told = found.explanation
    standing: Any = told.standing
    currency = standing["currency"]

    def money(minor_units: int) -> str:
        return f"{amount(minor_units, currency):,} {currency}"

    say(
        f"Loan {standing['loan_id']} at the close of {told.on}: {standing['grade']}"
        f" ({standing['local_grade']}), {standing['days_past_due']} days past due.",
        style="bold",
    )
    say(
        f"Policy {found.policy.name}, facts of load {found.load.number}. "
        f"Outstanding {money(standing['outstanding_principal'])}, "
        f"overdue {money(standing['overdue_amount'])}, provision {money(standing['provision'])}."
    )
    oldest = told.arrears.oldest
    if oldest is not None:
        say(
            f"\nArrears: instalment {oldest.n} fell due on {oldest.due_on} and lacks "
            f"{money(oldest.unpaid)} ({found.place(oldest.record)}). "
            f"Missed {standing['missed_in_a_row']} in a row, {standing['missed_ever']} ever."
        )
    _tell_rules(found)
    _tell_instalments(found)
    _tell_outlook(found, money)


def _tell_rules(found: "Explained") -> None:
    shown = Table("rule", "grade", "until", "numbers of the policy", "rests on", title="Rules")
    for floor in found.explanation.floors:
        applies = floor.grade > 0
        numbers = "\n".join(f"{row.key} = {row.value}" for row in floor.step.numbers)
        rows = "\n".join(found.place(record) for record in floor.step.records[:3])
        until = str(floor.until_on or "—") if applies else ""
        shown.add_row(
            floor.step.code,
            floor.grade.code if applies else "does not apply",
            until,
            numbers,
            rows if applies else "",
            style=None if applies else "dim",
        )
    console.print(shown)


def _tell_instalments(found: "Explained") -> None:
    told = found.explanation
    currency = str(told.standing["currency"])
    shown = Table(title="Instalments due, and what settled them")
    for column in ("n", "due on", "asked", "unpaid", "settled on", "days late", "by"):
        shown.add_column(column, justify="left" if column == "by" else "right")
    for one in told.instalments:
        if one.due_on > told.on:
            break
        asked = one.fees_due + one.interest_due + one.principal_due
        shown.add_row(
            str(one.n),
            str(one.due_on),
            f"{amount(asked, currency):,}",
            f"{amount(one.unpaid, currency):,}",
            str(one.settled_on or "—"),
            str(one.days_late),
            ", ".join(f"{each.payment_id} ({each.paid_on})" for each in one.settled),
        )
    console.print(shown)


def _tell_outlook(found: "Explained", money: Any) -> None:  # noqa: ANN401 - a function of one int
    outlook = found.explanation.outlook
    if outlook.returns:
        say("\nWhat would cure it:", style="bold")
    for way in outlook.returns:
        coming = sum(each.amount for each in way.coming)
        then = f", and {money(coming)} on the coming due dates," if coming else ""
        say(f"  pay {money(way.amount)} by {way.by}{then} → {way.grade.code} on {way.on}")
    fall = outlook.fall
    if fall is None:
        return
    saved = f"pay {money(fall.amount)} by {fall.by}" if fall.amount else "no payment on it does"
    say(f"\nIf nothing is paid it falls to {fall.grade.code} on {fall.on}.")
    say(f"To prevent it: {saved}.")


def _plain(found: "Explained") -> dict[str, Any]:
    return {
        "policy": found.policy.name,
        "facts_version": found.load.number,
        **asdict(found.explanation),
    }
