"""The database: reached, and of this program's shape."""

from collections.abc import Callable
from pathlib import Path

from recobro.doctor.diagnosis import Diagnosis, broken, see_to, well


def database(connect: Callable[[], None]) -> Diagnosis:
    """Tell whether the database that the settings name answers, and whether its tables fit."""
    try:
        connect()
        return _looked_at()
    except Exception as error:  # noqa: BLE001 - whatever hinders the database is what is asked for
        return broken(
            "database",
            f"It cannot be opened: {error}",
            "Check DATABASE_URL, the server, and the rights of the folder; unset DATABASE_URL "
            "to use SQLite in the bank's folder.",
        )


def _looked_at() -> Diagnosis:
    from django.db import connection  # noqa: PLC0415 - needs Django's settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - the same

    where = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not _there(where):
        return see_to("database", f"There is none yet ({where}).", "A first load makes it.")
    executor = MigrationExecutor(connection)
    loader = executor.loader
    foreign = [*set(loader.applied_migrations) - set(loader.disk_migrations)]
    if foreign:
        return broken(
            "database",
            f"It was brought up to date by a newer Recobro ({'.'.join(min(foreign))}).",
            "Install that version again, or restore a backup from before.",
        )
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    if names:
        return see_to(
            "database",
            f"Changes of this Recobro are not made in its tables yet: {', '.join(names)}.",
            "Copy the folder, then run any command that reads the book, such as recobro loads.",
        )
    return well("database", f"{connection.display_name}, {where}")


def _there(name: str) -> bool:
    return "mode=memory" in name or Path(name).exists()
