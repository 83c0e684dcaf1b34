"""Open the bank's folder: settings, database brought up to date, home."""

import gc
import os
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated

import django
import typer
from django.apps import apps
from django.core.management import call_command

from recobro.cli.console import refusals

if TYPE_CHECKING:
    from recobro.runs.home import Home

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="RECOBRO_HOME", help="The bank's folder; made on first use."),
]
DEFAULT_HOME = Path("bank")


def settle_on(path: Path) -> None:
    """Let Django's settings name the database of a folder; nothing is made or opened."""
    os.environ["RECOBRO_HOME"] = str(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recobro.config.settings")
    django.setup()


def open_home(path: Path) -> "Home":
    """Make the folder if need be, open its database, and return the home.

    Nothing of Django can be imported before: its settings name the database by the folder. Ends
    with a refusal where the folder or the database cannot be used.
    """
    # Modules and expressions are many small objects that live on: collecting less often saves an
    # eighth of a small book's close.
    gc.set_threshold(50_000, 20, 100)
    with refusals():
        settle_on(path)
    from recobro.runs.home import Home  # noqa: PLC0415 - see above

    os.umask(0o077)  # loans are personal data: what is written is for this user alone
    gc.freeze()
    home = Home(path.resolve())
    with refusals():
        home.create()
        with home.told():
            _bring_up_to_date()
    return home


def _bring_up_to_date() -> None:
    """Make the tables those of this program, unless the database says that they are."""
    from django.db import connection  # noqa: PLC0415 - see above
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415 - the same

    if _changes() - set(MigrationRecorder(connection).applied_migrations()):
        call_command("migrate", verbosity=0, interactive=False)


def _changes() -> set[tuple[str, str]]:
    """Name every change of the tables by its app and file: reading them all takes a while."""
    return {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in iter_modules([str(Path(app.path) / "migrations")])
        if not module.ispkg
    }


def again(path: Path) -> str:
    """Return the option that names the home once more, for a command that a message proposes."""
    return "" if path == DEFAULT_HOME else f" --home {path}"
