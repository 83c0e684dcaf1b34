from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from recobro.book.models import Institution
from recobro.journal.models import Entry
from recobro.office.people import rules
from recobro.office.people.enums import Role
from recobro.office.people.models import RecoveryCode, SecondFactor, User, UserSession
from recobro.office.people.operations import (
    CodeTriedTooOften,
    CodeWrong,
    FactorMissing,
    FactorThere,
    MayNotLookAfter,
    enrol,
    note_session,
    prove,
    remove_second_factor,
    renew_recovery_codes,
)
from tests.office.test_leaving import added

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
LATER = AT + timedelta(minutes=10)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of nobody


def shown(at: datetime) -> str:
    """Return what a telephone shows."""
    return pyotp.TOTP(SECRET).at(at)


@pytest.fixture
def mei(tree: dict[str, Institution]) -> User:
    return added("mei")


@pytest.fixture
def codes(mei: User) -> list[str]:
    """Return the recovery codes of mei, who has a second factor."""
    return enrol(user=mei, secret=SECRET, code=shown(AT), at=AT)


def fails(user: User, code: str, at: datetime) -> None:
    with pytest.raises(CodeWrong):
        prove(user=user, code=code, at=at)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-31, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_differ_by_half_a_minute(seconds: int, *, expected: bool) -> None:
    code = shown(AT + timedelta(seconds=seconds))
    assert (rules.step_of(SECRET, code, at=AT) is not None) is expected


def test_the_code_of_the_standard() -> None:
    """
    RFC 6238, appendix B: 94287082 at 59 seconds, of which six digits are shown
    """
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - the standard's own
    at = datetime.fromtimestamp(59, tz=UTC)
    assert rules.step_of(secret, "287082", at=at) == 1
    for junk in ("", "28708", "2870820", "２８７０８２", "abcdef"):
        assert rules.step_of(secret, junk, at=at) is None


def test_a_secret_and_codes_are_long_enough_and_new_each_time() -> None:
    assert len(rules.new_secret()) == 32
    assert rules.new_secret() != rules.new_secret()
    codes = rules.new_recovery_codes()
    assert (len(codes), len(set(codes)), {len(code) for code in codes}) == (10, 10, {19})


def test_a_second_factor_is_shown_to_work_before_it_counts(mei: User) -> None:
    with pytest.raises(CodeWrong):
        enrol(user=mei, secret=SECRET, code="000000", at=AT)
    assert not SecondFactor.objects.exists()
    assert User.objects.get().has_second_factor is False
    enrol(user=mei, secret=SECRET, code=f" {shown(AT)[:3]} {shown(AT)[3:]}", at=AT)
    assert User.objects.get().has_second_factor is True
    with pytest.raises(FactorThere, match="since 2026-07-01"):
        enrol(user=mei, secret=SECRET, code=shown(AT), at=AT)


def test_what_was_open_before_ends(mei: User) -> None:
    for key in ("this", "that"):
        note_session(user=mei, key=key, browser="", address="", at=AT)
    enrol(user=mei, secret=SECRET, code=shown(AT), at=AT, keep="this")
    assert [session.key for session in UserSession.objects.all()] == ["this"]


def test_a_code_is_good_once(mei: User, codes: list[str]) -> None:
    fails(mei, shown(AT), AT)
    assert prove(user=mei, code=shown(LATER), at=LATER) == mei
    fails(mei, shown(LATER), LATER)
    fails(mei, shown(LATER - timedelta(seconds=30)), LATER)
    assert prove(user=mei, code=shown(LATER + timedelta(seconds=30)), at=LATER) == mei


def test_a_recovery_code_is_good_once(mei: User, codes: list[str]) -> None:
    assert prove(user=mei, code=codes[0].upper().replace("-", " "), at=LATER) == mei
    fails(mei, codes[0], LATER)
    told = Entry.objects.get(act="people.recovery-code-used")
    assert (told.by, told.after) == ("mei", {"left": 9})
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert [code for code in codes if rules.plain_code(code) in kept] == []


def test_five_wrong_codes_are_enough_for_a_while(mei: User, codes: list[str]) -> None:
    """
    what is right is not heard either, until a quarter of an hour after the fifth
    """
    for _ in range(5):
        fails(mei, "000000", LATER)
    until = LATER + timedelta(minutes=15)
    for code, at in (
        (shown(LATER), LATER),
        (codes[0], LATER),
        (shown(until), until - timedelta(seconds=1)),
    ):
        with pytest.raises(CodeTriedTooOften):
            prove(user=mei, code=code, at=at)
    fails(mei, "000000", until)
    assert prove(user=mei, code=shown(until), at=until) == mei
    assert SecondFactor.objects.get().failures == 0


def test_new_recovery_codes_take_the_place_of_the_old(mei: User, codes: list[str]) -> None:
    new = renew_recovery_codes(user=mei, at=LATER)
    fails(mei, codes[0], LATER)
    assert prove(user=mei, code=new[0], at=LATER) == mei
    assert RecoveryCode.objects.count() == 10


def test_who_takes_it_away(mei: User, codes: list[str]) -> None:
    admin = added("admin", Role.ADMINISTRATOR, "east")
    stranger = added("stranger", Role.ADMINISTRATOR, "west")
    with pytest.raises(MayNotLookAfter):
        remove_second_factor(user=mei, at=LATER, by=stranger)
    assert remove_second_factor(user=mei, at=LATER, by=admin).has_second_factor is False
    assert not RecoveryCode.objects.exists()
    for act in (
        lambda: remove_second_factor(user=mei, at=LATER, by=mei),
        lambda: renew_recovery_codes(user=mei, at=LATER),
        lambda: prove(user=mei, code=codes[0], at=LATER),
    ):
        with pytest.raises(FactorMissing):
            act()
    enrol(user=mei, secret=SECRET, code=shown(LATER), at=LATER)
    remove_second_factor(user=mei, at=LATER, by=mei)
    acts = Entry.objects.filter(act__contains="second-factor").order_by("position")
    assert [(one.act.removeprefix("people.second-factor-"), one.by) for one in acts] == [
        ("enrolled", "mei"),
        ("removed", "admin"),
        ("enrolled", "mei"),
        ("removed", "mei"),
    ]


def test_the_address_that_a_telephone_takes_in() -> None:
    assert rules.address_of(SECRET, "mei") == (
        f"otpauth://totp/Recobro:mei?secret={SECRET}&issuer=Recobro"
    )
