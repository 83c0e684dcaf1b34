import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typst

from recobro.reports.render import pdf as room
from recobro.reports.render.pdf import pdf
from tests.reports.bank import Bank, problem
from tests.reports.render.papers import ALL, paper

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.fixture
def text_of(tmp_path: Path, tool: Callable[[str], str]) -> Callable[[bytes], str]:
    """Return the words of a PDF, in the order in which they stand."""

    def read(content: bytes) -> str:
        file = tmp_path / "report.pdf"
        file.write_bytes(content)
        command = [tool("pdftotext"), "-layout", str(file), "-"]
        done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a tool of ours
        return done.stdout.decode().replace("\N{NO-BREAK SPACE}", " ")

    return read


@pytest.mark.parametrize(("name", "code"), ALL)
def test_every_report_prints_in_every_language(name: str, code: str) -> None:
    assert pdf(paper(name, code)).startswith(b"%PDF-")


def test_the_paper_holds_the_figures(text_of: Callable[[bytes], str]) -> None:
    text = text_of(pdf(paper("bridge", "es")))
    lines = [line.split() for line in text.splitlines()]
    for line in (
        ["Saldo", "inicial", "256", "30.720.000,00"],
        ["Efectivo:", "prestatario", "88", "−2.143.456,78"],
        ["Saldo", "final", "246", "29.570.000,00"],
    ):
        assert sum(found[-len(line) :] == line for found in lines) == 1, line
    assert [" ".join(line) for line in lines if line[:1] == ["Impreso"]] == [
        "Impreso por 王喆 (risk) el 2 de julio de 2026 a las 08:30 Página 1 de 1"
    ]


def test_each_further_page_says_what_it_is_of(text_of: Callable[[bytes], str]) -> None:
    pages = text_of(pdf(paper("three-six", "es"))).split("\f")[:-1]
    running = "河岸农村商业银行 · Tres seguidas, seis en total · 30 de junio de 2026"
    assert [running in page for page in pages] == [False, *[True] * (len(pages) - 1)]


def test_words_give_way_where_numbers_need_the_paper(text_of: Callable[[bytes], str]) -> None:
    """Spanish names of buckets between sums of nine digits: a row stays one line."""
    places = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "paid", "written_off")
    lanes = tuple((one, place, 1, 44_323_922_991) for one in places[:8] for place in places)
    bank = replace(Bank(), lanes={"grade": (), "bucket": lanes})
    lines = [line.split() for line in text_of(pdf(paper("migration", "es", bank))).splitlines()]
    row = ["151–180", "días", "(M6)", *["443.239.229,91"] * 10, "4.432.392.299,10"]
    assert lines.count(row) == 1


def test_the_sentence_is_on_the_first_page(text_of: Callable[[bytes], str]) -> None:
    first = text_of(pdf(paper(code="zh"))).split("\f")[0].replace("\n", "").replace(" ", "")
    assert (
        "不良贷款余额2,957.00万元，不良率0.64%；较年初−115.00万元，−0.22个百分点：双降。" in first
    )


def test_a_long_list_repeats_its_head_on_each_page(text_of: Callable[[bytes], str]) -> None:
    pages = text_of(pdf(paper("three-six"))).split("\f")[:-1]
    heads = [
        [line.split()[:2] for line in page.splitlines()].count(["Loan", "Borrower"])
        for page in pages
    ]
    assert heads == [1, 1, 1]


def test_a_matrix_too_wide_for_the_paper_is_set_smaller(text_of: Callable[[bytes], str]) -> None:
    """Every grade went everywhere, with sums of fifteen digits."""
    places = ("normal", "special_mention", "substandard", "doubtful", "loss")
    left = ("paid", "written_off", "sold", "repossessed", "waived", "closed", "gone")
    lanes = tuple(("normal", place, 1, 10**14) for place in (*places, *left))
    bank = replace(Bank(), lanes={"grade": lanes, "bucket": ()})
    text = text_of(pdf(paper("migration", bank=bank)))
    assert text.count("1,000,000,000,000.00") == 24


def test_the_same_report_is_the_same_file() -> None:
    assert pdf(paper("bridge")) == pdf(paper("bridge"))


def test_names_are_text_and_nothing_else(text_of: Callable[[bytes], str]) -> None:
    loan = replace(problem(0), borrower="#panic() *Ann* $x$ <b>\\")
    text = text_of(pdf(paper("new-npl", bank=replace(Bank(), fresh=(loan,)))))
    assert "#panic() *Ann* $x$ <b>\\" in " ".join(text.split())


def test_a_fault_of_the_template_is_no_fault_of_the_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_TEMPLATE", b"#panic()")
    with pytest.raises(typst.TypstError):
        pdf(paper("bridge"))
