"""What is overdue climbs: to the head of the institution, to the one above, up to the top."""

from datetime import date, timedelta

from recobro.book.models import Institution
from recobro.book.queries import climbed
from recobro.office.people.enums import Right
from recobro.office.people.queries import posts_on


def steps_up(due_on: date, on: date, *, step: timedelta) -> int:
    """Return to which superior something has gone by a day that was due: 0, the first head.

    The first on the day after it was due, one more after each further step.
    """
    late = (on - due_on).days
    return 0 if late <= 0 else 1 + (late - 1) // step.days


class WayUp:
    """The heads above each institution, as they hold their posts on a day.

    Heads, not institutions: one may have none, and whoever leads today may leave tomorrow.
    """

    def __init__(self, right: Right, on: date) -> None:
        heads = (post.institution for post in posts_on(on) if right in post.rights)
        self._heads = {head.path: head.pk for head in heads}

    def at(self, institution: Institution, steps: int) -> str:
        """Return where something of an institution is after so many steps up: the top at most.

        Where nobody above has the right it stays where it is.
        """
        paths = climbed(institution.path)
        way = [self._heads[path] for path in paths if path in self._heads] or [institution.pk]
        return way[min(steps, len(way) - 1)]
