"""Look for who has a telephone number: it is masked, so each such question is in the journal."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from recobro.book.models import Findable
from recobro.book.queries import Scope
from recobro.book.queries.search import by_phone
from recobro.journal.models import Entry
from recobro.journal.operations import record
from recobro.office.people.models import User
from recobro.office.settings.queries import value_of
from recobro.office.settings.rules import Known, Whole, known
from recobro.terms.masking import masked
from recobro.terms.phones import same_way
from recobro.terms.refusal import Refusal

_ACT: Final = "people.sought-phone"
MOST_AN_HOUR: Final = 20
"""Questions of one person: whoever looks for a caller asks less, whoever guesses asks more."""
_A_PAGE: Final = 20


COUNTRY: Final[Known[int]] = known("phones.country", Whole(1, 999), 86)
"""The code of the bank's own country (ITU-T E.164): numbers without one are of it."""


class SoughtTooOften(Refusal):
    """Somebody asks for more telephone numbers than who answers calls."""

    says = (
        "You have asked for {most_an_hour} telephone numbers within an hour; this one was not "
        "looked for. Wait, or find the loan by name or number."
    )

    def __init__(self) -> None:
        super().__init__(most_an_hour=MOST_AN_HOUR)


@transaction.atomic
def seek_phone(
    *, user: User, number: str, scope: Scope, at: datetime, by: str = ""
) -> list[Findable]:
    """Return the problem loans in a scope whose borrower has a number, told whole.

    What is masked must not be found out by trying: each question is in the journal, found or not,
    and there are few an hour. Raises SoughtTooOften.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two at once are counted one by one
    chain = f"looks:{user.username}"
    asked = Entry.objects.filter(chain=chain, act=_ACT, at__gt=at - timedelta(hours=1))
    if asked.count() >= MOST_AN_HOUR:
        raise SoughtTooOften
    number = same_way(number)
    found = _having(number, scope) if number else []
    record(
        chain=chain,
        act=_ACT,
        subject=masked(number),
        by=by or user.username,
        at=at,
        institution_id=found[0].institution_id if found else "",
        after={"found": len(found)},
    )
    return found


def _having(number: str, scope: Scope) -> list[Findable]:
    return by_phone(scope, number, code=str(value_of(COUNTRY)), most=_A_PAGE)
