from typing import ClassVar

from django.db import models

from recobro.book.models import Borrower, Loan
from recobro.office.approvals.models import Request
from recobro.terms.codes import Judgement as Kind


class Judgement(models.Model):
    """What was judged of a loan, or of a borrower with all their loans; a row is never changed.

    A close takes those up to a number, which it names: so it can be computed again.
    """

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, null=True, blank=True)
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT)
    kind = models.CharField(max_length=30, choices=[(kind.value, kind.value) for kind in Kind])
    value = models.CharField(max_length=20, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The first day on which it holds no more; empty: until it is ended."""
    reason = models.CharField(max_length=400)
    ends = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="ended_by"
    )
    """The judgement that this row ends, with its `until_on`; it judges nothing itself."""
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")
    """Who asked for it, who approved it."""
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("from_on")),
                name="a_judgement_ends_not_before_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"judgement {self.pk} ({self.kind} {self.value})"
