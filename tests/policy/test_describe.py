from recobro.policy import PRESETS, Row, describe, parse, preset
from recobro.policy.keys import keys


def test_a_preset_lists_every_key_unchanged() -> None:
    for name in PRESETS:
        rows = describe(preset(name))
        assert [row.key for row in rows] == [str(key) for key in keys()][2:]
        assert [row.preset_value for row in rows] == [None] * len(rows)
        assert all(row.meaning and row.source for row in rows)


def test_what_a_bank_changes_stands_beside_what_the_preset_says() -> None:
    policy = parse("[cure]\nmonths = 9\n[segments]\nold_before = 2024-01-01")
    assert [row for row in describe(policy) if row.preset_value is not None] == [
        Row(
            key="cure.months",
            value="9",
            preset_value="6",
            meaning="Months that must pass from the day on which nothing was overdue any more.",
            source=(
                "The order, article 14: six months of normal performance; the longer of both. "
                "Read; longer: recalled."
            ),
        ),
        Row(
            key="segments.old_before",
            value="2024-01-01",
            preset_value="",
            meaning=(
                "Loans disbursed before this day are old, the others new; "
                "absent: they are not parted."
            ),
            source="The bank's own choice.",
        ),
    ]


def test_a_decimal_is_shown_as_the_file_writes_it() -> None:
    values = {row.key: row.value for row in describe(preset("cn"))}
    assert values["provision.substandard"] == '"0.25"'
    assert values["overdue.count_due_day"] == "false"
    assert values["missed.window_months"] == ""
    assert values["allocation.order"] == '["fees", "interest", "principal"]'
