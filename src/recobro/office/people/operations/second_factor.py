"""A second factor: enrolled, asked for, renewed, taken away."""

from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import transaction

from recobro.journal.operations import record
from recobro.office.people import rules
from recobro.office.people.models import RecoveryCode, SecondFactor, User
from recobro.office.people.operations.accounts import MayNotLookAfter
from recobro.office.people.operations.posts import name_of
from recobro.office.people.operations.sessions import end_sessions
from recobro.office.people.queries import looks_after
from recobro.office.people.signals import shut_out
from recobro.terms.refusal import Refusal


class CodeWrong(Refusal):
    """The code is not the one that is shown, or was used already."""

    says = (
        "The code is not right, or was used already; nothing was changed. Type the one that is "
        "shown now."
    )


class CodeTriedTooOften(Refusal):
    """Too many wrong codes in a row."""

    says = (
        "Too many wrong codes; nothing was changed. Wait a quarter of an hour, or ask your "
        "administrator."
    )


class FactorThere(Refusal):
    """The person has a second factor already."""

    says = "{user} has a second factor since {since_on}; nothing was changed. Remove that first."

    def __init__(self, user: User) -> None:
        super().__init__(user=user, since_on=user.second_factor.since_at.date())


class FactorMissing(Refusal):
    """The person has no second factor."""

    says = "{user} has no second factor; nothing was changed."

    def __init__(self, user: User) -> None:
        super().__init__(user=user)


class _Outcome(Enum):
    RIGHT = auto()
    WRONG = auto()
    TOO_OFTEN = auto()


@transaction.atomic
def enrol(*, user: User, secret: str, code: str, at: datetime, keep: str = "") -> list[str]:
    """Give somebody a second factor whose code they have shown; what else is open of theirs ends.

    `keep` is the key of the session that goes on. Return the recovery codes: they are kept nowhere.
    Raises CodeWrong, FactorThere.
    """
    own = User.objects.select_for_update().get(pk=user.pk)
    if own.has_second_factor:
        raise FactorThere(own)
    step = rules.step_of(secret, rules.plain_code(code), at=at)
    if step is None:
        raise CodeWrong
    made = SecondFactor(user=own, secret=secret, since_at=at, used_step=step)
    made.save()
    _record(own, "people.second-factor-enrolled", by=own, at=at)
    end_sessions(user=own, at=at, by=own, but=keep)
    return _new_codes(made)


@transaction.atomic
def renew_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """Give somebody other recovery codes; those so far are good for nothing.

    Raises FactorMissing.
    """
    factor = _factor(user)
    codes = _new_codes(factor)
    _record(factor.user, "people.recovery-codes-renewed", by=user, at=at)
    return codes


def prove(*, user: User, code: str, at: datetime) -> User:
    """Take a code of somebody's second factor, or a recovery code, once.

    A failure is counted, so it is told after it has been written. Raises CodeWrong,
    CodeTriedTooOften, FactorMissing.
    """
    outcome = _tried(user, rules.plain_code(code), at)
    if outcome is _Outcome.TOO_OFTEN:
        raise CodeTriedTooOften
    if outcome is _Outcome.WRONG:
        raise CodeWrong
    return user


@transaction.atomic
def remove_second_factor(*, user: User, at: datetime, by: User | str) -> User:
    """Take somebody's second factor away: their own, or as whoever looks after them.

    What programs have ends where another does.
    Raises FactorMissing, MayNotLookAfter.
    """
    factor = _factor(user)
    if isinstance(by, User) and by != user and not looks_after(by, user, on=at.date()):
        raise MayNotLookAfter(by, user)
    factor.delete()
    _record(user, "people.second-factor-removed", by=by, at=at)
    if by != user:
        shut_out.send(User, user=user, at=at, by=name_of(by))
    return User.objects.get(pk=user.pk)


@transaction.atomic
def _tried(user: User, code: str, at: datetime) -> _Outcome:
    factor = _factor(user)
    if factor.failures >= rules.FAILURES and factor.tried_at is not None:
        if at < factor.tried_at + timedelta(seconds=rules.WAIT):
            return _Outcome.TOO_OFTEN
        factor.failures = 0
    step = rules.step_of(factor.secret, code, at=at)
    if step is not None and step > factor.used_step:
        factor.used_step = step
    elif not _recovered(factor, code, at):
        factor.failures, factor.tried_at = factor.failures + 1, at
        factor.save(update_fields=["failures", "tried_at"])
        return _Outcome.WRONG
    factor.failures = 0
    factor.save(update_fields=["failures", "used_step"])
    return _Outcome.RIGHT


def _recovered(factor: SecondFactor, code: str, at: datetime) -> bool:
    found = factor.recovery_codes.filter(digest=rules.digest_of(code), used_at=None).first()
    if found is None:
        return False
    found.used_at = at
    found.save(update_fields=["used_at"])
    left = factor.recovery_codes.filter(used_at=None).count()
    _record(factor.user, "people.recovery-code-used", by=factor.user, at=at, left=left)
    return True


def _factor(user: User) -> SecondFactor:
    found = SecondFactor.objects.select_for_update(of=("self",)).select_related("user")
    factor = found.filter(user=user).first()
    if factor is None:
        raise FactorMissing(user)
    return factor


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = rules.new_recovery_codes()
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=rules.digest_of(code)) for code in codes
    )
    return codes


def _record(user: User, act: str, *, by: User | str, at: datetime, left: int | None = None) -> None:
    record(
        chain=f"people:{user.username}",
        act=act,
        subject=user.username,
        by=name_of(by),
        at=at,
        after=None if left is None else {"left": left},
    )
