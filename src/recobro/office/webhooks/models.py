from typing import ClassVar

from django.db import models

from recobro.office.webhooks.enums import HookState, State
from recobro.office.webhooks.rules import LONGEST_NAME, LONGEST_URL


class Hook(models.Model):
    """A program that is told of some events at an address."""

    name = models.CharField(max_length=LONGEST_NAME)
    url = models.CharField(max_length=LONGEST_URL)
    events = models.JSONField()
    """Of enums.Event, by their codes."""
    secret = models.CharField(max_length=100)
    """Signs what is sent; shown once. It must be here as it is, as it is used each time."""
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in HookState],
        default=HookState.ACTIVE.value,
    )
    made_by = models.CharField(max_length=130)
    made_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    """Attempts that failed since the last that arrived."""
    failing_since = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    """When something arrived last."""

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["name"],
                condition=~models.Q(state="ended"),
                name="one_hook_of_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event that a hook is told of."""

    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=30)
    about = models.JSONField()
    """Numbers, counts and addresses of the API; nothing that says who owes what."""
    happened_at = models.DateTimeField(db_index=True)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in State],
        default=State.WAITING.value,
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    """When it is tried, while it waits."""
    tried_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    """What the program answered last."""
    trouble = models.CharField(max_length=20, blank=True)
    """Why it did not answer."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return f"{self.event} to {self.hook} ({self.state})"
