"""Reports from a published close of the demonstration bank's stories, and of them alone."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from recobro.demo import stories
from recobro.demo.accounts import Book
from recobro.demo.deliveries import full
from recobro.demo.files import write_parquet
from recobro.demo.places import institutions, staff
from recobro.demo.timetable import LAST_ON
from recobro.reports import material
from recobro.reports.catalogue import REPORTS
from recobro.reports.language import language
from recobro.reports.material import Question
from recobro.reports.published import ASKED, Published
from recobro.reports.report import compose
from recobro.runs.board import opened
from tests.runs.bank import Bank

QUESTIONS: list[Question[Any]] = [
    value for value in vars(material).values() if isinstance(value, Question)
]


def test_every_question_is_answered_once() -> None:
    assert sorted(ASKED, key=lambda one: one.name) == sorted(QUESTIONS, key=lambda one: one.name)
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)


def loans(name: str) -> set[str]:
    return set(next(story for story in stories.STORIES if story.name == name).loans)


@pytest.mark.django_db
def test_the_stories_are_in_the_reports(tmp_path: Path) -> None:
    """The dealer's 24 buyers are 76 days past due on 30 June 2026, so they fall on 15 July. The
    home buyer who was cured in August 2025 stopped paying again. Renewals and staff money show.
    """
    book = Book(institutions(), staff())
    stories.tell(book)
    write_parquet(tmp_path / "delivery", full(book, until=LAST_ON))
    bank = Bank(tmp_path)
    bank.load(tmp_path / "delivery")
    bank.close(str(LAST_ON))
    with opened(bank.home, as_of=LAST_ON, since=date(2025, 12, 31)) as board:
        asked = Published(
            board,
            institution_id=None,
            printed_by="Ann",
            printed_at=datetime(2026, 7, 1),  # noqa: DTZ001 - the bank's own time
        )
        falls = {
            fall.loan_id: fall.falls_on
            for fall in asked.ask(material.FALLING)
            if fall.falls_to == "nonperforming" and fall.loan_id in loans("dealer")
        }
        assert falls == dict.fromkeys(loans("dealer"), date(2026, 7, 15))

        relapsed = [
            (row.cured_by, row.relapsed_loans)
            for row in asked.ask(material.RELAPSES)
            if row.institution_id == asked.heading.institution.institution_id
            and row.cured_by == date(2025, 8, 31)
        ]
        assert relapsed == [(date(2025, 8, 31), 1)]

        signs = {code: set[str]() for code in ("renewed-without-reduction", "paid-by-staff")}
        for sign in asked.ask(material.SIGNS):
            signs.get(sign.code, set()).add(sign.loan_id)
        renewed = {loan for loan in loans("renewal") if loan in signs["renewed-without-reduction"]}
        assert (len(renewed), renewed) == (3, signs["renewed-without-reduction"])
        assert signs["paid-by-staff"] == loans("staff-funded")

        composed = {
            name: compose(report, asked, language("en")) for name, report in REPORTS.items()
        }
        sections = {name: len(document.sections) for name, document in composed.items()}
    assert sections == {
        "monthly-asset-quality": 7,
        "new-npl": 2,
        "three-six": 2,
        "bridge": 2,
        "migration": 6,
        "look-ahead": 4,
        "vintage": 4,
        "warnings": 5,
    }
