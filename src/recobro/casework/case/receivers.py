from datetime import datetime
from typing import Any

from django.dispatch import receiver

from recobro.book.models import Close
from recobro.book.signals import close_shown
from recobro.casework.case.operations import SuccessorMissing, follow
from recobro.casework.case.queries import left_by
from recobro.office.people.models import User
from recobro.office.people.queries import posts_of
from recobro.office.people.signals import left


@receiver(close_shown)
def follow_close(close: Close, at: datetime, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """Open and close cases by a close that is shown."""
    follow(close=close, at=at)


@receiver(left)
def keep_cases(user: User, at: datetime, **_: Any) -> None:  # noqa: ANN401 - the same
    """Let nobody leave who would leave a case without a person."""
    cases = left_by(user, posts_of(user, on=at.date())).count()
    if cases:
        raise SuccessorMissing(user, cases)
