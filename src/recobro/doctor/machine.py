"""Python, the packages and their bounds; standard library only, for a package may be missing."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from recobro.doctor.diagnosis import Diagnosis, broken, well

_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(\[[^]]*\])?\s*(?P<bounds>[^;]*)(;.*'(?P<extra>\w+)')?"
)
_BOUND = re.compile(r"(>=|<)\s*([\d.]+)")

TOLD = ("recobro", "duckdb", "ibis-framework", "sqlglot", "deltalake", "django")
"""The packages whose versions somebody who helps will ask for."""

Bounds = Mapping[str, str]
"""What Recobro asks of a package's version, such as `<2,>=1.5`, by the package's name."""


def python() -> Diagnosis:
    """Tell whether Python is new enough."""
    running = ".".join(map(str, sys.version_info[:3]))
    asked = metadata("recobro")["Requires-Python"]
    if within(running, asked):
        return well("python", running)
    return broken(
        "python",
        f"Python is {running}; Recobro needs {asked}.",
        "Install it, and make the environment anew: make clean setup PYTHON=python3.12",
    )


def packages() -> Iterator[Diagnosis]:
    """Tell which packages are missing, or of a version that gives wrong answers or none."""
    bounds = asked()
    wrong = {name: why for name in bounds if (why := unfit(name, bounds[name]))}
    for name, why in wrong.items():
        yield broken("packages", f"{name} {why}", f"pip install '{name}{bounds[name]}'")
    if not wrong:
        yield well("packages", ", ".join(f"{name} {version(name)}" for name in TOLD))


def postgresql() -> Iterator[Diagnosis]:
    """Tell whether the driver is there that a database's address asks for."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        return
    (name, bounds), *_ = asked("postgres").items()
    if why := unfit(name, bounds):
        yield broken(
            "postgresql",
            f"DATABASE_URL names a PostgreSQL database, and its driver {name} {why}",
            "pip install 'recobro[postgres]', or unset DATABASE_URL to use SQLite in the folder",
        )
    else:
        yield well("postgresql", f"{name} {version(name)}")


def asked(extra: str | None = None) -> Bounds:
    """Return the bounds that Recobro's own package names: of an extra, or of what it always needs.

    They are read where pip reads them, so they cannot drift apart.
    """
    told = (_REQUIREMENT.match(line) for line in requires("recobro") or [])
    return {one["name"]: one["bounds"].strip() for one in told if one and one["extra"] == extra}


def unfit(name: str, bounds: str) -> str | None:
    """Say why a package cannot be used; nothing where it can."""
    try:
        installed = version(name)
    except PackageNotFoundError:
        return "is not installed."
    return None if within(installed, bounds) else f"is {installed}; Recobro needs {bounds}."


def within(installed: str, bounds: str) -> bool:
    """Tell whether a version keeps bounds of the kinds that Recobro uses: `>=` and `<`."""
    ours = _numbers(installed)
    return all(
        ours >= _numbers(bound) if sign == ">=" else ours < _numbers(bound)
        for sign, bound in _BOUND.findall(bounds)
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(digits[0]) for part in text.split(".") if (digits := re.match(r"\d+", part)))
