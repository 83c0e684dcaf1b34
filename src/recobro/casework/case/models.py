from typing import ClassVar

from django.db import models

from recobro.book.models import Institution, Loan
from recobro.casework.case.enums import Cause, Outcome
from recobro.office.people.models import User


class Case(models.Model):
    """A household's problem debt from the day it is opened until it is closed."""

    household_id = models.CharField(max_length=200)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    """Where most of what is nonperforming lies."""
    responsible = models.ForeignKey(User, on_delete=models.PROTECT)
    """Who collects; there is no case without a person."""
    opened_on = models.DateField()
    due_on = models.DateField()
    """The last day to be done with it in time."""
    escalated_to = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose head is to see to it that it is overdue; empty while it is not."""
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(each.value, each.value) for each in Outcome]
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["opened_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["household_id"],
                condition=models.Q(closed_on__isnull=True),
                name="one_open_case_a_household",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True, outcome="")
                | (models.Q(closed_on__isnull=False) & ~models.Q(outcome="")),
                name="a_closed_case_has_an_outcome",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["institution", "closed_on", "household_id"], name="cases_of_a_place"
            ),
            models.Index(fields=["responsible", "closed_on"]),
            models.Index(fields=["closed_on", "due_on"]),
        ]

    def __str__(self) -> str:
        return f"case {self.pk} of {self.household_id}"

    @property
    def chain(self) -> str:
        """The chain of the journal in which it is told."""
        return f"case:{self.pk}"


class CaseLoan(models.Model):
    """A loan is part of a case from a day on; it stays part of it when it is cured."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="loans")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT)
    added_on = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["case", "added_on", "loan"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "loan"], name="a_loan_once_in_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} in case {self.case_id}"


class Responsibility(models.Model):
    """Somebody is responsible for a case for a time; the last one is the case's own."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    from_on = models.DateField()
    cause = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Cause])
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["case", "from_on", "id"]
        verbose_name_plural = "responsibilities"

    def __str__(self) -> str:
        return f"{self.user} for case {self.case_id} from {self.from_on}"


class Handover(models.Model):
    """Cases that somebody was given at once, and signs for."""

    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Empty where it was decided at the machine."""
    decided_as = models.CharField(max_length=130)
    """In whose name, as the journal tells it."""
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    sign_by = models.DateField(null=True, blank=True)
    """The last day to sign for it in time; empty where it is older than such days."""
    escalated_to = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose head is to see to it that nobody has signed; empty while there is time."""
    signed_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-decided_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["taker", "signed_at"])]

    def __str__(self) -> str:
        return f"handover {self.pk} to {self.taker}"

    @property
    def decider(self) -> str:
        """Who decided it, as people call them."""
        return str(self.decided_by or self.decided_as)

    @property
    def chain(self) -> str:
        """The chain of the journal in which it is told."""
        return f"handover:{self.pk}"


class HandoverCase(models.Model):
    """A case of a handover: who had it, and what the household owed then."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    amounts = models.JSONField(default=dict)
    """Minor units by currency."""

    class Meta:
        ordering: ClassVar[list[str]] = ["handover", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["handover", "case"], name="a_case_once_in_a_handover")
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in handover {self.handover_id}"
