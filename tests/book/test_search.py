import pytest

from recobro.book.models import Findable, Institution, Loan
from recobro.book.queries import Scope, search
from recobro.book.rules import findable
from recobro.terms.phones import kept_as
from tests.book.shelf import institution, loan

pytestmark = pytest.mark.django_db

WHOLE = Scope(("0001",))


@pytest.fixture
def north() -> Institution:
    return institution("00010001", institution("0001"))


def put(of: Loan) -> None:
    Findable.objects.create(
        loan=of,
        borrower=of.borrower,
        institution=of.institution,
        household_id=of.borrower.household_id,
        grade="loss",
        name=findable(of.borrower.name),
        text=findable(of.borrower.name, of.loan_id, of.borrower.village),
        phone=kept_as(of.borrower.phone),
    )


def found(scope: Scope, text: str, most: int = 9) -> list[str]:
    return [one.loan.loan_id for one in search.found(scope, text, most=most)]


def test_those_come_first_whose_name_fits(north: Institution) -> None:
    """
    Li, in the village Wang; Wang Li; both at north
    """
    for number, name, village in (("A1", "Li", "Wang"), ("A2", "Wang Li", "")):
        put(loan(number, north, name=name, village=village))
    assert found(WHOLE, "wang") == ["A2", "A1"]
    assert found(WHOLE, "li") == ["A1", "A2"]
    assert found(WHOLE, "wang", most=1) == ["A2"]
    assert found(WHOLE, "%") == []
    assert found(WHOLE, "_") == []
    assert found(WHOLE, " ") == []
    assert found(WHOLE, "wang " * 50) == ["A2", "A1"]
    assert found(Scope(("00010002",)), "wang") == []
    assert found(Scope(), "wang") == []


def test_a_loan_that_is_no_problem_by_the_beginning_of_its_number(north: Institution) -> None:
    for number in ("DK100", "DK101", "DK2", "dk103"):
        loan(number, north)
    put(Loan.objects.get(loan_id="DK101"))

    def numbered(text: str, scope: Scope = WHOLE) -> list[str]:
        return [one.loan_id for one in search.numbered(scope, text, most=9)]

    assert numbered("DK10") == ["DK100", "dk103"]
    assert numbered("dk2") == ["DK2"]
    assert numbered("K1") == []
    assert numbered("%") == []
    assert numbered("") == []
    assert numbered("DK10", Scope(("0002",))) == []


def by_phone(number: str, *, code: str = "86") -> list[str]:
    found = search.by_phone(WHOLE, number, code=code, most=9)
    return [one.loan.loan_id for one in found]


def test_the_country_of_the_bank_tells_whose_number_it_is(north: Institution) -> None:
    """
    A1 has a number of the bank's country, A2 the same digits in Spain
    """
    put(loan("A1", north, phone="911 234 567"))
    put(loan("A2", north, phone="+34 911234567"))
    assert by_phone("911234567") == ["A1"]
    assert by_phone("+34 911 234 567") == ["A2"]
    assert by_phone("+86 911234567") == ["A1"]
    for typed in ("911234567", "34 911 234 567", "+34 911234567"):
        assert by_phone(typed, code="34") == ["A1", "A2"]


def test_where_it_is_nobodys_for_sure_whoever_may_have_it(north: Institution) -> None:
    put(loan("A1", north, phone="06 6982 0000"))
    assert (by_phone("+39 06 6982 0000"), by_phone("+39 06 6982 0001")) == (["A1"], [])


def test_by_a_telephone_number_told_whole(north: Institution) -> None:
    put(loan("A1", north, phone="13800138001"))
    phones = {number: by_phone(number) for number in ("13800138001", "1380013800", "8001")}
    assert phones == {"13800138001": ["A1"], "1380013800": [], "8001": []}
    assert search.by_phone(Scope(("0002",)), "13800138001", code="86", most=9) == []


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("138-0013 8001", "13800138001"),
        ("+86 13800138001", "１３８００１３８００１"),
        ("13800138001", "0086 138 0013 8001"),
        ("010-66554433", "+86 10 6655 4433"),
        ("+39 06 69820000", "06 6982 0000"),
        ("0571-88001122 / 13800138001", "13800138001"),
        ("0571-88001122；13800138001", "+86 571 88001122"),
        ("138 0013 8001、0571-88001122", "+86 0571 88001122"),
        ("父 13800138001 或 13900139001", "13900139001"),
        ("0571-88001122 转 123", "0571 88001122 转 123"),
        ("0571-88001122-803", "057188001122"),
        ("(010) 6655 4433 ext. 5", "010 66554433 分机 5"),
        ("0044 20 7946 0958", "+44 (0)20 7946 0958"),
        ("+44 20 7946 0958", "0044 20 7946 0958"),
        ("0571-88001122/33", "0571 88001133"),
    ],
)
def test_by_a_telephone_number_however_it_is_written(
    delivered: str, typed: str, north: Institution
) -> None:
    """
    another has the same last digits, and the code of another country
    """
    put(loan("A1", north, phone=delivered))
    put(loan("A2", north, phone="+1999 13800138001"))
    put(loan("A3", north, phone=""))
    assert by_phone(typed) == ["A1"]
    assert search.by_phone(WHOLE, typed, code="86", most=0) == []
