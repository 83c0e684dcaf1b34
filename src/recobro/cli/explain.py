from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from recobro.cli.console import (
    JsonOption,
    Steps,
    answering,
    grid,
    print_json,
    refusals,
    say,
    show,
    table,
)
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import AsOfOption, day
from recobro.terms.grades import Grade
from recobro.terms.money import amount

if TYPE_CHECKING:
    from recobro.runs.explain import Explained, Floor, Instalment, Settled

_WORDS = {"explain": "Reading the loan's rows"}

_REASONS = {
    "days-past-due": "{days:,} days past due",
    "guarantee-matrix": "days past due for its kind of security",
    "restructured": "restructured in difficulty, and still observed",
    "renewal": "it repaid an older loan",
    "contagion": "other loans of the same company are bad",
    "judgement": "judged so by the risk department",
    "cure-hold": "was non-performing, and has not waited long enough",
}
_ROWS_SHOWN = 5

Money = Callable[[int], str]


def explain(
    loan_id: Annotated[str, typer.Argument(help="The loan's id, as core banking delivers it.")],
    as_of: AsOfOption,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Say why a loan has its grade: rules, dates, rows of the files; and what would cure it."""
    bank = open_home(home)
    from recobro.runs.explain import explain as run  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        progress("explain", 0, 1)
        found = run(home=bank, loan_id=loan_id, on=day(as_of))
    with answering():
        _tell(found)
    if as_json:
        print_json(_plain(found))


def _tell(found: "Explained") -> None:
    standing: Any = found.explanation.standing
    money = partial(_money, currency=str(standing["currency"]))
    _tell_standing(found, standing, money)
    _tell_rules(found)
    _tell_instalments(found)
    _tell_outlook(found, money)


def _money(minor_units: int, *, currency: str) -> str:
    return f"{amount(minor_units, currency):,} {currency}"


def _tell_standing(found: "Explained", standing: Any, money: Money) -> None:  # noqa: ANN401 - the columns of a close
    told = found.explanation
    own = standing["local_grade"]
    local = "" if own == standing["grade"] else f" ({own})"
    say(
        f"Loan {standing['loan_id']} at the close of {told.on}: {standing['grade']}{local}"
        f"{_gone(standing)}",
        style="bold",
    )
    shown = grid(2)
    shown.add_row("product", f"{standing['product']}, {standing['guarantee']}")
    shown.add_row("borrower", f"{standing['borrower_id']}, of {standing['institution_id']}")
    shown.add_row("outstanding", money(standing["outstanding_principal"]))
    shown.add_row("overdue", _overdue(found, standing, money))
    missed = f"{standing['missed_in_a_row']} in a row, {standing['missed_ever']} ever"
    shown.add_row("missed", f"{missed}: three-six" if standing["three_six"] else missed)
    shown.add_row("provision", money(standing["provision"]))
    shown.add_row("by", f"policy {found.policy.name}, facts of load {found.load.number}")
    show(shown)


def _gone(standing: Any) -> str:  # noqa: ANN401 - the columns of a close
    """Say how and when a loan left the balance sheet."""
    if standing["on_balance"]:
        return ""
    written_off, closed = standing["written_off_on"], standing["closed_on"]
    if closed is None or (written_off is not None and written_off <= closed):
        return f", written off on {written_off}"
    return f", {standing['closed_as'] or 'closed'} on {closed}"


def _overdue(found: "Explained", standing: Any, money: Money) -> str:  # noqa: ANN401 - the columns of a close
    overdue = money(standing["overdue_amount"])
    oldest = found.explanation.arrears.oldest
    if oldest is None:
        return overdue
    days = "1 day" if standing["days_past_due"] == 1 else f"{standing['days_past_due']:,} days"
    return (
        f"{overdue}, {days} past due: instalment {oldest.n} fell "
        f"due on {oldest.due_on} and lacks {money(oldest.unpaid)} ({found.place(oldest.record)})"
    )


def _tell_rules(found: "Explained") -> None:
    """Show the rules that hold the grade, worst first, then name those that were looked at."""
    floors = found.explanation.floors
    holding = sorted((one for one in floors if one.grade > 0), key=lambda one: -one.grade)
    say("\nWhy", style="bold")
    if not holding:
        say("No rule holds the grade down.")
    shown = grid(2)
    for floor in holding:
        _tell_floor(found, floor, shown)
    if holding:
        show(shown)
    if any(floor.until_on for floor in holding):
        say("Until: if the arrears are paid on the next day, and what comes due on its day.")
    idle = [one.step.code for one in floors if not one.grade]
    if idle:
        say(f"Looked at, and not the case: {', '.join(idle)}.")


def _tell_floor(found: "Explained", floor: "Floor", shown: Table) -> None:
    """Add a rule with the rows of the files and the numbers of the policy that it rests on."""
    code = floor.step.code
    until = f" until {floor.until_on}" if floor.until_on else ""
    why = _REASONS[code].format(days=found.explanation.standing["days_past_due"])
    shown.add_row(floor.grade.code, f"{code}{until}: {why}")
    rows = [found.place(record) for record in floor.step.records]
    for place in rows[:_ROWS_SHOWN]:
        shown.add_row("", f"- {place}", style="dim")
    if len(rows) > _ROWS_SHOWN:
        shown.add_row("", f"- and {len(rows) - _ROWS_SHOWN:,} more rows", style="dim")
    numbers = [f"{one.key} = {one.value}" for one in floor.step.numbers]
    if numbers:
        shown.add_row("", f"- {', '.join(numbers)}", style="dim")


def _tell_instalments(found: "Explained") -> None:
    told = found.explanation
    currency = str(told.standing["currency"])
    due = [one for one in told.instalments if one.due_on <= told.on]
    say("")
    if not due:
        say("No instalment has fallen due yet.")
        return
    shown = table("Instalments due, and what settled them")
    for column in ("n", "due on", "asked", "unpaid", "settled on", "days late"):
        shown.add_column(column, justify="right", no_wrap=True)
    shown.add_column("by", overflow="fold")
    for one in due:
        shown.add_row(
            str(one.n),
            str(one.due_on),
            f"{amount(one.asked, currency):,}",
            f"{amount(one.unpaid, currency):,}" if one.unpaid else "",
            str(one.settled_on or "—"),
            f"{one.days_late:,}" if one.days_late else "",
            "\n".join(_payment(each, one) for each in one.settled),
        )
    show(shown)


def _payment(one: "Settled", of: "Instalment") -> str:
    """Name a payment, with its day where the row does not tell it."""
    return one.payment_id if one.paid_on == of.settled_on else f"{one.payment_id} on {one.paid_on}"


def _tell_outlook(found: "Explained", money: Money) -> None:
    outlook = found.explanation.outlook
    if outlook.returns:
        say("\nWhat would cure it", style="bold")
    for way in outlook.returns:
        pay = f"pay {money(way.amount)} by {way.by}" if way.amount else "nothing to be paid now"
        coming = sum(each.amount for each in way.coming)
        then = f", then {money(coming)} on the coming due dates" if coming else ""
        say(f"  {pay}{then} → {way.grade.code} on {way.on}")
    fall = outlook.fall
    if fall is None:
        return
    saved = f"pay {money(fall.amount)} by {fall.by}" if fall.amount else "no payment on it does"
    say("\nIf nothing is paid", style="bold")
    say(f"  it falls to {fall.grade.code} on {fall.on} ({', '.join(fall.reasons)})")
    say(f"  to prevent it: {saved}")


def _plain(found: "Explained") -> dict[str, Any]:
    return {
        "policy": found.policy.name,
        "facts_version": found.load.number,
        **_values(found.explanation),
    }


def _values(told: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what an explanation holds as JSON has it; grades by their codes."""
    match told:
        case Grade():
            return told.code
        case Mapping():
            return {name: _values(value) for name, value in told.items()}
        case list() | tuple():
            return [_values(value) for value in told]
        case _ if is_dataclass(told):
            return {each.name: _values(getattr(told, each.name)) for each in fields(told)}
    return told
