from typing import ClassVar

from django.db import models

from recobro.book.models import Institution
from recobro.office.people.models import User
from recobro.office.saved.enums import List


class SavedView(models.Model):
    """A list as somebody filters and sorts it, under a name; perhaps shared."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in List])
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    """The part of the address that makes it, without the question mark."""
    shared_with = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose people see it too, and those of all below it; empty: nobody else does."""

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind", "name"], name="one_view_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a list opens to somebody: one of their own, or one shared with them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in List])
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        ordering: ClassVar[list[str]] = ["user", "kind"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_default_of_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.view} opens {self.kind} to {self.user}"
