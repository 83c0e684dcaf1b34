"""A PostgreSQL server: the one that the environment names, or one of our own for a while."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import psycopg

ADDRESS: Final = "DATABASE_URL_POSTGRES"
"""The variable that names a running server."""

_DATABASE: Final = "recobro_benchmark"
_USER: Final = "recobro"
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "max_wal_size": "8GB",
}


def available() -> bool:
    """Tell whether there is a server, or the programs to start one."""
    return ADDRESS in os.environ or _programs() is not None


@contextmanager
def server() -> Iterator[str | None]:
    """Give the address of a server, and stop it in the end if it is ours; None: there is none."""
    programs = _programs()
    if named := os.environ.get(ADDRESS):
        yield named
    elif programs is None:
        yield None
    else:
        with TemporaryDirectory(prefix="recobro-postgres-") as folder:
            yield from _own(programs, Path(folder))


@contextmanager
def database_of_ours(address: str) -> Iterator[str]:
    """Give the address of a new database on a server; drop it in the end."""
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
        server.execute(f"CREATE DATABASE {_DATABASE}")
        try:
            yield urlsplit(address)._replace(path=f"/{_DATABASE}").geturl()
        finally:
            server.execute(f"DROP DATABASE {_DATABASE} WITH (FORCE)")


def _programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3])
    )
    on_path = shutil.which("initdb")
    newest = found[-1] if found else on_path and Path(on_path)
    return newest.parent if newest else None


def _own(programs: Path, folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "postgres"
    data.mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o711)
        shutil.chown(data, user="postgres")
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    pg_ctl = [str(programs / "pg_ctl"), f"--pgdata={data}/data", f"--log={data}/log", "--wait"]
    _run([str(programs / "initdb"), f"--pgdata={data}/data", *_INITDB], data)
    _run([*pg_ctl, f"--options=-p {port} {settings}", "start"], data)
    try:
        yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
    finally:
        _run([*pg_ctl, "--mode=immediate", "stop"], data)


_INITDB: Final = (
    f"--username={_USER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
)


def _run(command: Sequence[str], folder: Path) -> None:
    # PostgreSQL refuses to run as root.
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_postgres, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own commands
