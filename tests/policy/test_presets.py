"""What the presets say, and that they say it all."""

from datetime import date
from decimal import Decimal

import pytest

from recobro.policy import PRESETS, Policy, PresetUnknown, parse, preset, preset_text
from recobro.policy.keys import keys
from recobro.policy.statements import statements

OPTIONAL = {"missed.window_months", "segments.old_before"}
HOW_SURE = ("Read", "Recalled", "Practice", "Own", "read", "recalled", "practice", "own")


def ladder(policy: Policy) -> tuple[int, ...]:
    grades = policy.grades
    return (
        grades.special_mention_from,
        grades.substandard_from,
        grades.doubtful_from,
        grades.loss_from,
    )


def rates(policy: Policy) -> list[Decimal]:
    return [Decimal(rate) for rate in policy.provision.model_dump().values()]


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_china() -> None:
    cn = preset("cn")
    assert (cn.name, cn.extends, cn.local_grades) == ("cn", "cn", ())
    assert cn.overdue.model_dump() == {
        "grace_days": 0,
        "tolerance": Decimal("0.00"),
        "count_due_day": False,
    }
    assert cn.allocation.order == ("fees", "interest", "principal")
    assert cn.missed.model_dump() == {"in_a_row": 3, "ever": 6, "window_months": None}
    assert ladder(cn) == (1, 91, 271, 361)
    assert cn.grades.technical_delay_days == 7
    assert cn.grades.order == (
        "days-past-due",
        "guarantee-matrix",
        "restructured",
        "renewal",
        "contagion",
        "judgement",
        "cure-hold",
    )
    assert cn.contagion.share_above == Decimal("0.10")
    assert cn.restructuring.model_dump() == {"months": 12, "periods": 2}
    assert cn.cure.model_dump() == {
        "months": 6,
        "periods": 2,
        "applies_to": ("company", "village_group"),
    }
    assert rates(cn) == decimals("0.01", "0", "0.02", "0.25", "0.50", "1.00", "0.025", "1.50")
    assert cn.segments.old_before is None


def test_the_matrix_of_china_is_off_and_ready() -> None:
    matrix = preset("cn").grades.matrix
    names = {
        "N": "normal",
        "S": "special_mention",
        "B": "substandard",
        "D": "doubtful",
        "L": "loss",
    }
    table = {
        "credit": "N S B D D D L",
        "guarantee": "N S S B D D L",
        "mortgage": "N S S B B D L",
        "pledge": "N S S B B D L",
    }
    assert matrix.enabled is False
    assert matrix.from_days == (0, 1, 31, 91, 181, 271, 361)
    assert {kind: getattr(matrix, kind) for kind in table} == {
        kind: tuple(names[cell] for cell in row.split()) for kind, row in table.items()
    }


def test_european_union() -> None:
    eu = preset("eu")
    assert ladder(eu) == (31, 91, 91 + 2 * 365, 91 + 3 * 365)
    assert eu.cure.model_dump() == {
        "months": 3,
        "periods": 0,
        "applies_to": ("person", "company", "village_group"),
    }
    assert eu.restructuring.model_dump() == {"months": 12, "periods": 0}
    assert eu.contagion.share_above == 0
    assert rates(eu) == decimals("0", "0", "0.02", "0.25", "0.35", "1", "0", "0")
    assert [rule.model_dump(exclude_none=True) for rule in eu.local_grades] == [
        {"name": "performing", "grade": "normal"},
        {"name": "performing forborne", "grade": "special_mention", "reason": "restructured"},
        {"name": "underperforming", "grade": "special_mention"},
        {"name": "NPE forborne", "reason": "restructured"},
        {"name": "NPE"},
    ]


def test_india() -> None:
    india = preset("in")
    assert india.overdue.count_due_day is True
    assert ladder(india) == (1, 91, 91 + 365, 36500)
    assert india.grades.technical_delay_days == 0
    assert india.cure.model_dump() == {
        "months": 0,
        "periods": 0,
        "applies_to": ("person", "company", "village_group"),
    }
    assert rates(india) == decimals("0", "0.004", "0.004", "0.15", "0.25", "1", "0", "0")
    assert [(rule.name, rule.grade, rule.days_from) for rule in india.local_grades] == [
        ("NPA loss", "loss", None),
        ("NPA doubtful", "doubtful", None),
        ("NPA sub-standard", "substandard", None),
        ("SMA-2", "special_mention", 61),
        ("SMA-1", "special_mention", 31),
        ("SMA-0", "special_mention", 1),
        ("standard", None, None),
    ]


def test_india_grades_the_published_example() -> None:
    """2026-03-31 is due and unpaid: SMA-1 on 30 April, SMA-2 on 30 May, NPA on 29 June."""
    india = preset("in")
    starts = [31, 61, india.grades.substandard_from]
    example = [date(2026, 4, 30), date(2026, 5, 30), date(2026, 6, 29)]
    due_on, due_day = date(2026, 3, 31), int(india.overdue.count_due_day)
    assert [(day - due_on).days + due_day for day in example] == starts
    assert [rule.days_from for rule in india.local_grades[4:2:-1]] == starts[:2]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_whole(name: str) -> None:
    written = {".".join(map(str, one.path)) for one in statements(preset_text(name))}
    sections = {"overdue", "allocation", "missed", "grades", "grades.matrix", "contagion"} | {
        "restructuring",
        "cure",
        "provision",
        "segments",
    }
    expected = {str(key) for key in keys()} - {"name", "extends"} - OPTIONAL
    assert written == expected | sections


@pytest.mark.parametrize("name", PRESETS)
def test_each_key_of_a_preset_says_how_sure_its_source_is(name: str) -> None:
    bare = [
        one.path
        for one in statements(preset_text(name))
        if one.path in {key.path for key in keys()}
        and not any(word in one.comment.replace(".", " ").split() for word in HOW_SURE)
    ]
    assert bare == []


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_what_a_file_extends(name: str) -> None:
    assert preset(name) == parse(f'extends = "{name}"', name=name)


def test_an_unknown_preset_is_a_bad_call() -> None:
    with pytest.raises(PresetUnknown) as refused:
        preset("us")
    assert str(refused.value) == "there is no preset 'us'; use one of cn, eu, in"


def test_a_file_that_repeats_the_default_changes_nothing() -> None:
    text = """
extends = "cn"
[overdue]
grace_days = 0            # an instalment is missed only after so many days
tolerance = "0.00"        # arrears that nobody chases, in units of the loan's currency
count_due_day = false     # true: the due date is day 1 (India)
[allocation]
order = ["fees", "interest", "principal"]   # inside an instalment
[missed]
in_a_row = 3
ever = 6
# window_months = 24      # absent: whole life
[grades]
special_mention_from = 1
substandard_from = 91
doubtful_from = 271
loss_from = 361
[grades.matrix]
enabled = false           # guarantee × days, cells in the file; off in the presets
[contagion]
share_above = "0.10"
[restructuring]
months = 12
periods = 2
[cure]
months = 6
periods = 2
applies_to = ["company", "village_group"]   # persons follow the days
[provision]
general = "0.01"          # of all loans, apart
normal = "0"
special_mention = "0.02"
substandard = "0.25"
doubtful = "0.50"
loss = "1.00"
[segments]
# old_before = 2024-01-01   # old: disbursed before
"""
    assert parse(text, name="cn") == preset("cn")
