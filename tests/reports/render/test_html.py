import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from recobro.reports.render.html import html
from tests.reports.bank import Bank, problem
from tests.reports.render.papers import ALL, paper

VOID = {"meta"}


class Page(HTMLParser):
    """The elements of a page; each is closed, none asks for a style of its own or another file."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.faults: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.language = dict(attrs).get("lang") if tag == "html" else self.language
        banned = {"style", "src", "href"} | {name for name, _ in attrs if name.startswith("on")}
        self.faults += [name for name, _ in attrs if name in banned]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.faults.append(tag)


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


@pytest.mark.parametrize(("name", "code"), ALL)
def test_every_report_is_one_page_that_needs_nothing_else(name: str, code: str) -> None:
    page = read(html(paper(name, code)).decode())
    assert (page.open, page.faults) == ([], [])
    assert page.language == {"en": "en", "es": "es", "zh": "zh-Hans"}[code]
    assert {"script", "link", "img"} & set(page.tags) == set()
    assert page.tags.count("style") == 1


def test_the_page_holds_the_figures() -> None:
    text = html(paper("bridge", "es")).decode()
    rows = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in re.findall(r"<tr.*?</tr>", text)]
    assert rows[1] == ["Saldo inicial", "256", "30.720.000,00"]
    assert rows[11] == ["Saldo final", "246", "29.570.000,00"]


def test_a_change_has_an_arrow_a_sign_and_a_colour() -> None:
    text = html(paper()).decode()
    cells = re.findall(r'<td class="number (\w+)">([▲▼])\xa0([+−])', text)
    assert set(cells) == {("good", "▼", "−"), ("bad", "▲", "+")}


def test_a_change_that_rounds_to_nothing_is_quiet() -> None:
    """The ratio fell by 0.001 of a point since the month before."""
    assert '<td class="number quiet">0.00\xa0pp</td>' in html(paper()).decode()


def test_a_grade_has_its_letter_beside_its_colour() -> None:
    text = html(paper("new-npl", "zh")).decode()
    assert '<td class="grade loss"><b>损</b> 损失类</td>' in text


def test_what_is_not_known_is_a_dash() -> None:
    loan = replace(problem(0), grade_before=None)
    text = html(paper("new-npl", bank=replace(Bank(), fresh=(loan,)))).decode()
    assert text.count("<td>—</td>") == 1


def test_names_are_escaped() -> None:
    loan = replace(problem(0), borrower="<script>alert(1)</script>")
    page = read(html(paper("new-npl", bank=replace(Bank(), fresh=(loan,)))).decode())
    assert "script" not in page.tags


def test_an_empty_list_says_why() -> None:
    text = html(paper("three-six", bank=replace(Bank(), missed=()))).decode()
    assert '<p class="empty">No loan has missed so many instalments.</p>' in text


def test_lines_to_sign_on_stand_below_the_list() -> None:
    text = html(paper("three-six")).decode()
    assert re.findall(r"<li>(.*?)</li>", text)[:3] == [
        "Head of the branch",
        "Risk department",
        "Date",
    ]
