import string
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recobro.policy import PRESETS, Policy, parse, preset
from recobro.policy.literal import literal

RATES = st.decimals(0, 1, places=6)
NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1)


@pytest.mark.parametrize("name", PRESETS)
def test_reading_its_text_gives_a_policy_back(name: str) -> None:
    policy = preset(name)
    assert parse(policy.text) == policy


@given(
    base=st.sampled_from(PRESETS),
    name=NAMES,
    rate=RATES,
    tolerance=st.decimals(0, 10**9, places=30),
    old_before=st.none() | st.dates(),
    order=st.permutations(["fees", "interest", "principal"]),
    words=st.lists(st.tuples(NAMES, st.sampled_from([None, "loss"]), st.integers(0, 36500))),
)
def test_any_policy_comes_back_from_its_text(
    base: str,
    name: str,
    rate: Decimal,
    tolerance: Decimal,
    old_before: date | None,
    order: list[str],
    words: list[tuple[str, str | None, int]],
) -> None:
    whole = preset(base).model_dump()
    whole["name"] = name
    whole["provision"]["loss"] = rate
    whole["overdue"]["tolerance"] = tolerance
    whole["segments"]["old_before"] = old_before
    whole["allocation"]["order"] = order
    whole["local_grades"] = [
        {"name": word, "grade": grade, "days_from": days} for word, grade, days in words
    ]
    policy = Policy.model_validate(whole)
    assert parse(policy.text) == policy


def test_the_hash_is_of_the_text() -> None:
    policy = preset("cn")
    assert policy.hash == sha256(policy.text.encode()).hexdigest()
    assert set(policy.hash) <= set(string.hexdigits.lower())


def test_equal_policies_have_equal_hashes_however_they_are_written() -> None:
    plain = parse('[contagion]\nshare_above = "0.2"')
    other = parse('# ours\nextends = "cn"\ncontagion.share_above = "0.200" # a fifth\n')
    assert plain.hash == other.hash
    assert plain.hash != parse('[contagion]\nshare_above = "0.21"').hash


def test_a_policy_does_not_change() -> None:
    policy = preset("cn")
    with pytest.raises(ValidationError):
        policy.overdue.grace_days = 3  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (7, "7"),
        (Decimal("0.50"), '"0.5"'),
        (Decimal(100), '"100"'),
        (Decimal("1E+2"), '"100"'),
        (Decimal("1E-7"), '"0.0000001"'),
        (date(2024, 1, 1), "2024-01-01"),
        ('a "b" \\ 农', '"a \\"b\\" \\\\ 农"'),
        (["a", 1], '["a", 1]'),
        ({"a": 1, "b": ["x"]}, '{ a = 1, b = ["x"] }'),
    ],
)
def test_values_as_toml(value: object, expected: str) -> None:
    assert literal(value) == expected
