from datetime import datetime
from typing import Final

from django.db import transaction

from recobro.journal.operations import record
from recobro.office.lock import one_at_a_time
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import acting_posts, name_in, over_all, rights_of
from recobro.office.settings.models import Setting
from recobro.office.settings.queries import value_of
from recobro.office.settings.rules import KNOWN
from recobro.terms.refusal import Refusal

_BOUND: Final = frozenset({Right.ASSIGN, Right.APPROVE, Right.JUDGE})
"""Rights that limits bind."""


class SettingUnknown(Refusal):
    """There is no setting of this name."""

    says = "There is no setting {key!r}; nothing was changed."

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class MayNotSet(Refusal):
    """It is not for this person to change settings."""

    says = (
        "{by} may not change settings; nothing was changed. An administrator of the whole bank may."
    )

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class OwnLimits(Refusal):
    """Nobody sets the limits by which they are bound."""

    says = (
        "{by} is bound by these limits; nothing was changed. An administrator who assigns and "
        "approves nothing sets them."
    )

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class AlreadySo(Refusal):
    """The setting has this value already."""

    says = "{key} is so already; nothing was changed."

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class SetMeanwhile(Refusal):
    """Somebody else has set it since it was looked at."""

    says = (
        "{set_by} has set this on {set_at:%Y-%m-%d %H:%M} UTC; nothing was changed. Look at it "
        "again, and decide anew."
    )

    def __init__(self, last: Setting) -> None:
        super().__init__(set_by=last.set_by, set_at=last.set_at)


@transaction.atomic
def change(
    *, key: str, told: str, reason: str, by: User, at: datetime, seen: int | None = None
) -> Setting:
    """Set a value from now on, as somebody wrote it.

    With `seen`, the number of the last change as somebody has seen it (0: none), only while it is
    the last. Raises SettingUnknown, MayNotSet, OwnLimits, NotReadable, AlreadySo,
    SetMeanwhile.
    """
    if key not in KNOWN:
        raise SettingUnknown(key)
    known, name = KNOWN[key], _name(by, key, at)
    value = known.kind.read(told)
    one_at_a_time()
    before, last = value_of(known), Setting.objects.filter(key=key).last()
    if last is not None and seen is not None and seen != last.pk:
        raise SetMeanwhile(last)
    if value == before:
        raise AlreadySo(key)
    made = Setting.objects.create(key=key, value=value, set_at=at, set_by=name, reason=reason)
    record(
        chain="settings",
        act="settings.changed",
        subject=key,
        by=name,
        at=at,
        reason=reason,
        before={"value": before},
        after={"value": value},
    )
    return made


def _name(by: User, key: str, at: datetime) -> str:
    """Return in whose name somebody sets something. Raises MayNotSet, OwnLimits."""
    posts = acting_posts(by, on=at.date())
    post = over_all(posts, Right.SETTINGS)
    if post is None:
        raise MayNotSet(by)
    if key.startswith("approvals.") and rights_of(posts) & _BOUND:
        raise OwnLimits(by)
    return name_in(post, by)
