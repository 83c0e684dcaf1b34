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
    from recobro.book.models import Institution
    from recobro.office.people.models import Post, User

ReasonOption = Annotated[str, typer.Option(help="Why; it is kept in the journal.")]
SuccessorOption = Annotated[
    str, typer.Option(help="The user name of whoever takes over their open cases.")
]
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
def post(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option(callback=_role, help=f"The role: {', '.join(Role)}.")],
    institution: Annotated[str, typer.Option(help="The institution_id of the post.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Give somebody another post, from today on."""
    open_home(home)
    from recobro.office.people.operations import give_post  # noqa: PLC0415 - needs Django's settings

    user, place = named(username), _institution(institution)
    with refusals():
        give_post(
            user=user, role=Role(role), institution=place, at=datetime.now(tz=UTC), by=shell()
        )
    if as_json:
        print_json({"username": username, "role": role, "institution": institution})
    say(f"{username} holds a post more: {role} at {institution}.")


@app.command()
def end_post(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option(callback=_role, help=f"The role: {', '.join(Role)}.")],
    institution: Annotated[str, typer.Option(help="The institution_id of the post.")],
    reason: ReasonOption = "",
    successor: SuccessorOption = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """End a post at once; open cases that it was for go to a successor."""
    open_home(home)
    from recobro.casework.case import operations  # noqa: PLC0415 - needs Django's settings

    taker = named(successor) if successor else None
    with refusals():
        taken = operations.end_post(
            post=_held(username, role, institution),
            at=datetime.now(tz=UTC),
            by=shell(),
            reason=reason,
            successor=taker,
        )
    if as_json:
        print_json({"username": username, "cases": taken, "successor": successor or None})
    say(f"{username} is no longer {role} at {institution}.{_taken(taken, successor)}")


@app.command()
def end(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    reason: ReasonOption = "",
    successor: SuccessorOption = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """End somebody's account and posts at once; their open cases go to a successor."""
    open_home(home)
    from recobro.casework.case import operations  # noqa: PLC0415 - needs Django's settings

    user, taker = named(username), named(successor) if successor else None
    with refusals():
        taken = operations.end_account(
            user=user, at=datetime.now(tz=UTC), by=shell(), reason=reason, successor=taker
        )
    if as_json:
        print_json({"username": username, "cases": taken, "successor": successor or None})
    say(f"{username} can no longer sign in.{_taken(taken, successor)}")


@app.command()
def reset_second_factor(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Take the second factor of somebody away who has lost it; they can set up another."""
    open_home(home)
    from recobro.office.people.operations import (  # noqa: PLC0415 - needs Django's settings
        remove_second_factor,
    )

    with refusals():
        remove_second_factor(user=named(username), at=datetime.now(tz=UTC), by=shell())
    if as_json:
        print_json({"username": username})
    say(f"{username} signs in with the password alone until they set up another second factor.")


@app.command()
def unbind(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Forget who somebody is at the bank's identity provider; who comes next is bound."""
    open_home(home)
    from recobro.office.people.operations import unbind as forget  # noqa: PLC0415 - needs Django's settings

    with refusals():
        forget(user=named(username), at=datetime.now(tz=UTC), by=shell())
    if as_json:
        print_json({"username": username})
    say(f"Whoever next comes as {username} from the identity provider is bound to the account.")


def _taken(cases: int, successor: str) -> str:
    return f" Open cases that went to {successor}: {cases}." if cases else ""


def _held(username: str, role: str, institution: str) -> "Post":
    from recobro.office.people.queries import posts_of  # noqa: PLC0415 - needs Django's settings

    held = posts_of(named(username), on=datetime.now(tz=UTC).date())
    found = next(
        (one for one in held if (one.role, one.institution_id) == (role, institution)), None
    )
    if found is None:
        told = ", ".join(f"{one.role} at {one.institution_id}" for one in held) or "none"
        refuse(f"{username} holds no such post; nothing was changed. Held at present: {told}.")
    return found


def _institution(institution_id: str) -> "Institution":
    from recobro.book.models import Institution  # noqa: PLC0415 - needs Django's settings
    from recobro.office.people.operations import InstitutionUnknown  # noqa: PLC0415 - the same

    found = Institution.objects.filter(pk=institution_id).first()
    if found is None:
        refuse(str(InstitutionUnknown(institution_id)))
    return found


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
