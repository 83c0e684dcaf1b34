from dataclasses import replace

import pytest

from recobro.reports.render.pdf import LettersMissing, pdf
from tests.reports.bank import Bank, problem
from tests.reports.render.papers import paper

pytestmark = pytest.mark.usefixtures("latin_only")


def test_letters_that_no_font_has_are_refused() -> None:
    loan = replace(problem(0), borrower="张喆", institution_id="1", product="Housing")
    bank = replace(Bank(), fresh=(loan,))
    plain = replace(bank.heading, institution=replace(bank.heading.institution, name="Bank"))
    plain = replace(plain, printed_by="Ann")
    with pytest.raises(LettersMissing) as refused:
        pdf(paper("new-npl", bank=replace(bank, heading=plain)))
    assert str(refused.value) == (
        "The fonts at hand cannot write 喆 (U+5586), 张 (U+5F20); nothing was printed. "
        "Install fonts-noto-cjk, or set RECOBRO_FONTS to a folder with a font that has them."
    )


def test_of_many_missing_letters_the_first_are_named() -> None:
    with pytest.raises(LettersMissing, match=r"、 \(U\+3001\), .* and others; nothing was printed"):
        pdf(paper("bridge", "zh"))
