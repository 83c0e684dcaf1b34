from datetime import date, timedelta
from typing import ClassVar

from django.db import models

from recobro.book.models import Close, Institution
from recobro.casework.case.models import Case
from recobro.office.people.models import User
from recobro.oversight.teams.enums import ONE_EACH, Kind

_KINDS = [(kind.value, kind.value) for kind in Kind]
_IN_FORCE = models.Q(ended_at__isnull=True)
_OPEN = models.Q(until_on__isnull=True)


def _ends_not_before(name: str) -> models.CheckConstraint:
    lasts = _OPEN | models.Q(until_on__gte=models.F("from_on"))
    return models.CheckConstraint(condition=lasts, name=name)


class Team(models.Model):
    """Some people of the bank who clear bad debts together, at an institution and below it."""

    kind = models.CharField(max_length=20, choices=_KINDS)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    name = models.CharField(max_length=100)
    mandate = models.TextField(blank=True)
    """What it is to do, and what it may."""
    largest = models.PositiveSmallIntegerField(null=True, blank=True)
    """So many households of the institution, in each currency, are its cases by the rule."""
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The first day on which it is no more; said beforehand for what is temporary."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When its members, pairs and cases were released."""
    version = models.PositiveIntegerField(default=1)
    """How often what it is was said: whoever changes it has seen the one before."""

    class Meta:
        ordering: ClassVar[list[str]] = ["institution__path", "kind", "from_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["institution", "kind"],
                condition=_IN_FORCE & models.Q(kind__in=sorted(ONE_EACH)),
                name="one_such_team_an_institution",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.LARGE_DEBTS.value, largest__isnull=False)
                | (~models.Q(kind=Kind.LARGE_DEBTS.value) & models.Q(largest__isnull=True)),
                name="large_debts_alone_have_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=False)
                | (~models.Q(kind=Kind.TASK_FORCE.value) & _IN_FORCE),
                name="what_is_temporary_or_over_has_an_end",
            ),
            _ends_not_before("team_ends_not_before_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        """The chain of the journal in which it is told."""
        return f"team:{self.pk}"

    @property
    def last_on(self) -> date | None:
        """The last day on which it is there; nothing where none is said."""
        return self.until_on and self.until_on - timedelta(days=1)

    def over(self, on: date) -> bool:
        """Tell whether it is no more on a day, though nobody may have released its cases yet."""
        return self.ended_at is not None or (self.until_on is not None and self.until_on <= on)


class TeamMember(models.Model):
    """Somebody belongs to a team for a time, as its leader or beside them."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="teams")
    leads = models.BooleanField(default=False)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The first day on which they belong to it no more."""

    class Meta:
        ordering: ClassVar[list[str]] = ["team", "-leads", "from_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "user"], condition=_OPEN, name="a_member_once_in_a_team"
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=_OPEN & models.Q(leads=True),
                name="one_leader_a_team",
            ),
            _ends_not_before("member_leaves_not_before_they_come"),
        ]

    def __str__(self) -> str:
        return f"{self.user} of team {self.team_id}"


class Pair(models.Model):
    """A clearing team helps an institution, with all that is below it, for a time."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="pairs")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The first day on which it is helped no more."""
    then_on = models.DateField(null=True, blank=True)
    """The day of the close with which its results are compared; none was shown: nothing."""
    then = models.JSONField(default=dict)
    """What was non-performing there on that day, by currency; such figures are forgotten."""

    class Meta:
        ordering: ClassVar[list[str]] = ["team", "institution__path", "from_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["institution"], condition=_OPEN, name="an_institution_is_helped_by_one"
            ),
            _ends_not_before("pair_ends_not_before_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} by team {self.team_id}"


class TeamCase(models.Model):
    """A case is a team's for a time; of each kind one team has it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=20, choices=_KINDS)
    """That of the team, so that the database can see to it that there is one of each."""
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="teams")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The first day on which it is the team's no more."""
    close = models.ForeignKey(Close, on_delete=models.PROTECT, null=True, related_name="+")
    """The close by which it came, where a rule gave it."""

    class Meta:
        ordering: ClassVar[list[str]] = ["team", "from_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=_OPEN, name="one_team_of_a_kind_a_case"
            ),
            _ends_not_before("case_leaves_not_before_it_comes"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["team", "until_on"])]

    def __str__(self) -> str:
        return f"case {self.case_id} of team {self.team_id}"
