"""The rows that the workplace shows: what they refer to is there, though no constraint says so."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Exists, ForeignKey, Model, OuterRef

from recobro.doctor.diagnosis import Diagnosis, broken, well


def shown() -> Iterator[Diagnosis]:
    """Tell which rows of shown closes refer to others that are missing."""
    looked_at = 0
    missing = []
    for model, field in _unwatched():
        rows = model._default_manager.order_by()  # noqa: SLF001 - Django's own way to all of a model
        parents = field.related_model._default_manager.filter(pk=OuterRef(field.attname))  # noqa: SLF001 - the same
        looked_at += 1
        if lost := rows.exclude(Exists(parents)).count():
            missing.append(
                f"{lost:,} of {model._meta.verbose_name_plural} whose {field.name} is missing"
            )
    if missing:
        yield broken(
            "shown",
            f"The database has rows that refer to others which it has not: {'; '.join(missing)}.",
            "Restore the database from a backup; what was loaded and published is in the folder "
            "and untouched.",
        )
    else:
        yield well("shown", f"what is shown is all there, in {looked_at} ways to refer to it")


def _unwatched() -> Iterator[tuple[type[Model], Any]]:
    """Yield the references that the database does not watch over: they are written in bulk."""
    for model in apps.get_app_config("book").get_models():
        references: list[Any] = [
            field for field in model._meta.get_fields() if isinstance(field, ForeignKey)
        ]
        yield from ((model, field) for field in references if not field.db_constraint)
