from dataclasses import replace

import pytest

from recobro.reports.catalogue import REPORTS, ReportUnknown, report_of
from recobro.reports.document import Document
from recobro.reports.language import language
from recobro.reports.material import Figures
from recobro.reports.report import compose
from tests.reports.bank import EMPTY, HEADING, SINCE, Bank, in_two_currencies
from tests.reports.rows import AS_OF


def composed(bank: Bank, name: str = "monthly-asset-quality", code: str = "en") -> Document:
    return compose(report_of(name), bank, language(code))


def test_the_reports_have_these_names() -> None:
    assert list(REPORTS) == [
        "monthly-asset-quality",
        "new-npl",
        "three-six",
        "bridge",
        "migration",
        "look-ahead",
        "vintage",
        "warnings",
    ]


def test_a_report_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(ReportUnknown) as refused:
        report_of("weather")
    assert str(refused.value) == (
        "There is no report 'weather'; nothing was written. Choose one of "
        "monthly-asset-quality, new-npl, three-six, bridge, migration, look-ahead, vintage, "
        "warnings."
    )


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("monthly-asset-quality", "2025-12-31"),
        ("new-npl", "2026-05-31"),
        ("three-six", None),
        ("bridge", "2025-12-31"),
        ("migration", "2025-12-31"),
        ("look-ahead", None),
        ("vintage", None),
        ("warnings", None),
    ],
)
def test_each_knows_the_day_it_compares_with(name: str, since: str | None) -> None:
    default = REPORTS[name].since
    assert (default and str(default(AS_OF))) == since


def test_the_head_says_what_the_paper_is_about() -> None:
    document = composed(Bank())
    assert (document.title, document.institution, document.printed) == (
        "Monthly asset quality",
        "Banco Rural de la Ribera 河岸农村商业银行",
        "Printed by 王喆 (risk) on 2 July 2026 at 08:30",
    )
    assert document.particulars == (
        ("As of", "30 June 2026"),
        ("Compared with", "31 December 2025"),
        ("Amounts in", "CNY"),
        ("Policy", "cn"),
        ("Version of the facts", "7"),
        ("Data checks", "all passed"),
    )


def test_a_report_that_compares_with_nothing_names_no_other_day() -> None:
    names = [name for name, _ in composed(Bank(), "three-six").particulars]
    assert "Compared with" not in names


def test_a_close_with_a_warning_says_so() -> None:
    bank = replace(Bank(), heading=replace(HEADING, marks=("ledger-differs",)))
    document = composed(bank)
    assert document.particulars[-1] == ("Data checks", "1 with a warning")
    assert document.notes[0] == (
        "This close is published with a warning of the data check ledger-differs."
    )


def test_figures_that_were_recomputed_say_so() -> None:
    days = Bank().days
    bank = replace(Bank(), days=days | {SINCE: Figures(SINCE, days[SINCE].rows, recomputed=True)})
    assert composed(bank).notes == (
        (
            "The figures of 31 December 2025 were recomputed from the facts of today: "
            "that day had not been closed."
        ),
        "Loans on balance only: what was written off or closed takes no part.",
    )


def test_two_currencies_are_never_summed() -> None:
    document = composed(in_two_currencies(), "bridge")
    assert dict(document.particulars)["Amounts in"] == "CNY, JPY"
    assert [sentence.split(":")[0] for sentence in document.sentences] == ["CNY", "JPY"]
    assert [section.title for section in document.sections] == [
        "From the opening to the closing balance, CNY",
        "Bridge by institution, CNY",
        "From the opening to the closing balance, JPY",
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_a_bank_without_loans_says_so(name: str) -> None:
    document = composed(EMPTY, name)
    assert (document.sentences, document.sections) == (("There are no loans on balance.",), ())
