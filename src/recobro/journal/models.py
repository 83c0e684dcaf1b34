from typing import ClassVar

from django.db import models

from recobro.journal.rules import Content, Heads, seal_digest


class Chain(models.Model):
    """Where a chain of entries ends: one for each case, and one for each other matter."""

    name = models.CharField(max_length=200, primary_key=True)
    position = models.PositiveBigIntegerField(default=0)
    """Of the last entry; 0 before the first."""
    digest = models.CharField(max_length=64, default="")
    sealed = models.PositiveBigIntegerField(default=0)
    """Up to which position it is sealed."""

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.position})"


class Entry(models.Model):
    """One decision; it is written once and never changed."""

    chain = models.CharField(max_length=200)
    position = models.PositiveBigIntegerField()
    """1, 2, … in its chain."""
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=130)
    """Who decided, by the name that they sign in with, `for` another where they acted for them;
    `recobro` where nobody did."""
    act = models.CharField(max_length=60)
    """What was done: a room and a verb, such as `people.user-added`."""
    subject = models.CharField(max_length=400)
    """To whom or what."""
    institution_id = models.CharField(max_length=200, blank=True)
    """Where it belongs, for who may read it; empty: to the whole bank."""
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    digest = models.CharField(max_length=64)
    """Of this entry and the one before it in the chain."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "position"], name="one_entry_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.position}: {self.act}"

    @property
    def content(self) -> Content:
        """Everything that the digest holds fast."""
        return {
            "chain": self.chain,
            "position": self.position,
            "at": self.at.isoformat(timespec="microseconds"),
            "by": self.by,
            "act": self.act,
            "subject": self.subject,
            "institution_id": self.institution_id,
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
        }


class Seal(models.Model):
    """How far every chain had come at a moment; it lies in a file too, signed."""

    number = models.PositiveIntegerField(primary_key=True)
    """1, 2, … without a gap."""
    sealed_at = models.DateTimeField()
    heads = models.JSONField()
    """Position and digest of each chain that has grown since the seal before."""
    digest = models.CharField(max_length=64)
    """Of this seal and the one before it."""
    signature = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number} of {self.sealed_at:%Y-%m-%d %H:%M}"

    def told(self, previous: str) -> str:
        """Return what its digest must be after that of the seal before."""
        heads: Heads = self.heads
        at = self.sealed_at.isoformat(timespec="microseconds")
        return seal_digest(previous, number=self.number, at=at, heads=heads)
