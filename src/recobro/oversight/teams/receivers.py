from datetime import datetime
from typing import Any

from django.dispatch import receiver

from recobro.book.models import Close
from recobro.book.queries import latest_shown
from recobro.book.signals import close_shown
from recobro.office.people.models import User
from recobro.office.people.signals import left
from recobro.oversight.teams.operations import leave, let_go_of_moved, renew_lists


@receiver(close_shown)
def renew(close: Close, at: datetime, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """Find the largest households anew by a close that is shown, unless a newer one is."""
    if close == latest_shown():
        renew_lists(at=at)
        let_go_of_moved(close=close, at=at)


@receiver(left)
def leave_teams(user: User, at: datetime, **_: Any) -> None:  # noqa: ANN401 - the same
    """Let nobody belong to a team who has no post for it any more."""
    leave(user=user, at=at)
