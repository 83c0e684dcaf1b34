from datetime import time
from typing import ClassVar

from django.db import models

from recobro.terms.codes import DeliveryKind

KINDS = tuple(kind.value for kind in DeliveryKind)
"""What a delivery can be."""


class Load(models.Model):
    """A delivery that was taken into the book; its number is the version of the facts after it."""

    number = models.PositiveIntegerField(primary_key=True)
    kind = models.CharField(max_length=5)
    path = models.TextField()
    delivered_on = models.DateField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    versions = models.JSONField()
    """Version of each table of the lake after this load."""
    tables = models.JSONField()
    """What was read, accepted and rejected of each table delivered, in rows and money."""
    lost = models.JSONField(default=list)
    """Tables not delivered of which rows went, since a full delivery lacks what they name."""
    findings = models.JSONField()
    """Number of findings by code."""
    layout = models.JSONField(default=dict)
    """Of an extract that came through a mapping: its columns, and how they differ from before."""
    last_loan_no = models.PositiveBigIntegerField()
    """The highest number of a loan that was ever given."""
    readable = models.BooleanField(default=True)
    """Whether the facts after it are still in the lake: compaction lets go of what nobody names."""
    touches_all = models.BooleanField()
    """Whether every loan must be settled anew; else touched.parquet of the load names them."""

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"load {self.number} ({self.kind}, {self.path})"

    @property
    def findings_in_all(self) -> int:
        """The number of its findings."""
        return sum(self.findings.values())


class Settlement(models.Model):
    """A settlement of the book at one version of the facts, in the lake."""

    key = models.CharField(max_length=80)
    """What of the policy it depends on: tolerance, days of grace and order of allocation."""
    facts_version = models.PositiveIntegerField()
    versions = models.JSONField()
    """Version of the lake's tables that hold it."""

    class Meta:
        ordering: ClassVar[list[str]] = ["facts_version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "facts_version"], name="settled_once")
        ]

    def __str__(self) -> str:
        return f"settlement {self.key} of facts {self.facts_version}"


class Nightly(models.Model):
    """Whether the worker loads what lies in the inbox and closes each day by itself; one row."""

    on = models.BooleanField(default=False)
    after = models.TimeField(default=time(2))
    """The day before is closed from then on."""
    zone = models.CharField(max_length=60, default="UTC")
    """The time zone that this is told in."""
    loads = models.BooleanField(default=True)
    kind = models.CharField(
        max_length=5, default=DeliveryKind.FULL.value, choices=[(kind, kind) for kind in KINDS]
    )
    """What a delivery is whose name does not say so."""
    mapping = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "nightly"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_nightly_close")
        ]

    def __str__(self) -> str:
        return f"nightly close after {self.after:%H:%M} {self.zone}"
