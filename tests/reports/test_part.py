from dataclasses import replace

from recobro.reports.document import Better, Column, Kind, Row
from recobro.reports.language import language
from recobro.reports.part import parts
from tests.reports.bank import Bank


def test_a_column_is_headed_in_the_language_of_the_part() -> None:
    english, chinese = (parts(Bank(), language(code))[0] for code in ("en", "zh"))
    assert english.column("loans", Kind.INTEGER) == Column("Loans", Kind.INTEGER)
    assert chinese.column("loans") == Column("笔数", Kind.TEXT)
    assert english.column("age", Kind.RATIO, months="12").title == "12 m"
    told = english.column("ratio", Kind.RATIO, change=True, better=Better.LESS)
    assert told == replace(
        Column("x"), title=told.title, kind=Kind.RATIO, change=True, better=Better.LESS
    )


def test_a_total_stands_out() -> None:
    (part,) = parts(Bank(), language("en"))
    assert part.total(3, None, "") == Row(("Total", 3, None, ""), strong=True)
