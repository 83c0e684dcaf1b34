"""Who is to collect: the rule of each place, by posts, amounts and how many cases each has."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from recobro.book.queries import climbed
from recobro.casework.case.enums import Cause
from recobro.casework.case.rules import MANAGERS_UP_TO
from recobro.office.approvals.rules import AmountsOf, within
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.queries import posts_on
from recobro.office.settings.queries import value_of
from recobro.office.settings.rules import Limit


@dataclass
class Roster:
    """Who holds which post where, how many open cases each has, and how large one may be."""

    posts: Iterable[Post]
    load: Counter[int]
    managers_up_to: Limit = None
    """What a household may owe that an account manager collects of."""
    _by_place: dict[tuple[str, Role], list[User]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_place = {}
        for post in self.posts:
            place = (post.institution.path, post.role_held)
            self._by_place.setdefault(place, []).append(post.user)

    def responsible(
        self,
        path: str,
        originators: set[str],
        owed: AmountsOf | None = None,
        *,
        now: int | None = None,
    ) -> tuple[User, Cause] | None:
        """Name who is to collect at an institution: the account manager with the fewest cases.

        The next one up the tree where it has none. Not who made the loan: then, where no account
        manager is, and of a household that owes more than one collects, it is the branch head, and
        last management above, whoever that is. Nobody where none of them has a post. Of
        those with as few cases it is who has it `now`, by number. The load counts the case.
        """
        up = climbed(path)
        manager = (up, Role.ACCOUNT_MANAGER, Cause.RULE, originators)
        head = (up, Role.BRANCH_HEAD, Cause.BRANCH_HEAD, originators)
        superior: tuple[Sequence[str], Role, Cause, set[str]]
        superior = (up, Role.MANAGEMENT, Cause.SUPERIOR, set())
        small = within(owed or {}, self.managers_up_to)
        order = (manager, head, superior) if small else (head, superior, manager)
        found = next((one for one in (self._least(*each, now) for each in order) if one), None)
        if found is not None:
            self.load[found[0].pk] += 1
        return found

    def _least(
        self, up: Sequence[str], role: Role, cause: Cause, but: set[str], now: int | None
    ) -> tuple[User, Cause] | None:
        for path in up:
            users = [
                user
                for user in self._by_place.get((path, role), [])
                if not user.staff_id or user.staff_id not in but
            ]
            if users:
                return min(
                    users, key=lambda user: (self.load[user.pk], user.pk != now, user.pk)
                ), cause
        return None


def roster(*, on: date, but: User | None = None) -> Roster:
    """Return the roster of a day; without somebody who is to get nothing."""
    own = Count("case", filter=Q(case__closed_on__isnull=True))
    load = Counter(dict(User.objects.annotate(own=own).values_list("pk", "own")))
    posts = [post for post in posts_on(on) if but is None or post.user_id != but.pk]
    return Roster(posts=posts, load=load, managers_up_to=value_of(MANAGERS_UP_TO))
