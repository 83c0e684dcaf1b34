import re
import unicodedata
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from recobro.book.models import Borrower, Institution, Loan
from recobro.journal.operations import NOBODY, record
from recobro.office.people.enums import APPOINTED_HERE, Right, Role
from recobro.office.people.models import Post, User
from recobro.office.people.queries import holds, posts_on
from recobro.terms.refusal import Refusal

_NAME = re.compile(r"[\w.@+-]{1,60}")
"""A name to sign in with; no colon, which tells a shell's acts from a person's."""


class UserTaken(Refusal):
    """Somebody signs in with this name already, or with one that looks like it."""

    def __init__(self, username: str) -> None:
        super().__init__(
            f"There is a user {username!r} already; nothing was changed. Choose another name."
        )


class NameUnusable(Refusal):
    """Nobody can sign in with such a name."""

    def __init__(self, username: str) -> None:
        super().__init__(
            f"{username!r} cannot be a user name; nothing was changed. Choose one of 1 to 60 "
            f"letters, digits and . @ + - _ that is not {NOBODY!r}."
        )


class InstitutionUnknown(Refusal):
    """The book has no such institution."""

    def __init__(self, institution_id: str) -> None:
        super().__init__(
            f"The book has no institution {institution_id!r}; nothing was changed. Name one of the "
            "delivered institutions, or load and close a delivery that brings it."
        )


class PasswordWeak(Refusal):
    """A password that others would guess."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"The password is too weak; nothing was changed. {' '.join(reasons)}")


class MayNotAppoint(Refusal):
    """It is not for this person to give somebody such a post."""

    def __init__(self, by: User, role: Role, institution: Institution) -> None:
        super().__init__(
            f"{by} may not appoint {role} at {institution}; nothing was changed. Management, "
            "auditors and administrators are appointed by whoever runs the machine."
        )


class AccountEnded(Refusal):
    """The account has ended already."""

    def __init__(self, user: User) -> None:
        super().__init__(f"The account of {user.username} has ended already; nothing was changed.")


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

    With `must_change` the password is good for one thing: to choose another. `by` is who decides,
    or the name of a program. Raises NameUnusable, UserTaken, InstitutionUnknown, PasswordWeak,
    MayNotAppoint.
    """
    institution = Institution.objects.filter(pk=institution_id).first()
    if institution is None:
        raise InstitutionUnknown(institution_id)
    username = unicodedata.normalize("NFKC", username)  # as the sign-in page does
    if not _NAME.fullmatch(username) or username.casefold() == NOBODY:
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
            by=_name(by),
            at=at,
            institution_id=institution_id,
            after={"name": user.name, "staff_id": staff_id},
        )
        give_post(user=user, role=role, institution=institution, at=at, by=by)
    return user


def give_post(
    *, user: User, role: Role, institution: Institution, at: datetime, by: User | str = NOBODY
) -> Post:
    """Let a person hold a role at an institution from that day on.

    Raises MayNotAppoint.
    """
    if isinstance(by, User):
        held = holds(posts_on(at.date()), by, Right.APPOINT, institution)
        if not held or role not in APPOINTED_HERE:
            raise MayNotAppoint(by, role, institution)
    post = Post(user=user, role=role.value, institution=institution, from_on=at.date())
    post.full_clean()
    with transaction.atomic():
        post.save()
        record(
            chain=f"people:{user.username}",
            act="people.post-given",
            subject=user.username,
            by=_name(by),
            at=at,
            institution_id=institution.pk,
            after={"role": role.value, "institution": institution.pk, "from_on": post.from_on},
        )
    return post


@transaction.atomic
def end_account(*, user: User, at: datetime, by: str, reason: str = "") -> User:
    """End somebody's account with all that is open in their name; posts and history stay.

    Raises AccountEnded.
    """
    own = User.objects.select_for_update().get(pk=user.pk)
    if not own.is_active:
        raise AccountEnded(own)
    own.is_active = False
    own.save(update_fields=["is_active"])
    record(
        chain=f"people:{own.username}",
        act="people.account-ended",
        subject=own.username,
        by=by,
        at=at,
        reason=reason,
    )
    return own


@transaction.atomic
def change_password(
    *, user: User, password: str, at: datetime, by: str, must_change: bool = False
) -> User:
    """Give somebody another password; whatever is open under the old one ends.

    Raises PasswordWeak.
    """
    own = User.objects.select_for_update().get(pk=user.pk)
    _set_password(own, password)
    own.must_change = must_change
    own.save(update_fields=["password", "must_change"])
    record(
        chain=f"people:{own.username}",
        act="people.password-changed",
        subject=own.username,
        by=by,
        at=at,
    )
    return own


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordWeak(list(error.messages)) from error
    user.set_password(password)


def _name(by: User | str) -> str:
    return by.username if isinstance(by, User) else by


def speak(*, user: User, language: str) -> None:
    """Remember in which language somebody wants the pages."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def look(*, user: User, borrower: Borrower, loan: Loan, at: datetime) -> Borrower:
    """Return a borrower with what is masked elsewhere; the look is in the journal."""
    record(
        chain=f"looks:{user.username}",
        act="people.looked",
        subject=borrower.pk,
        by=user.username,
        at=at,
        institution_id=loan.institution_id,
        after={"loan": loan.loan_id, "seen": ["phone", "national_id"]},
    )
    return borrower
