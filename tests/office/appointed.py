"""A bank where people are appointed: two administrators, a risk department, mei without power."""

from datetime import UTC, datetime, timedelta
from typing import Final

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.office.appointments.operations import appoint
from recobro.office.approvals.models import Request
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from tests.office.conftest import TREE

GOOD: Final = "eleven fat cows of his"
ANOTHER: Final = "twelve lean cows of hers"
AT: Final = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY: Final = timedelta(days=1)
EAST: Final = Scope((TREE["east"],))


def open_bank() -> None:
    """Open it, in the tree of institutions that is there."""
    person("ada", Role.ADMINISTRATOR, "bank")
    person("ann", Role.ADMINISTRATOR, "bank")
    person("rita", Role.RISK, "bank")
    person("mei", Role.OFFICE, "east")


def person(username: str, role: Role, place: str) -> User:
    made = User.objects.create(username=username, name=username.title(), added_at=AT)
    Post.objects.create(user=made, role=role.value, institution_id=place, from_on=AT - 9 * DAY)
    return made


def user(username: str) -> User:
    return User.objects.get(username=username)


def place(name: str) -> Institution:
    return Institution.objects.get(pk=name)


def asked(
    role: Role = Role.BRANCH_HEAD, *, of: str = "mei", at: str = "east", by: str = "ada"
) -> Request:
    """Appoint somebody where that waits for a second person."""
    made = appoint(
        user=user(of), role=role, institution=place(at), by=user(by), at=AT, reason="Fit"
    )
    assert isinstance(made, Request)
    return made


def held(username: str = "mei") -> list[tuple[str, str]]:
    rows = Post.objects.filter(user__username=username, until_on__isnull=True)
    return list(rows.order_by("id").values_list("role", "institution_id"))
