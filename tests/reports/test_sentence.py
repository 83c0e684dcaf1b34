from dataclasses import replace
from datetime import date

import pytest

from recobro.reports.language import language
from recobro.reports.material import Figures
from recobro.reports.part import parts
from recobro.reports.sentence import asset_quality
from tests.reports.bank import EMPTY, HEADING, SINCE, Bank, figure
from tests.reports.rows import AS_OF

SPACE = "\N{NO-BREAK SPACE}"


def said(bank: Bank, code: str = "en") -> str:
    sentence = asset_quality(parts(bank, language(code))[0])
    return sentence.replace(SPACE, " ")


def small(now: tuple[int, ...], then: tuple[int, ...], since: date = SINCE) -> Bank:
    """Return a bank of one branch with so many millions outstanding in each grade."""
    books = {
        on: [part * 100_000_000 for part in parts_of]
        for on, parts_of in {AS_OF: now, since: then}.items()
    }
    days = {
        on: Figures(on, [figure(institution_id="0", by="all", value=None, parts=millions)])
        for on, millions in books.items()
    }
    return replace(Bank(), heading=replace(HEADING, since=since), days=days)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "en",
            (
                "Non-performing balance 29.57 million, ratio 0.64 %; since the start of the year "
                "−1.15 million and −0.22 points: double reduction."
            ),
        ),
        (
            "es",
            (
                "Saldo dudoso de 29,57 millones, ratio del 0,64 %; desde principios de año, "
                "−1,15 millones y −0,22 puntos: doble reducción."
            ),
        ),
        (
            "zh",
            "不良贷款余额2,957.00万元，不良率0.64%；较年初−115.00万元，−0.22个百分点：双降。",
        ),
    ],
)
def test_the_sentence_of_the_month(code: str, sentence: str) -> None:
    assert said(Bank(), code) == sentence


@pytest.mark.parametrize(
    ("now", "then", "end"),
    [
        (
            (3_782, 0, 118, 0, 0),
            (3_880, 0, 120, 0, 0),
            "−2.00 million and +0.03 points: the balance is lower, the ratio is not.",
        ),
        (
            (4_879, 0, 121, 0, 0),
            (3_880, 0, 120, 0, 0),
            "+1.00 million and −0.58 points: the ratio is lower, the balance is not.",
        ),
        (
            (3_880, 0, 120, 0, 0),
            (3_880, 0, 120, 0, 0),
            "0 and 0.00 points: neither is lower.",
        ),
    ],
)
def test_each_leg_of_the_double_reduction_is_told(
    now: tuple[int, ...], then: tuple[int, ...], end: str
) -> None:
    assert said(small(now, then)).split("since the start of the year ")[1] == end


def test_since_another_day_it_is_no_double_reduction() -> None:
    """Double reduction compares with the start of the year, and with nothing else."""
    bank = small((4_000, 0, 118, 0, 0), (3_880, 0, 120, 0, 0), date(2026, 3, 31))
    assert said(bank) == (
        "Non-performing balance 118.00 million, ratio 2.87 %; since 31 March 2026 −2.00 million "
        "and −0.13 points: balance and ratio are both lower."
    )


def test_without_an_earlier_book_it_says_where_it_stands() -> None:
    bank = replace(Bank(), days={AS_OF: Bank().days[AS_OF]})
    assert said(bank) == "Non-performing balance 29.57 million, ratio 0.64 %."


def test_without_loans_it_says_so() -> None:
    """All loans have been paid since the start of the year."""
    bank = replace(EMPTY, days={SINCE: Bank().days[SINCE]})
    assert said(bank) == "There are no loans on balance."


def test_without_a_bad_loan_on_either_day_there_is_no_verdict() -> None:
    assert said(small((4_000, 10, 0, 0, 0), (3_880, 0, 0, 0, 0))) == (
        "No loan is non-performing, and none was on 31 December 2025."
    )


def test_the_last_bad_loan_is_a_double_reduction() -> None:
    assert said(small((4_000, 0, 0, 0, 0), (3_880, 0, 120, 0, 0))).endswith("double reduction.")
