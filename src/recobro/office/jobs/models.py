from datetime import datetime
from typing import ClassVar

from django.db import models

from recobro.office.jobs.enums import OPEN, State


class Job(models.Model):
    """Work that somebody, or the clock, asked for; a worker does one after the other."""

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    """What it is about, such as a day; of a kind and subject one job at a time is open."""
    parameters = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in State],
        default=State.WAITING.value,
    )
    asked_by = models.CharField(max_length=130)
    """A user name, perhaps with for whom they act; or a program."""
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ending = models.BooleanField(default=False)
    """Whether somebody asked that it be ended while it runs."""
    step = models.CharField(max_length=40, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    of = models.PositiveBigIntegerField(default=0)
    log = models.JSONField(default=list)
    """The steps so far: what begins, and when."""
    counts = models.BooleanField(default=False)
    """Whether what it does counts already: then it is not ended any more, and not begun anew."""
    outcome = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    """Why it was refused or has failed, in English."""
    told = models.JSONField(default=dict)
    """The same, for a door that says it in another language; empty where it cannot."""

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state__in=("running", "waiting")),
                name="one_open_job_of_a_subject",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.kind} {self.subject}, {self.state})"

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return State(self.state) in OPEN

    @property
    def steps(self) -> list[tuple[str, datetime, datetime | None]]:
        """The steps so far: each with when it began and ended; None while it goes on."""
        begun = [(line["step"], datetime.fromisoformat(line["at"])) for line in self.log]
        ends = [*(at for _, at in begun[1:]), self.over_at]
        return [(step, at, end) for (step, at), end in zip(begun, ends, strict=False)]
