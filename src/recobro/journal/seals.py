"""The seals that lie outside the database: a folder of files, and the key that signs them."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from recobro.terms.refusal import Refusal

KEY_VARIABLE: Final = "RECOBRO_JOURNAL_KEY_FILE"
"""Names a file for the key elsewhere than in the home, where fewer people come."""

_KEY: Final = "journal-key"
_BYTES: Final = 32


class KeyMissing(Refusal):
    """Seals were made with a key that is not there, or is none."""

    says = (
        "The key of the journal's seals is not in {file}. Nothing was changed. Put it back there "
        "from your backup, or name its file in {key_variable}: no new one can prove what the old "
        "one signed."
    )

    def __init__(self, file: Path) -> None:
        super().__init__(file=file, key_variable=KEY_VARIABLE)


def key_file(home: Path) -> Path:
    """Return where the key lies."""
    return Path(os.environ.get(KEY_VARIABLE) or home / _KEY)


def key_of(home: Path, *, made: bool) -> bytes:
    """Return the key; made anew where there has been none, unless seals were `made` with one.

    Raises KeyMissing, also for a file that holds no key.
    """
    file = key_file(home)
    if not file.exists():
        if made:
            raise KeyMissing(file)
        _make(file)
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise KeyMissing(file)
    return key


def _make(file: Path) -> None:
    """Write a key where none is: whole, or not at all; who comes second takes the first one's."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(secrets.token_hex(_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        file.hardlink_to(draft)
    draft.unlink()


def seal_folder(home: Path) -> Path:
    """Return the folder of the seals' files."""
    return home / "seals"


def seal_file(folder: Path, number: int) -> Path:
    """Return the file of a seal."""
    return folder / f"{number:08}.json"


def seals_in(folder: Path) -> Iterator[tuple[Path, dict[str, Any] | None]]:
    """Give each file of a seal with what it says, in order; nothing where it cannot be read."""
    for file in sorted(folder.glob("*.json")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            told = None
        yield file, told if isinstance(told, dict) else None
