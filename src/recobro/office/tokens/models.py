from typing import ClassVar

from django.db import models

from recobro.office.people.models import User
from recobro.office.tokens.rules import LONGEST_NAME


class Token(models.Model):
    """A program may ask in a person's name, with the posts that they hold, until a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=LONGEST_NAME)
    """What the person calls it: where it is used."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token; itself it is shown once and kept nowhere."""
    may_write = models.BooleanField()
    given_at = models.DateTimeField()
    until_on = models.DateField()
    """The first day on which it is good no more."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was ended before that day."""
    used_on = models.DateField(null=True, blank=True)
    """The last day on which it was used."""

    class Meta:
        ordering: ClassVar[list[str]] = ["user", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=models.Q(ended_at__isnull=True),
                name="one_token_of_a_name",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"


class Answer(models.Model):
    """What a write was answered under a key of the program's own: asked again, it is not redone."""

    token = models.ForeignKey(Token, on_delete=models.PROTECT)
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64)
    """SHA-256 of what was asked for."""
    asked_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    """Empty while it is being done."""
    body = models.TextField(blank=True)
    """As it was sent, to the sign: a server would put the parts of JSON in another order."""

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} of token {self.token_id}"
