from typing import ClassVar

from django.db import models


class Setting(models.Model):
    """What somebody has set, and from when; the last one of a name holds."""

    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=130)
    reason = models.CharField(max_length=400)

    class Meta:
        ordering: ClassVar[list[str]] = ["key", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["key", "id"])]

    def __str__(self) -> str:
        return f"{self.key} since {self.set_at:%Y-%m-%d}"
