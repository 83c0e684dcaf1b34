from pathlib import Path

import pytest

from recobro.reports.render.pdf import LettersMissing
from recobro.reports.render.write import ReportFormUnknown, write
from tests.reports.render.papers import paper


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("ending", "start"), [(".pdf", b"%PDF-"), (".xlsx", b"PK"), (".html", b"<!DOCTYPE html>")]
)
def test_the_ending_says_the_form(tmp_path: Path, ending: str, start: bytes) -> None:
    file = tmp_path / "new" / f"report{ending}"
    write(paper("bridge"), file)
    assert file.read_bytes().startswith(start)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportFormUnknown) as refused:
        write(paper("bridge"), tmp_path / "report.doc")
    assert str(refused.value) == (
        "report.doc ends in '.doc'; nothing was written. "
        "Name a file that ends in .pdf, .xlsx, .html."
    )


@pytest.mark.usefixtures("latin_only")
def test_a_report_that_cannot_be_printed_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"old")
    with pytest.raises(LettersMissing):
        write(paper("bridge", "zh"), file)
    assert file.read_bytes() == b"old"
