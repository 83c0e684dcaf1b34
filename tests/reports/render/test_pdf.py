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
        assert lines.count(line) == 1, line
    assert [" ".join(line) for line in lines if line[:1] == ["Impreso"]] == [
        f"Impreso por 王喆 (risk) el 2 de julio de 2026 a las 08:30 Página {page} de 2"
        for page in (1, 2)
    ]


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
