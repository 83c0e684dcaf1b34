"""People who sign in to the pages."""

import sys
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recobro.cli.console import JsonOption, print_json, refusals, refuse, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.serve import bring_up_to_date
from recobro.office.people.enums import Role

if TYPE_CHECKING:
    from recobro.office.people.models import User

_NAME_ANOTHER = (
    "Nothing was changed. Name a file that holds the password and nothing else, or - for standard "
    "input."
)

app = typer.Typer(no_args_is_help=True, help="People who sign in to the pages.")


def _role(told: str) -> str:
    if told in set(Role):
        return told
    reason = f"{told!r}: choose one of {', '.join(Role)}."
    raise typer.BadParameter(reason)


@app.callback()
def people() -> None:
    """People who sign in to the pages."""


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option(callback=_role, help=f"The first post: {', '.join(Role)}.")],
    institution: Annotated[str, typer.Option(help="The institution_id of the first post.")],
    name: Annotated[str, typer.Option(help="The person's own name.")] = "",
    staff_id: Annotated[
        str, typer.Option(help="Who this is in core banking; they never collect loans they made.")
    ] = "",
    language: Annotated[str, typer.Option(help="en, es or zh.")] = "en",
    password_file: Annotated[
        Path | None, typer.Option(help="A file with the first password; - reads standard input.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Give somebody an account and a first post; the password is asked for."""
    bank = open_home(home)
    from recobro.office.people.operations import add_user  # noqa: PLC0415 - needs Django's settings
    from recobro.reports.language import language as known  # noqa: PLC0415 - the same

    bring_up_to_date(bank)  # a bank that has just been closed has its institutions then
    with refusals():
        known(language)
        added = add_user(
            username=username,
            password=_password(password_file),
            role=Role(role),
            institution_id=institution,
            at=datetime.now(tz=UTC),
            name=name,
            staff_id=staff_id,
            language=language,
            must_change=True,
            by=shell(),
        )
    if as_json:
        print_json({"username": added.username, "role": role, "institution": institution})
    say(f"{added} can sign in as {added.username}: {role} at {institution}.")


@app.command()
def password(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    password_file: Annotated[
        Path | None, typer.Option(help="A file with the password; - reads standard input.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Give somebody a password with which to choose another; open sessions end."""
    open_home(home)
    from recobro.office.people.operations import (  # noqa: PLC0415 - needs Django's settings
        change_password,
    )

    with refusals():
        changed = change_password(
            user=named(username),
            password=_password(password_file),
            at=datetime.now(tz=UTC),
            by=shell(),
            must_change=True,
        )
    if as_json:
        print_json({"username": changed.username})
    say(f"{changed.username} can sign in with it, and must choose another.")


@app.command()
def end(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept in the journal.")] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """End somebody's account at once; what they did stays."""
    open_home(home)
    from recobro.office.people.operations import (  # noqa: PLC0415 - needs Django's settings
        end_account,
    )

    with refusals():
        ended = end_account(
            user=named(username), at=datetime.now(tz=UTC), by=shell(), reason=reason
        )
    if as_json:
        print_json({"username": ended.username})
    say(f"{ended.username} can no longer sign in. Hand their open cases over to somebody else.")


def named(username: str) -> "User":
    """Return who signs in with a name, or end with a refusal."""
    from recobro.office.people.models import User  # noqa: PLC0415 - needs Django's settings

    found = User.objects.filter(username=username).first()
    if found is None:
        refuse(
            f"There is no user {username!r}; nothing was changed. Write the name as it was given."
        )
    return found


def shell() -> str:
    """Return who sits at the machine, told apart from whoever signs in to the pages."""
    return f"shell:{getuser()}"


def _password(file: Path | None) -> str:
    if file is None:
        asked: str = typer.prompt("First password", hide_input=True, confirmation_prompt=True)
        return asked
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}. {_NAME_ANOTHER}")
    except UnicodeDecodeError:
        refuse(f"{file} is not text in UTF-8. {_NAME_ANOTHER}")
    return text.strip("\r\n")
