from datetime import datetime
from typing import Any

from django.dispatch import receiver

from recobro.book.models import Close
from recobro.book.signals import close_shown
from recobro.casework.case.operations import follow


@receiver(close_shown)
def follow_close(close: Close, at: datetime, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """Open and close cases by a close that is shown."""
    follow(close=close, at=at)
