from datetime import datetime
from typing import Any

from django.dispatch import receiver

from recobro.office.people.models import User
from recobro.office.people.signals import shut_out
from recobro.office.tokens.operations import end_token
from recobro.office.tokens.queries import tokens_of


@receiver(shut_out)
def end_tokens(user: User, at: datetime, by: str, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """End the tokens of an account of which nobody knows in whose hands it was."""
    for token in tokens_of(user).select_for_update():
        end_token(token=token, at=at, by=by)
