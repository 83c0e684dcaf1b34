from dataclasses import replace
from decimal import Decimal

from recobro.reports.document import Bars, Section, Table, Value
from recobro.reports.language import language
from recobro.reports.material import Figures
from recobro.reports.monthly_asset_quality import MONTHLY_ASSET_QUALITY
from recobro.reports.report import compose
from recobro.terms.grades import Grade
from tests.reports.bank import INDICATOR, MONTH_BEFORE, YEAR_BEFORE, Bank

SPACE = "\N{NO-BREAK SPACE}"


def sections(bank: Bank) -> dict[str, Section]:
    document = compose(MONTHLY_ASSET_QUALITY, bank, language("en"))
    return {section.title: section for section in document.sections}


def table(section: Section) -> Table:
    assert section.table is not None
    return section.table


def rows(section: Section) -> list[tuple[Value, ...]]:
    return [row.cells for row in table(section).rows]


def test_its_sections() -> None:
    assert list(sections(Bank())) == [
        "Key figures",
        "By grade",
        "By days past due",
        "By institution",
        "By product",
        "By guarantee",
        "Old and new loans",
        "Allowance and capital",
    ]


def test_key_figures_stand_beside_a_month_a_year_and_the_start_of_the_year() -> None:
    section = sections(Bank())["Key figures"]
    assert [column.title for column in table(section).columns] == [
        "Measure",
        f"30{SPACE}June{SPACE}2026",
        f"Change since 31{SPACE}May{SPACE}2026",
        f"Change since 31{SPACE}December{SPACE}2025",
        f"Change since 30{SPACE}June{SPACE}2025",
    ]
    assert rows(section)[3] == (
        "Non-performing balance",
        2_957_000_000,
        7_000_000,
        -115_000_000,
        51_000_000,
    )


def test_days_that_the_book_does_not_reach_are_left_out() -> None:
    bank = Bank()
    as_of, since = bank.heading.as_of, bank.heading.since
    section = sections(replace(bank, days={on: bank.days[on] for on in (as_of, since)}))
    assert [column.title for column in table(section["Key figures"]).columns[2:]] == [
        f"Change since 31{SPACE}December{SPACE}2025"
    ]


def test_grades_stand_from_best_to_worst_and_the_chart_leaves_out_the_best() -> None:
    section = sections(Bank())["By grade"]
    assert [row[0] for row in rows(section)] == [*Grade, "Total"]
    assert rows(section)[2] == (
        Grade.SUBSTANDARD,
        161,
        1_933_000_000,
        Decimal("0.004184"),
        193_300_000,
        483_250_000,
    )
    (chart,) = section.charts
    assert isinstance(chart, Bars)
    assert [(bar.label, bar.text) for bar in chart.bars] == [
        ("S Special mention", "122,732,500.00"),
        ("B Substandard", "19,330,000.00"),
        ("D Doubtful", "8,570,000.00"),
        ("L Loss", "1,670,000.00"),
    ]


def test_buckets_are_named_by_their_days() -> None:
    assert [row[0] for row in rows(sections(Bank())["By days past due"])] == [
        "Not overdue",
        "1–30 days (M1)",
        "91–120 days (M4)",
        "Over 180 days (M7)",
        "Total",
    ]


def test_products_are_called_what_the_bank_calls_them_largest_first() -> None:
    section = sections(Bank())["By product"]
    assert [row[0] for row in rows(section)] == [
        "Housing",
        "农户小额贷款 micro-loan",
        "Company",
        "Total",
    ]
    assert section.charts == ()


def test_institutions_stand_worst_first_and_the_whole_last() -> None:
    found = rows(sections(Bank())["By institution"])
    assert [(row[0], row[-1]) for row in found] == [
        ("Sucursal de Valdeolivas del Monte", "yes"),
        ("Lakeside branch", "yes"),
        ("东湖支行", "no"),
        ("Total", "yes"),
    ]
    assert found[2][4:6] == (47_000_000, Decimal("-0.000750"))


def test_a_branch_that_is_new_has_no_change() -> None:
    bank = Bank()
    since = bank.heading.since
    known = [row for row in bank.days[since].rows if row.institution_id != "3"]
    days = bank.days | {since: replace(bank.days[since], rows=known)}
    found = rows(sections(replace(bank, days=days))["By institution"])
    assert found[2][4:] == (None, None, None)


def test_a_branch_without_branches_has_no_such_section() -> None:
    assert "By institution" not in sections(replace(Bank(), below=()))


def test_a_book_without_a_cut_date_has_no_segments() -> None:
    bank = Bank()
    as_of = bank.heading.as_of
    rows_left = [row for row in bank.days[as_of].rows if row.by != "segment"]
    days = bank.days | {as_of: replace(bank.days[as_of], rows=rows_left)}
    assert "Old and new loans" not in sections(replace(bank, days=days))


def test_every_day_that_was_recomputed_says_so() -> None:
    """A month ago nothing was closed, and a year ago there was no book."""
    bank = Bank()
    days = bank.days | {
        MONTH_BEFORE: replace(bank.days[MONTH_BEFORE], recomputed=True),
        YEAR_BEFORE: Figures(YEAR_BEFORE, (), recomputed=True),
    }
    document = compose(MONTHLY_ASSET_QUALITY, replace(bank, days=days), language("en"))
    assert document.notes == (
        (
            "The figures of 31 May 2026 were recomputed from the facts of today: "
            "that day had not been closed."
        ),
        "Loans on balance only: what was written off or closed takes no part.",
    )


def test_without_a_ledger_the_allowance_is_not_known() -> None:
    blind = replace(INDICATOR, allowance=None, gap=None, coverage=None)
    section = sections(replace(Bank(), indicator=(blind,)))["Allowance and capital"]
    assert section.text == (
        "The general ledger of this day has not been delivered: "
        "allowance, coverage and net capital are not known."
    )
    assert rows(section)[6:10] == [
        ("Required allowance", 11_540_756_250),
        ("Loan-loss allowance", None),
        ("Gap to the required allowance", None),
        ("Provision coverage ratio", None),
    ]


def test_with_a_ledger_there_is_nothing_to_say() -> None:
    assert sections(Bank())["Allowance and capital"].text == ""


def test_without_indicators_there_is_no_such_section() -> None:
    assert "Allowance and capital" not in sections(replace(Bank(), indicator=()))
