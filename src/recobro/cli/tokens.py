"""Tokens by which programs ask in a person's name."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recobro.cli.console import (
    JsonOption,
    answering,
    print_json,
    refusals,
    refuse,
    say,
    show,
    table,
)
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.user import named, shell

if TYPE_CHECKING:
    from recobro.office.tokens.models import Token

app = typer.Typer(no_args_is_help=True, help="Tokens by which programs ask in a person's name.")

UserArgument = Annotated[str, typer.Argument(help="The name that the person signs in with.")]
NameArgument = Annotated[str, typer.Argument(help="What the token is called: where it is used.")]


@app.callback()
def tokens() -> None:
    """Tokens by which programs ask in a person's name."""


@app.command()
def add(
    username: UserArgument,
    name: NameArgument,
    write: Annotated[bool, typer.Option("--write", help="It may write, not only read.")] = False,
    days: Annotated[int, typer.Option(help="For how many days it is good, up to 366.")] = 90,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make a token of a person's and print it, once; it opens what their posts open."""
    open_home(home)
    from recobro.office.tokens.operations import (  # noqa: PLC0415 - needs Django's settings
        give_token,
    )

    with refusals():
        token, secret = give_token(
            user=named(username),
            name=name,
            may_write=write,
            days=days,
            at=datetime.now(tz=UTC),
            by=shell(),
        )
    may = "reads and writes" if token.may_write else "reads"
    say(f"{token} {may} until {token.until_on}. This is it; nobody sees it again:")
    with answering():
        if not as_json:
            say(secret)
    if as_json:
        print_json({"token": secret, **_plain(token)})


@app.command("list")
def list_(
    username: Annotated[str, typer.Argument(help="Of one person; else of everybody.")] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """List the tokens that have not been ended."""
    open_home(home)
    from recobro.office.tokens.queries import every_token  # noqa: PLC0415 - needs Django's settings

    found = every_token()
    if username:
        found = found.filter(user=named(username))
    told = [_plain(token) for token in found]
    with answering():
        if told:
            _tell(told)
        else:
            say("There is no token.")
    if as_json:
        print_json({"tokens": told})


@app.command()
def end(
    username: UserArgument,
    name: NameArgument,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """End a token at once."""
    open_home(home)
    from recobro.office.tokens.operations import end_token  # noqa: PLC0415 - needs Django's settings
    from recobro.office.tokens.queries import tokens_of  # noqa: PLC0415 - the same

    token = tokens_of(named(username)).filter(name=name).first()
    if token is None:
        refuse(
            f"{username} has no token {name!r}; nothing was changed. See which there are: "
            f"recobro token list {username}"
        )
    with refusals():
        end_token(token=token, at=datetime.now(tz=UTC), by=shell())
    say(f"{token} has ended: whoever shows it is refused from now on.")
    if as_json:
        print_json({"username": username, "name": name})


def _plain(token: "Token") -> dict[str, Any]:
    return {
        "username": token.user.username,
        "name": token.name,
        "may_write": token.may_write,
        "given_on": token.given_at.date(),
        "until_on": token.until_on,
        "used_on": token.used_on,
    }


def _tell(told: list[dict[str, Any]]) -> None:
    shown = table()
    for head in ("user", "token", "may", "given on", "good until", "last used"):
        shown.add_column(head, overflow="fold")
    for one in told:
        shown.add_row(
            one["username"],
            one["name"],
            "read and write" if one["may_write"] else "read",
            *(str(one[day] or "—") for day in ("given_on", "until_on", "used_on")),
        )
    show(shown)
