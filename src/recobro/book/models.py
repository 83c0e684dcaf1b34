from typing import ClassVar

from django.db import models


class Close(models.Model):
    """A published close: where every loan stood at the end of a day, and what that was made from.

    The rows are in Parquet files under `folder` (relative to the home); this row names them, so a
    close is published in the moment in which the row is written. Closing a date again adds a row;
    the newest of a date is the one in force.
    """

    as_of = models.DateField()
    published_at = models.DateTimeField()
    facts_version = models.PositiveIntegerField()
    policy_name = models.CharField(max_length=200)
    policy_hash = models.CharField(max_length=64)
    policy_text = models.TextField()
    backend = models.CharField(max_length=20)
    folder = models.CharField(max_length=200, unique=True)
    standings = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64)
    checks = models.JSONField()
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The close of the same date that was in force until this one."""
    changes = models.JSONField(default=list)
    """What it says otherwise than the close it replaces, by currency (changes.moved)."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-as_of", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["as_of", "id"])]

    def __str__(self) -> str:
        return f"{self.as_of} (policy {self.policy_name}, facts {self.facts_version})"

    @property
    def marked(self) -> bool:
        """Whether a data check of this close warns."""
        return any(check["rows"] for check in self.checks)
