from typing import ClassVar

from django.db import models

from recobro.book.models import Institution, Loan
from recobro.office.people.models import User
from recobro.oversight.notices.enums import Kind


class Notice(models.Model):
    """What the head of a branch is to know and sign off: loans of it, as a close saw them."""

    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    on = models.DateField()
    """The day of the close."""
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    """The last day to sign it off in time."""
    now_at = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    """Whose head is to see to it: the nearest that has one, a superior once it is overdue."""
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "institution", "kind", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "institution", "on"], name="one_notice_a_day"),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True, signed_at__isnull=True)
                | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="whoever_signs_signs_at_a_moment",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["signed_at", "now_at"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.institution_id} on {self.on}"

    @property
    def chain(self) -> str:
        """The chain of the journal in which it is told."""
        return f"notice:{self.pk}"


class NoticeLoan(models.Model):
    """A loan of a notice, as the close saw it; it stays so whatever becomes of the loan."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="loans")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT)
    borrower_id = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    outstanding_principal = models.BigIntegerField()
    overdue_amount = models.BigIntegerField()
    days_past_due = models.IntegerField()
    missed_in_a_row = models.IntegerField()
    missed_ever = models.IntegerField()
    grade = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar[list[str]] = ["notice", "-outstanding_principal", "loan"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "loan"], name="a_loan_once_in_a_notice")
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} in {self.notice_id}"
