"""Accounts: given, ended, brought back, and their passwords."""

import re
import unicodedata
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from recobro.book.models import Borrower, Institution, Loan
from recobro.journal.operations import NOBODY, record
from recobro.office.people.enums import Right, Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations.delegation import end_delegations
from recobro.office.people.operations.posts import AccountEnded, give_post, name_of
from recobro.office.people.operations.sessions import forget_sessions
from recobro.office.people.queries import authority, awaited_by, belonging, looks_after, posts_of
from recobro.office.people.signals import left, shut_out
from recobro.terms.refusal import Refusal

_NAME = re.compile(r"\w[\w.@+-]{0,59}")
"""A name to sign in with; no colon, which tells a shell's acts from a person's."""

_TAKEN = frozenset({NOBODY, "add"})
"""Names that mean something else: what no person did, and a page beside those of people."""


class UserTaken(Refusal):
    """Somebody signs in with this name already, or with one that looks like it."""

    says = "There is a user {username!r} already; nothing was changed. Choose another name."

    def __init__(self, username: str) -> None:
        super().__init__(username=username)


class NameUnusable(Refusal):
    """Nobody can sign in with such a name."""

    says = (
        "{username!r} cannot be a user name; nothing was changed. Choose one of 1 to 60 letters, "
        "digits and . @ + - _ that begins with a letter or digit and is neither {nobody!r} nor "
        "'add'."
    )

    def __init__(self, username: str) -> None:
        super().__init__(username=username, nobody=NOBODY)


class InstitutionUnknown(Refusal):
    """The book has no such institution."""

    says = (
        "The book has no institution {institution_id!r}; nothing was changed. Name one of the "
        "delivered institutions, or load and close a delivery that brings it."
    )

    def __init__(self, institution_id: str) -> None:
        super().__init__(institution_id=institution_id)


class PasswordWeak(Refusal):
    """A password that others would guess."""

    says = "The password is too weak; nothing was changed. {reasons}"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(reasons=" ".join(reasons))


class MayNotLookAfter(Refusal):
    """It is not for this person to change somebody's account."""

    says = (
        "{by} may not change the account of {user}; nothing was changed. Nobody does with their "
        "own; those of management, auditors, administrators and whoever sees the debtors of the "
        "whole bank, and of who acts for one of them or for somebody elsewhere, are looked after "
        "by whoever runs the machine; of who is to get a post elsewhere, by who appoints there."
    )

    def __init__(self, by: User, user: User) -> None:
        super().__init__(by=by, user=user)


class AccountLasts(Refusal):
    """The account has not ended."""

    says = "The account of {username} has not ended; nothing was changed."

    def __init__(self, user: User) -> None:
        super().__init__(username=user.username)


@transaction.atomic
def add_user(
    *,
    username: str,
    password: str,
    role: Role,
    institution_id: str,
    at: datetime,
    name: str = "",
    staff_id: str = "",
    language: str = "en",
    must_change: bool = False,
    by: User | str = NOBODY,
) -> User:
    """Give a person an account and a first post, held from that day on.

    Raises as `open_account`, InstitutionUnknown, MayNotAppoint.
    """
    institution = institution_of(institution_id)
    user = open_account(
        username=username,
        password=password,
        institution=institution,
        at=at,
        name=name,
        staff_id=staff_id,
        language=language,
        must_change=must_change,
        by=by,
    )
    give_post(user=user, role=role, institution=institution, at=at, by=by)
    return user


def institution_of(institution_id: str) -> Institution:
    """Return an institution of the book. Raises InstitutionUnknown."""
    found = Institution.objects.filter(pk=institution_id).first()
    if found is None:
        raise InstitutionUnknown(institution_id)
    return found


def open_account(
    *,
    username: str,
    password: str,
    institution: Institution,
    at: datetime,
    name: str = "",
    staff_id: str = "",
    language: str = "en",
    must_change: bool = False,
    by: User | str = NOBODY,
) -> User:
    """Give a person an account without a post; `institution` is where it is for.

    With `must_change` the password is good for one thing: to choose another. `by` is who decides,
    or the name of a program. Raises NameUnusable, UserTaken, PasswordWeak.
    """
    username = unicodedata.normalize("NFKC", username)  # as the sign-in page does
    if not _NAME.fullmatch(username) or username.casefold() in _TAKEN:
        raise NameUnusable(username)
    if User.objects.filter(username__iexact=username).exists():
        raise UserTaken(username)
    user = User(
        username=username,
        name=name or username,
        staff_id=staff_id,
        language=language,
        must_change=must_change,
        added_at=at,
    )
    _set_password(user, password)
    with transaction.atomic():
        user.save()
        record(
            chain=f"people:{username}",
            act="people.user-added",
            subject=username,
            by=name_of(by),
            at=at,
            institution_id=institution.pk,
            after={"name": user.name, "staff_id": staff_id},
        )
    return user


