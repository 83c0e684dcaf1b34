"""The record of every decision: proved, sealed, read."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from recobro.cli.console import (
    Exit,
    JsonOption,
    answering,
    print_json,
    refusals,
    say,
    show,
    table,
)
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home

if TYPE_CHECKING:
    from recobro.journal.queries import Proof

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command()
def verify(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Prove that no entry was changed, put in or taken out since it was written."""
    bank = open_home(home)
    from recobro.journal.models import Seal  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.queries import verify as run  # noqa: PLC0415 - the same
    from recobro.journal.seals import key_of, seal_folder  # noqa: PLC0415 - the same

    folder = seal_folder(bank.path)
    with refusals(), bank.told():
        made = Seal.objects.exists() or any(folder.glob("*.json"))
        proof = run(folder=folder, key=key_of(bank.path, made=made))
    breaks = proof.breaks
    tell(proof, Seal.objects.count())
    if as_json:
        print_json(
            {
                "entries": proof.entries,
                "unsealed": proof.unsealed,
                "breaks": [{"where": one.where, "what": one.what} for one in breaks],
            }
        )
    if breaks:
        raise typer.Exit(Exit.REFUSED)


@app.command()
def seal(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Seal what has been written so far; the worker does so every few minutes."""
    bank = open_home(home)
    from recobro.journal import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.models import Seal  # noqa: PLC0415 - the same
    from recobro.journal.seals import key_of, seal_folder  # noqa: PLC0415 - the same

    with refusals(), bank.told():
        made = operations.seal(
            folder=seal_folder(bank.path),
            key=key_of(bank.path, made=Seal.objects.exists()),
            at=datetime.now(tz=UTC),
        )
    say(f"Made {made}." if made else "Nothing has been written since the last seal.")
    if as_json:
        print_json({"seal": made and made.number, "chains": len(made.heads) if made else 0})


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Show the newest entries."""
    bank = open_home(home)
    from recobro.journal.models import Entry  # noqa: PLC0415 - needs Django's settings

    with refusals(), bank.told():
        entries = list(Entry.objects.all()[:limit])
        total = Entry.objects.count()
    shown = table(f"{len(entries):,} of {total:,} entries, newest first")
    for column in ("at (UTC)", "by", "act", "subject", "chain"):
        shown.add_column(column, overflow="fold")
    for one in entries:
        at = f"{one.at:%Y-%m-%d %H:%M:%S}"
        shown.add_row(at, one.by, one.act, one.subject, f"{one.chain} {one.position}")
    with answering():
        show(shown)
    if as_json:
        rows = [{**one.content, "digest": one.digest} for one in entries]
        print_json({"total": total, "entries": rows})


def tell(proof: "Proof", seals: int) -> None:
    """Show what a look at the journal found."""
    told = "1 entry" if proof.entries == 1 else f"{proof.entries:,} entries"
    if not proof.breaks:
        later = f" ({proof.unsealed:,} not sealed yet)" if proof.unsealed else ""
        hold = "1 seal holds" if seals == 1 else f"{seals:,} seals hold"
        say(f"{told}{later}, each as it was written; {hold}.")
        return
    shown = table("What is not as it was written")
    shown.add_column("where", overflow="fold")
    shown.add_column("what", overflow="fold")
    for one in proof.breaks:
        shown.add_row(one.where, one.what)
    with answering():
        show(shown)
    single = len(proof.breaks) == 1
    wrong = (
        "1 place is not as it was"
        if single
        else f"{len(proof.breaks):,} places are not as they were"
    )
    say(f"Of {told}, {wrong} written.", style="red")
