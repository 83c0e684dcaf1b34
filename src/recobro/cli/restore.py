import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recobro.cli import doctor, journal
from recobro.cli.console import Exit, JsonOption, Steps, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, settle_on
from recobro.cli.user import shell
from recobro.doctor.diagnosis import Diagnosis, Verdict
from recobro.doctor.examination import examine

if TYPE_CHECKING:
    from recobro.journal.queries import Proof
    from recobro.runs.home import Home

_WORDS = {
    "check": "Checking the backup",
    "files": "Copying its files",
    "database": "Putting the database back",
}


def restore(
    backup: Annotated[Path, typer.Argument(help="The folder of one backup.")],
    check: Annotated[
        bool, typer.Option("--check", help="Read every file of the backup, and make nothing.")
    ] = False,
    journal_key: Annotated[
        Path | None,
        typer.Option(help="The copy of the key of the journal's seals, which no backup has."),
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make the bank of a backup in a new folder, and look it over.

    Exit code 1: it is there, but something is to be seen to.
    """
    os.umask(0o077)  # loans are personal data
    with refusals():
        settle_on(home)
        if check:
            _check(backup, as_json=as_json)
            return
    from recobro.backups import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    bank = Home(home.resolve())
    with refusals(), Steps(_WORDS) as progress:
        told = operations.restore(
            backup=backup,
            home=bank,
            at=datetime.now(tz=UTC),
            key=journal_key,
            by=shell(),
            progress=progress,
        )
    say(f"{home} is the bank as it was {told.made_at:%Y-%m-%d %H:%M} UTC.")
    found, proof = _examined(bank), _proof(bank)
    doctor.tell([one for one in found if one.verdict is not Verdict.WELL])
    _tell_journal(bank, proof)
    say(
        "What was ended since then is open again: look at accounts, posts and tokens before you "
        f"open its pages (recobro serve{again(home)})."
    )
    if as_json:
        print_json(
            {
                "home": bank.path,
                "of": told.made_at.isoformat(),
                "files": len(told.parts),
                "checks": [doctor.plain(one) for one in found],
                "journal": _plain(proof),
            }
        )
    if proof is None or proof.breaks or any(one.verdict is Verdict.BROKEN for one in found):
        raise typer.Exit(Exit.MARKED)


def _check(backup: Path, *, as_json: bool) -> None:
    from recobro.backups.checking import checked  # noqa: PLC0415 - needs Django's settings

    with Steps({"check": _WORDS["check"]}) as progress:
        told = checked(backup, progress=progress)
    made = f"{told.made_at:%Y-%m-%d %H:%M} UTC"
    say(f"{backup} is whole: {len(told.parts):,} files as they were written, of {made}.")
    if as_json:
        print_json({"backup": backup, "of": told.made_at.isoformat(), "files": len(told.parts)})


def _examined(bank: "Home") -> list[Diagnosis]:
    connect = partial(settle_on, bank.path)
    with Steps(doctor.WORDS) as progress:
        at = datetime.now(tz=UTC)
        return list(examine(bank.path, at=at, deep=False, connect=connect, progress=progress))


def _proof(bank: "Home") -> "Proof | None":
    """Prove the journal; nothing where the key of its seals is not at hand."""
    from recobro.journal.models import Seal  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.queries import verify  # noqa: PLC0415 - the same
    from recobro.journal.seals import KeyMissing, key_of, seal_folder  # noqa: PLC0415 - the same

    try:
        key = key_of(bank.path, made=Seal.objects.exists())
    except KeyMissing:
        return None
    return verify(folder=seal_folder(bank.path), key=key)


def _tell_journal(bank: "Home", proof: "Proof | None") -> None:
    from recobro.journal.models import Seal  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.seals import key_file  # noqa: PLC0415 - the same

    if proof is not None:
        journal.tell(proof, Seal.objects.count())
        return
    say(
        "The journal is not proved: the key of its seals is in no backup. Put your copy into "
        f"{key_file(bank.path)}, and run recobro journal verify.",
        style="yellow",
    )


def _plain(proof: "Proof | None") -> dict[str, Any] | None:
    if proof is None:
        return None
    breaks = [{"where": one.where, "what": one.what} for one in proof.breaks]
    return {"entries": proof.entries, "unsealed": proof.unsealed, "breaks": breaks}