@transaction.atomic
def end_account(*, user: User, at: datetime, by: User | str, reason: str = "") -> User:
    """End somebody's account, their posts and whatever is open in their name; history stays.

    They act for nobody any more, and nobody for them.
    Whoever hears `left` may refuse. Raises AccountEnded, MayNotLookAfter.
    """
    own = _looked_after(user, by, at)
    if not own.is_active:
        raise AccountEnded(own)
    held, awaited = posts_of(own, on=at.date()), awaited_by(own)
    own.is_active = False
    own.save(update_fields=["is_active"])
    forget_sessions(user=own)
    end_delegations(user=own, at=at, by=by)
    for post in held:
        post.until_on = max(at.date(), post.from_on)
        post.save(update_fields=["until_on"])
    record(
        chain=f"people:{own.username}",
        act="people.account-ended",
        subject=own.username,
        by=name_of(by),
        at=at,
        institution_id=next((post.institution_id for post in held or awaited), ""),
        reason=reason,
        before={"posts": _told(held)},
    )
    shut_out.send(User, user=own, at=at, by=name_of(by))
    left.send(User, user=own, at=at)
    return own


@transaction.atomic
def resume_account(
    *, user: User, password: str, at: datetime, by: User | str, reason: str = ""
) -> User:
    """Bring an ended account back, with a password that is good for choosing another; no post yet.

    Raises AccountLasts, MayNotLookAfter, PasswordWeak.
    """
    own = _looked_after(user, by, at)
    if own.is_active:
        raise AccountLasts(own)
    _set_password(own, password)
    own.is_active = own.must_change = True
    own.save(update_fields=["is_active", "password", "must_change"])
    end_delegations(user=own, at=at, by=by)
    record(
        chain=f"people:{own.username}",
        act="people.account-resumed",
        subject=own.username,
        by=name_of(by),
        at=at,
        reason=reason,
    )
    shut_out.send(User, user=own, at=at, by=name_of(by))
    return own


@transaction.atomic
def change_password(
    *, user: User, password: str, at: datetime, by: User | str, must_change: bool = False
) -> User:
    """Give somebody another password; whatever is open under the old one ends.

    With `must_change` it is somebody else's choice, and ends what programs have as well.
    Raises PasswordWeak, MayNotLookAfter.
    """
    own = _looked_after(user, by, at)
    _set_password(own, password)
    own.must_change = must_change
    own.save(update_fields=["password", "must_change"])
    forget_sessions(user=own)
    record(
        chain=f"people:{own.username}",
        act="people.password-changed",
        subject=own.username,
        by=name_of(by),
        at=at,
    )
    if must_change:
        shut_out.send(User, user=own, at=at, by=name_of(by))
    return own


@transaction.atomic
def take_password(*, user: User, at: datetime, by: User | str) -> User:
    """Let the password of an account be good for nothing, until somebody gives another.

    What is open under it ends. Raises MayNotLookAfter.
    """
    own = _looked_after(user, by, at)
    places = belonging(own, on=at.date())
    own.set_unusable_password()
    own.must_change = True
    own.save(update_fields=["password", "must_change"])
    forget_sessions(user=own)
    record(
        chain=f"people:{own.username}",
        act="people.password-taken",
        subject=own.username,
        by=name_of(by),
        at=at,
        institution_id=next((post.institution_id for post in places), ""),
    )
    shut_out.send(User, user=own, at=at, by=name_of(by))
    return own


def _looked_after(user: User, by: User | str, at: datetime) -> User:
    """Return a person as they are now, for one writer at a time.

    Raises MayNotLookAfter.
    """
    own = User.objects.select_for_update().get(pk=user.pk)
    if isinstance(by, User) and not looks_after(by, own, on=at.date()):
        raise MayNotLookAfter(by, own)
    return own


def _told(posts: list[Post]) -> str:
    return ", ".join(f"{post.role} at {post.institution_id}" for post in posts)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordWeak(list(error.messages)) from error
    user.set_password(password)


def speak(*, user: User, language: str) -> None:
    """Remember in which language somebody wants the pages."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def look(*, user: User, borrower: Borrower, loan: Loan, at: datetime) -> Borrower:
    """Return a borrower with what is masked elsewhere; the look is in the journal."""
    name = authority(user, Right.DEBTORS, loan.institution, on=at.date())
    record(
        chain=f"looks:{user.username}",
        act="people.looked",
        subject=borrower.pk,
        by=name or user.username,
        at=at,
        institution_id=loan.institution_id,
        after={"loan": loan.loan_id, "seen": ["phone", "national_id"]},
    )
    return borrower
