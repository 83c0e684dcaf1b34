from decimal import ROUND_CEILING, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recobro.terms.money import AMOUNT, DIGITS, CurrencyUnknown, amount, digits, minor, share_of

INT64 = st.integers(-(2**63), 2**63 - 1)
CURRENCIES = st.sampled_from(sorted(DIGITS))


@pytest.mark.parametrize(("currency", "expected"), [("JPY", 0), ("CNY", 2), ("XCG", 2), ("KWD", 3)])
def test_digits(currency: str, expected: int) -> None:
    assert digits(currency) == expected


def test_a_currency_has_0_2_or_3_digits() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in DIGITS)
    assert set(DIGITS.values()) == {0, 2, 3}


@pytest.mark.parametrize("code", ["", "cny", "RMB", "XXX"])
def test_a_word_that_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(CurrencyUnknown) as refused:
        digits(code)
    assert str(refused.value) == f"{code!r} is not an ISO 4217 currency code, such as CNY or EUR"


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("140.00", "CNY", 14000),
        ("140", "CNY", 14000),
        ("0.019", "CNY", 1),
        ("-0.019", "CNY", -1),
        ("1.2345", "KWD", 1234),
        ("99.9", "JPY", 99),
        ("999999999999999.999", "KWD", 999999999999999999),
        ("0.00" + "9" * 80, "CNY", 0),
        (Decimal("54.30"), "EUR", 5430),
    ],
)
def test_minor_cuts_off_what_the_currency_does_not_have(
    value: str | Decimal, currency: str, expected: int
) -> None:
    assert minor(value, currency) == expected


def test_amount_keeps_the_currencys_digits() -> None:
    assert str(amount(14000, "CNY")) == "140.00"
    assert str(amount(-5, "KWD")) == "-0.005"
    assert str(amount(99, "JPY")) == "99"


@given(INT64, CURRENCIES)
def test_an_amount_goes_there_and_back(minor_units: int, currency: str) -> None:
    assert minor(amount(minor_units, currency), currency) == minor_units


@given(INT64, CURRENCIES)
def test_the_callers_decimal_context_changes_nothing(minor_units: int, currency: str) -> None:
    expected = amount(minor_units, currency), share_of(minor_units, Decimal("0.333333"))
    with localcontext(prec=3, rounding=ROUND_CEILING):
        assert amount(minor_units, currency) == expected[0]
        assert minor(expected[0], currency) == minor_units
        assert share_of(minor_units, Decimal("0.333333")) == expected[1]


@pytest.mark.parametrize(
    ("minor_units", "rate", "expected"),
    [
        (10000, "0.25", 2500),
        (2, "0.25", 1),  # a half goes up
        (-2, "0.25", -1),  # and a reversal takes it back
        (1, "0.25", 0),
        (1, "0.499999", 0),
        (3, "0.5", 2),
        (2**63 - 1, "1", 2**63 - 1),
        (2**63 - 1, "0.000001", 9223372036855),
        (12345, "0", 0),
    ],
)
def test_share_of_rounds_half_up(minor_units: int, rate: str, expected: int) -> None:
    assert share_of(minor_units, Decimal(rate)) == expected


@given(INT64, st.decimals(0, 1, places=6))
def test_a_share_is_within_half_a_minor_unit(minor_units: int, rate: Decimal) -> None:
    millionths = int(rate.scaleb(6))
    assert abs(share_of(minor_units, rate) * 10**6 - minor_units * millionths) <= 500_000


@pytest.mark.parametrize("text", ["0", "140.00", "-3", "999999999999999.12345678"])
def test_amounts_as_deliveries_write_them(text: str) -> None:
    assert AMOUNT.fullmatch(text)


@pytest.mark.parametrize("text", ["", ".5", "5.", "+5", "1,000", "1e5", "NaN", "１２", "1" * 16])
def test_what_is_no_amount(text: str) -> None:
    assert AMOUNT.fullmatch(text) is None
