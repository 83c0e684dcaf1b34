import inspect
from enum import StrEnum

import pytest

from recobro.terms import codes
from recobro.terms.codes import Component, Reason

LISTS = [one for _, one in inspect.getmembers(codes, inspect.isclass) if one is not StrEnum]


@pytest.mark.parametrize("words", LISTS)
def test_a_word_is_its_name_in_small_letters(words: type[StrEnum]) -> None:
    parting = "-" if words is Reason else "_"
    assert [one.value for one in words] == [one.name.lower().replace("_", parting) for one in words]


def test_payments_settle_fees_first() -> None:
    assert [one.value for one in Component] == ["fees", "interest", "principal"]
