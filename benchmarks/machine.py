"""On what something was measured: machine, versions, state of the code."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.process import ROOT

_PACKAGES: Final = ("duckdb", "ibis-framework", "pyarrow", "deltalake", "pandas", "psycopg")


def machine() -> str:
    """Return processor, number of processors, memory and system."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return f"{_processor()}, {os.cpu_count()} threads, {memory:.0f} GB, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that do the work, and the code's commit."""
    found = {"Python": platform.python_version()}
    found |= {name: version(name) for name in _PACKAGES}
    return found | {"recobro": f"{version('recobro')} ({_commit()})"}


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 - the git of whoever measures
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip() or "no repository"
