from datetime import datetime
from typing import Any

from django.dispatch import receiver

from recobro.book.models import Close
from recobro.book.signals import close_shown
from recobro.oversight.notices.operations import issue


@receiver(close_shown)
def tell_branches(close: Close, at: datetime, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """Issue the notices of a close that is shown."""
    issue(close=close, at=at)
