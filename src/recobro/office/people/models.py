from datetime import date, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from recobro.book.models import Institution
from recobro.office.people.enums import NOT_DELEGATED, RIGHTS, Right, Role


class UserManager(BaseUserManager["User"]):
    """Find people by the name that they sign in with."""


class User(AbstractBaseUser):
    """A person who signs in; what they may do is a matter of their posts."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    staff_id = models.CharField(max_length=200, blank=True)
    """Who this is in core banking's list of staff; empty where it is nobody of it."""
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(default=False)
    """Whether the password is somebody else's choice, and good only for choosing another."""
    added_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        ordering: ClassVar[list[str]] = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def has_second_factor(self) -> bool:
        """Whether the person is asked for a code after the password."""
        return hasattr(self, "second_factor")


class Post(models.Model):
    """A person holds a role at an institution, with all that is below it, for a time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The first day on which the post is held no more; its first day where it was a mistake."""

    class Meta:
        ordering: ClassVar[list[str]] = ["user", "from_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("from_on")),
                name="post_ends_not_before_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.institution}"

    held_for: "User | None" = None
    """For whom somebody acts in it who holds it not themselves."""

    @property
    def role_held(self) -> Role:
        """The role as what it is."""
        return Role(self.role)

    @property
    def rights(self) -> frozenset[Right]:
        """What it lets somebody do there: its holder, or who acts for them."""
        given = RIGHTS[self.role_held]
        return given - NOT_DELEGATED if self.held_for else given


class SecondFactor(models.Model):
    """A secret that a person's telephone shares: it shows a code of it that changes with time."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="second_factor")
    secret = models.CharField(max_length=64)
    since_at = models.DateTimeField()
    used_step = models.BigIntegerField(default=0)
    """The step of time of the code that was used last: none is good twice."""
    failures = models.PositiveSmallIntegerField(default=0)
    """Wrong codes since the last right one."""
    tried_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"second factor of {self.user}"


class RecoveryCode(models.Model):
    """A code that a person wrote down for when the telephone is lost; its digest alone is kept."""

    factor = models.ForeignKey(
        SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Identity(models.Model):
    """Who a person is at the bank's identity provider, since they first came from there."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    """What the provider never gives to another, as it may a name (OpenID Connect Core 1.0 §2)."""
    since_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_an_identity"),
            models.UniqueConstraint(fields=["user", "issuer"], name="one_identity_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer}"


class UserSession(models.Model):
    """A browser in which somebody has signed in: which, from where, since when, seen last."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    since_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """To the hour: not every page that somebody looks at is written down."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} since {self.since_at:%Y-%m-%d %H:%M}"


class Delegation(models.Model):
    """A person is away, and another acts for them in all their posts."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputyships")
    from_on = models.DateField()
    until_on = models.DateField()
    """The first day on which the deputy acts no more."""
    reason = models.CharField(max_length=400, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["from_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")),
                name="delegation_ends_not_before_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("deputy")), name="nobody_is_their_own_deputy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.user} from {self.from_on}"

    @property
    def last_on(self) -> date:
        """The last day on which the deputy acts."""
        return self.until_on - timedelta(days=1)
