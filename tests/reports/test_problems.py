from dataclasses import replace

import pytest

from recobro.reports.document import Document, Section, Value
from recobro.reports.language import language
from recobro.reports.new_npl import NEW_NPL
from recobro.reports.report import Report, compose
from recobro.reports.three_six import THREE_SIX
from recobro.terms.grades import Grade
from tests.reports.bank import Bank, problem

SPACE = "\N{NO-BREAK SPACE}"


def composed(report: Report, bank: Bank, code: str = "en") -> Document:
    return compose(report, bank, language(code))


def rows(section: Section) -> list[tuple[Value, ...]]:
    assert section.table is not None
    return [row.cells for row in section.table.rows]


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "No loan has become non-performing since 31 December 2025."),
        (1, "1 loan with 712,345 has become non-performing since 31 December 2025."),
        (2, "2 loans with 1.41_million have become non-performing since 31 December 2025."),
    ],
)
def test_the_sentence_of_new_loans(count: int, sentence: str) -> None:
    bank = replace(Bank(), fresh=tuple(map(problem, range(count))))
    assert composed(NEW_NPL, bank).sentences == (sentence.replace("_", SPACE),)


def test_a_new_loan_is_told_with_what_it_was_and_why() -> None:
    bank = replace(Bank(), fresh=(problem(2),))
    (section,) = composed(NEW_NPL, bank).sections
    assert rows(section) == [
        (
            "LN-2024-00002",
            "Riverside Orchards Ltd",
            "东湖支行",
            "农机贷",
            Grade.SPECIAL_MENTION,
            Grade.LOSS,
            "contagion, restructured",
            106,
            17_303_116,
            69_212_466,
        )
    ]


def test_a_loan_that_is_new_itself_had_no_grade_before() -> None:
    bank = replace(Bank(), fresh=(problem(0),))
    (section,) = composed(NEW_NPL, bank).sections
    assert rows(section)[0][4] is None


def test_the_largest_stands_first_and_the_sum_last() -> None:
    listed = composed(THREE_SIX, Bank()).sections[1]
    found = rows(listed)
    assert [row[0] for row in found[:2]] == ["LN-2024-00000", "LN-2024-00001"]
    amount = sum(loan.outstanding_principal for loan in Bank().missed)
    assert (len(found), found[-1][0], found[-1][-1]) == (61, "Total", amount)
    assert found[-1][1:8] == ("",) * 7


def test_each_institution_has_its_sum() -> None:
    document = composed(THREE_SIX, Bank())
    assert rows(document.sections[0]) == [
        ("Lakeside branch", 20, 848_410_310),
        ("Sucursal de Valdeolivas del Monte", 20, 828_189_970),
        ("东湖支行", 20, 807_969_630),
        ("Total", 60, 2_484_569_910),
    ]


def test_an_empty_list_says_that_it_is_empty() -> None:
    (section,) = composed(THREE_SIX, replace(Bank(), missed=())).sections
    assert section.table is not None
    assert (section.table.rows, section.table.empty) == (
        (),
        "No loan has missed so many instalments.",
    )


def test_the_head_of_the_branch_signs_three_six_and_nobody_signs_new_loans() -> None:
    assert composed(THREE_SIX, Bank(), "zh").signatures == ("支行行长", "风险部门", "日期")
    assert composed(NEW_NPL, Bank(), "zh").signatures == ()
