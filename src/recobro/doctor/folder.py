"""The bank's folder: rights, room, who is at work in it."""

import os
import shutil

from recobro.doctor.diagnosis import Diagnosis, broken, see_to, well
from recobro.runs.home import Home

LEAST = 500 << 20
"""Bytes that a load or close of a small bank must find free."""


def exists(home: Home) -> Diagnosis:
    """Tell whether the folder is there and may be written to."""
    if not home.path.exists():
        return see_to(
            "folder",
            f"There is no folder {home.path}.",
            "Name the bank's folder with --home or RECOBRO_HOME; a first load or close makes it.",
        )
    if home.restoring.exists():
        return broken(
            "folder",
            f"A restore into {home.path} was ended before its end: not all of the bank is there.",
            "Empty the folder and restore again.",
        )
    usable = home.path.is_dir() and os.access(home.path, os.R_OK | os.W_OK | os.X_OK)
    if usable:
        return well("folder", str(home.path))
    return broken(
        "folder",
        f"{home.path} is no folder that this user may write to.",
        "Give the user that runs Recobro the right to read and write there (chown, chmod).",
    )


def room(home: Home) -> Diagnosis:
    """Tell whether the disk holds the book once more: a load of all tables writes it anew."""
    free = shutil.disk_usage(home.path).free
    book = sum(file.stat().st_size for file in home.lake.root.rglob("*.parquet"))
    said = f"{_size(free)} free, the book takes {_size(book)}"
    if free >= max(book, LEAST):
        return well("disk", said)
    return see_to("disk", said, "Free space, or move the folder to a larger disk before it fills.")


def work(home: Home) -> Diagnosis:
    """Tell who is at work in the folder."""
    holder = home.holder()
    return well("lock", "nobody is at work" if holder is None else f"{holder} is at work")


def _size(count: int) -> str:
    gib, mib = count / (1 << 30), count / (1 << 20)
    return f"{gib:,.1f} GiB" if gib >= 1 else f"{mib:,.1f} MiB"
