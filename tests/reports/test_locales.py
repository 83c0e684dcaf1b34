from datetime import date
from decimal import Decimal

import pytest

from recobro.reports.locales import LOCALES
from tests.reports.rows import AS_OF

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("code", "written"),
    [("en", "−1,234,567.50"), ("es", "−1.234.567,50"), ("zh", "−1,234,567.50")],
)
def test_a_number_has_the_points_and_commas_of_its_language(code: str, written: str) -> None:
    assert LOCALES[code].number(Decimal("-1234567.5"), places=2) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [("0", "0.00"), ("0.004", "0.00"), ("-0.004", "0.00"), ("0.005", "+0.01"), ("-0.005", "−0.01")],
)
def test_a_change_has_its_sign_unless_it_rounds_to_nothing(value: str, written: str) -> None:
    assert LOCALES["en"].number(Decimal(value), places=2, signed=True) == written


@pytest.mark.parametrize(
    ("code", "ratio", "change"),
    [
        ("en", f"0.64{SPACE}%", f"−0.22{SPACE}pp"),
        ("es", f"0,64{SPACE}%", f"−0,22{SPACE}p.{SPACE}p."),
        ("zh", "0.64%", "−0.22个百分点"),
    ],
)
def test_a_ratio_is_in_per_cent_and_its_change_in_points(
    code: str, ratio: str, change: str
) -> None:
    locale = LOCALES[code]
    assert (locale.ratio(Decimal("0.0064")), locale.ratio_change(Decimal("-0.0022"))) == (
        ratio,
        change,
    )


@pytest.mark.parametrize(
    ("code", "value", "spoken"),
    [
        ("en", "957120.49", "957,120"),
        ("en", "999999.99", "1,000,000"),
        ("en", "1000000", "1.00_million"),
        ("en", "29570000", "29.57_million"),
        ("en", "4620302500", "4.62_billion"),
        ("es", "957120.49", "957.120"),
        ("es", "29570000", "29,57_millones"),
        ("es", "4620302500", "4.620,30_millones"),
        ("zh", "9571.2", "9,571元"),
        ("zh", "29570000", "2,957.00万元"),
        ("zh", "4620302500", "46.20亿元"),
    ],
)
def test_an_amount_is_spoken_in_the_large_units_of_its_language(
    code: str, value: str, spoken: str
) -> None:
    assert LOCALES[code].scaled(Decimal(value), "CNY") == spoken.replace("_", SPACE)


def test_a_currency_without_a_chinese_name_is_left_out() -> None:
    assert LOCALES["zh"].scaled(Decimal(20_000), "KWD", signed=True) == "+2.00万"


@pytest.mark.parametrize(
    ("code", "text", "cell"),
    [
        ("en", "30 June 2026", f"30{SPACE}Jun{SPACE}2026"),
        ("es", "30 de junio de 2026", "30/06/2026"),
        ("zh", "2026年6月30日", "2026-06-30"),
    ],
)
def test_a_day_is_written_in_text_and_in_a_table(code: str, text: str, cell: str) -> None:
    locale = LOCALES[code]
    assert (locale.in_text(AS_OF), locale.in_table(AS_OF)) == (text, cell)


def test_every_month_has_a_name() -> None:
    days = [date(2026, month, 1) for month in range(1, 13)]
    assert [LOCALES["es"].in_text(day) for day in days][8:10] == [
        "1 de septiembre de 2026",
        "1 de octubre de 2026",
    ]
