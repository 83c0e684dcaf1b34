import json
import pickle
from copy import copy, deepcopy
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from recobro.terms.refusal import Listing, Phrase, Refusal, told


class Colour(StrEnum):
    RED = "red"


class Mixed(Refusal):
    """Colours are not mixed."""

    says = "{colour!r} and {others} on {on:%d/%m}: {number:,} {why}"


class MixedAgain(Mixed):
    """They are mixed once more."""


def mixed() -> Mixed:
    why = Phrase("since {at:%H:%M}", at=datetime(2026, 3, 1, 7, 30, tzinfo=UTC))
    others = Listing(["green", 7])
    return MixedAgain(colour=Colour.RED, others=others, on=date(2026, 3, 1), number=1_000, why=why)


def test_a_refusal_says_its_english() -> None:
    assert str(mixed()) == "<Colour.RED: 'red'> and green, 7 on 01/03: 1,000 since 07:30"


def test_what_is_told_is_held_by_json() -> None:
    kept = told(mixed())
    assert json.loads(json.dumps(kept)) == kept
    assert kept == {
        "refusal": "Mixed",
        "text": str(mixed()),
        "parts": {
            "colour": {"code": "red", "of": f"{__name__}.Colour"},
            "others": {"each": ["green", 7]},
            "on": {"on": "2026-03-01"},
            "number": 1_000,
            "why": {
                "phrase": "since {at:%H:%M}",
                "text": "since 07:30",
                "parts": {"at": {"at": "2026-03-01T07:30:00+00:00"}},
            },
        },
    }


def test_a_refusal_within_another() -> None:
    class Outer(Refusal):
        says = "No: {reason}"

    outer = Outer(reason=Refusal("because"))
    inner = {"refusal": "Refusal", "text": "because", "parts": {}}
    assert told(outer) == {"refusal": "Outer", "text": "No: because", "parts": {"reason": inner}}


def test_a_message_of_ones_own_is_said_as_it_is() -> None:
    class Plain(Refusal):
        def __init__(self) -> None:
            super().__init__("Not {so}.")

    assert (str(Plain()), told(Plain())["parts"]) == ("Not {so}.", {})


def test_a_part_that_is_missing_is_a_fault() -> None:
    with pytest.raises(KeyError):
        Mixed(colour=Colour.RED)


def test_what_no_database_takes_is_told_without_it() -> None:
    class Named(Refusal):
        says = "{name} stands twice"

    kept = told(Named(name="a\0b\ud800c"))
    assert kept["parts"] == {"name": "a\N{REPLACEMENT CHARACTER}b?c"}
    assert kept["text"] == "a\N{REPLACEMENT CHARACTER}b?c stands twice"


def test_several_long_things_are_told_apart() -> None:
    several = Listing(["a, b", Phrase("c {d}", d="e")], apart=True)
    assert several == "a, b; c e"
    kept = {"each": ["a, b", {"phrase": "c {d}", "text": "c e", "parts": {"d": "e"}}]}
    assert told(several) == {**kept, "apart": True}


def test_a_phrase_is_copied_with_what_it_was_made_of() -> None:
    made = Phrase("{a} b", a="{x}")
    for copied in (copy(made), deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301 - our own
        assert (copied, copied.says, copied.parts) == ("{x} b", "{a} b", {"a": "{x}"})
