"""What stands in the cells of a list, kind by kind."""

from datetime import date
from typing import Any

import pytest

from recobro.web.cells import Aside, Cells, Squares
from recobro.web.columns import Column, Kind
from recobro.web.language import language

ON = date(2026, 7, 1)
FINE = Aside(currency="CNY", three_six=False, on_balance=True)
BAD = Aside(currency="CNY", three_six=True, on_balance=False)
GRADE = '<span class="grade g-loss" title="Loss">L</span>'
LATE = '<span aria-hidden="true">●</span><span class="unseen">overdue</span>'


def cell(kind: Kind, value: object, aside: Aside = FINE, **more: Any) -> str:
    """Return the cell of a column that stands behind the first one."""
    about: dict[str, bool] = {"picked": False, "mixed": False} | {
        name: more.pop(name) for name in ("picked", "mixed") if name in more
    }
    column: Column[Any] = Column(
        name="grade", kind=kind, of=lambda row: row, **({"slot": "x"} | more)
    )
    told = Cells([column, column], language("en"), ON, **about)
    return told.of(value, aside)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.TEXT, "<A & B>", '<td class="x" title="&lt;A &amp; B&gt;">&lt;A &amp; B&gt;</td>'),
        (Kind.TEXT, "", '<td class="x" title="">—</td>'),
        (Kind.TEXT, None, '<td class="x" title="">—</td>'),
        (Kind.CODE, "L<1", '<td class="id x">L&lt;1</td>'),
        (Kind.PHONE, "", '<td class="x">—</td>'),
        (Kind.MONEY, 123456, '<td class="num x">1,234.56</td>'),
        (Kind.MONEY, None, '<td class="num x">—</td>'),
        (Kind.WHOLE, 1234, '<td class="num x">1,234</td>'),
        (Kind.WHOLE, None, '<td class="num x">—</td>'),
        (Kind.DAY, ON, '<td class="x">1\xa0Jul\xa02026</td>'),
        (Kind.DAY, None, '<td class="x">—</td>'),
        (Kind.DUE, ON, '<td class="x"><span>1\xa0Jul\xa02026</span></td>'),
        (Kind.DUE, None, '<td class="x"><span>—</span></td>'),
        (Kind.GRADE, "loss", f'<td class="x">{GRADE}</td>'),
        (Kind.REASONS, "", '<td class="reasons x" title="">—</td>'),
        (
            Kind.REASONS,
            "own;<b>",
            '<td class="reasons x" title="own, &lt;b&gt;">own, &lt;b&gt;</td>',
        ),
    ],
)
def test_what_a_cell_has(kind: Kind, value: object, expected: str) -> None:
    assert cell(kind, value) == expected


def test_a_word_is_that_of_its_table_and_an_own_code_stays() -> None:
    assert cell(Kind.WORD, "mortgage", words="guarantee") == '<td class="x">Mortgage</td>'
    assert cell(Kind.WORD, "pledge<", words="guarantee") == '<td class="x">pledge&lt;</td>'


def test_a_day_that_is_over_is_late() -> None:
    told = f'<td class="x"><span class="bad">30\xa0Jun\xa02026 {LATE}</span></td>'
    assert cell(Kind.DUE, date(2026, 6, 30)) == told


def test_amounts_of_several_currencies_name_theirs() -> None:
    assert cell(Kind.MONEY, 100, mixed=True) == (
        '<td class="num x">1.00 <span class="unit">CNY</span></td>'
    )


def test_a_grade_tells_of_three_six_and_of_what_is_written_off() -> None:
    assert cell(Kind.GRADE, "loss", BAD) == (
        f'<td class="x">{GRADE}'
        ' <span class="flag bad" title="Three in a row, six in all">3/6</span>'
        ' <span class="flag" title="Written off">off</span></td>'
    )


def test_a_column_that_was_chosen_stands_on_the_card_and_is_named_there() -> None:
    assert cell(Kind.CODE, "1", slot="", picked=True) == (
        '<td class="id away also" data-label="Grade">1</td>'
    )
    assert cell(Kind.CODE, "1", slot="") == '<td class="id away">1</td>'
    assert cell(Kind.CODE, "1", slot="k") == '<td class="id k" data-label="Grade">1</td>'


def test_months_are_squares_and_letters() -> None:
    months = [(date(2026, 5, 31), ""), (date(2026, 6, 30), "loss")]
    expected = (
        '<span class="run" role="img" aria-label="— L">'
        '<span class="sq none" title="31\xa0May\xa02026: —"></span>'
        '<span class="sq g-loss" title="30\xa0Jun\xa02026: Loss"></span></span>'
    )
    assert Squares(language("en")).of(months) == expected
    assert cell(Kind.MONTHS, months) == f'<td class="squares x">{expected}</td>'
