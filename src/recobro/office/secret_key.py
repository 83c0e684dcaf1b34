"""The key that signs sessions: made once, in a file that its owner alone can read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_FILE = "secret-key"


def secret_key(home: Path) -> str:
    """Return the key that lies in the home; an empty text where there is none yet."""
    try:
        return (home / _FILE).read_text(encoding="ascii").strip()
    except OSError:  # a home that cannot be used is told as such where it is opened
        return ""


def make_secret_key(home: Path) -> None:
    """Make the key of a home that has none; two that make it at once get the same.

    The file is there with all of the key, or not at all: without it nobody would stay signed in.
    """
    if secret_key(home):
        return
    draft = home / f".{_FILE}-{os.getpid()}"
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, home / _FILE)
    draft.unlink()
