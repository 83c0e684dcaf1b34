from typing import ClassVar

from django.db import models

from recobro.book.models import Institution
from recobro.office.approvals.enums import State
from recobro.office.people.models import User


class Request(models.Model):
    """Something that one person asks for, and that happens once a second one approves it."""

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    """What it is about; of a kind and subject one at a time waits."""
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    """Where it matters: who decides has a post there, or above it."""
    amounts = models.JSONField(default=dict)
    """What it is worth: minor units by currency."""
    content = models.JSONField(default=dict)
    """What is to happen, as JSON holds it."""
    reason = models.CharField(max_length=400)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=130)
    """In whose name, as the journal tells it."""
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in State],
        default=State.WAITING.value,
    )
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["asked_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state="waiting"),
                name="one_waiting_request_of_a_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "lapsed"), decided_by=None)
                | (~models.Q(state__in=("waiting", "lapsed")) & models.Q(decided_by__isnull=False)),
                name="a_decided_request_names_who_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "refused"))
                | ~models.Q(decided_by=models.F("asked_by")),
                name="nobody_decides_their_own_request",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "institution"])]

    def __str__(self) -> str:
        return f"request {self.pk} ({self.kind} {self.subject}, {self.state})"

    @property
    def chain(self) -> str:
        """The chain of the journal in which it is told."""
        return f"approval:{self.pk}"

    @property
    def waits(self) -> bool:
        """Whether it is still to be decided."""
        return self.state == State.WAITING
