"""Each way in which a policy file can be wrong: the test's text is the file."""

import pytest

from recobro.policy import PolicyRefused, Rule, parse, rules

QUOTES = "is a bare number; a decimal stands in quotes, so that no digit is lost"
GRADES = "normal, special_mention, substandard, doubtful, loss"


def refused(text: str) -> list[tuple[int | None, str, str, str | None]]:
    with pytest.raises(PolicyRefused) as refusal:
        parse(text, file="policy.toml")
    problems = refusal.value.problems
    assert {problem.file for problem in problems} == {"policy.toml"}
    return [(one.line, one.key, one.wrong, one.meant) for one in problems]


@pytest.mark.parametrize(
    ("text", "line", "key", "meant"),
    [
        ("[overdue]\n\ngrace_day = 3", 3, "overdue.grace_day", "overdue.grace_days"),
        ("[overdue]\ngrace-days = 3", 2, "overdue.grace-days", "overdue.grace_days"),
        ("grace_days = 3", 1, "grace_days", "overdue.grace_days"),
        ("GraceDays = 3", 1, "GraceDays", "overdue.grace_days"),
        ("overdue.tolerence = '1'", 1, "overdue.tolerence", "overdue.tolerance"),
        ("[overdeu]\ngrace_days = 3", 1, "overdeu", "overdue"),
        ("[provision]\nshare_above = '0'", 2, "provision.share_above", "contagion.share_above"),
        ("[cure]\nperiod = 3", 2, "cure.period", "cure.periods"),
        ("[grades]\nmatrx.enabled = true", 2, "grades.matrx", "grades.matrix"),
        ("[grades.matrix]\npledges = []", 2, "grades.matrix.pledges", "grades.matrix.pledge"),
        ("[zzz]", 1, "zzz", None),
    ],
)
def test_a_key_that_is_none_names_its_neighbour(
    text: str, line: int, key: str, meant: str | None
) -> None:
    assert refused(text) == [(line, key, "is no key of a policy", meant)]


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.key and not rule.built])
def test_a_key_of_a_rule_that_is_not_built_is_never_accepted(rule: Rule) -> None:
    section, _, key = rule.key.rpartition(".")
    ((line, named, wrong, meant),) = refused(f"[{section}]\n{key} = 1")
    assert (line, named, meant) == (2, rule.key, None)
    assert wrong.startswith("would do nothing, because this rule is not built yet: ")


def test_what_is_said_of_a_rule_that_is_not_built() -> None:
    assert refused('[overdue]\nmateriality_absolute = "100"') == [
        (
            2,
            "overdue.materiality_absolute",
            (
                "would do nothing, because this rule is not built yet: Only arrears above 100 euro "
                "(retail) or 500 euro count (Delegated Regulation (EU) 2018/171; recalled); take "
                "the key out, so that nobody believes the rule to be in force"
            ),
            None,
        )
    ]


@pytest.mark.parametrize(
    ("section", "line", "wrong", "meant"),
    [
        ("overdue", "tolerance = 0.50", QUOTES, '"0.50"'),
        ("overdue", "tolerance = 1e2", QUOTES, '"1e2"'),
        ("provision", "loss = 1", QUOTES, '"1"'),
        (
            "provision",
            "loss = true",
            'is true, but must be a decimal in quotes, such as "0.25"',
            None,
        ),
        (
            "provision",
            "loss = '5 %'",
            'is "5 %", but must be a decimal in quotes, such as "0.25"',
            None,
        ),
        ("provision", "loss = '1.01'", 'is "1.01", but must be at most 1', None),
        ("provision", "loss = '-0.1'", 'is "-0.1", but must be at least 0', None),
        (
            "provision",
            "loss = '0.1234567'",
            'is "0.1234567", but may have 6 digits after the point',
            None,
        ),
        ("provision", "coverage = '101'", 'is "101", but must be at most 100', None),
        ("overdue", "tolerance = '-1'", 'is "-1", but must be at least 0', None),
        ("overdue", "grace_days = -1", "is -1, but must be at least 0", None),
        ("overdue", "grace_days = 36501", "is 36501, but must be at most 36500", None),
        ("overdue", "grace_days = 1.5", "is 1.5, but must be a whole number", None),
        ("overdue", "grace_days = '3'", 'is "3", but must be a whole number', None),
        ("overdue", "grace_days = true", "is true, but must be a whole number", None),
        ("overdue", "count_due_day = 1", "is 1, but must be true or false", None),
        ("missed", "in_a_row = 0", "is 0, but must be at least 1", None),
        ("missed", "window_months = 0", "is 0, but must be at least 1", None),
        ("grades", "special_mention_from = 0", "is 0, but must be at least 1", None),
        (
            "cure",
            "applies_to = 'person'",
            'is "person", but must be a list in square brackets',
            None,
        ),
        ("cure", "applies_to = ['person', 'person']", "names a word twice", '["person"]'),
        (
            "segments",
            "old_before = '2024-01-01'",
            'is "2024-01-01", but must be a date without quotes, such as 2024-01-01',
            None,
        ),
        (
            "segments",
            "old_before = 2024-01-01T00:00:00",
            "is 2024-01-01 00:00:00, but must be a date without quotes, such as 2024-01-01",
            None,
        ),
        (
            "allocation",
            "order = ['principal', 'intrest', 'fees']",
            "must name each of fees, interest, principal exactly once",
            '["principal", "interest", "fees"]',
        ),
        (
            "allocation",
            "order = ['principal']",
            "must name each of fees, interest, principal exactly once",
            '["fees", "interest", "principal"]',
        ),
    ],
)
def test_an_impossible_value(section: str, line: str, wrong: str, meant: str | None) -> None:
    key = f"{section}.{line.partition(' =')[0]}"
    assert refused(f"[{section}]\n{line}") == [(2, key, wrong, meant)]


def test_a_word_out_of_its_list_names_the_nearest() -> None:
    assert refused("[cure]\napplies_to = ['person', 'companies']") == [
        (
            2,
            "cure.applies_to.2",
            'is "companies", which is none of person, company, village_group',
            '"company"',
        )
    ]
    assert refused("extends = 'usa'") == [
        (1, "extends", 'is "usa", which is none of cn, eu, in', None)
    ]
    assert refused("extends = 1.5") == [
        (1, "extends", "is 1.5, but must be a text in quotes", None)
    ]


def test_a_name_is_one_line() -> None:
    assert refused('name = ""') == [
        (1, "name", 'is "", but must be one line of text, not empty', None)
    ]


def test_a_section_is_no_value() -> None:
    assert refused("grades = 5") == [
        (1, "grades", "is 5, but must be a section with keys of its own", None)
    ]


def test_the_ladder_rises() -> None:
    text = "[grades]\nspecial_mention_from = 5\nsubstandard_from = 5\nloss_from = 271\n"
    assert refused(text) == [
        (
            3,
            "grades.substandard_from",
            "is 5, but must be more than the 5 of special_mention_from",
            None,
        ),
        (4, "grades.loss_from", "is 271, but must be more than the 271 of doubtful_from", None),
    ]


def test_a_step_that_clashes_with_the_preset_is_shown_on_the_line_that_the_bank_wrote() -> None:
    assert refused("[grades]\nspecial_mention_from = 100") == [
        (
            2,
            "grades.substandard_from",
            "is 91, but must be more than the 100 of special_mention_from",
            None,
        )
    ]


def test_a_step_above_an_impossible_one_is_checked_against_the_others() -> None:
    text = "[grades]\nspecial_mention_from = 200\nsubstandard_from = -1\n"
    assert refused(text + "doubtful_from = 150") == [
        (3, "grades.substandard_from", "is -1, but must be at least 1", None),
        (
            4,
            "grades.doubtful_from",
            "is 150, but must be more than the 200 of special_mention_from",
            None,
        ),
    ]


def test_the_matrix_fills_its_columns_with_grades_that_do_not_improve() -> None:
    text = """
[grades.matrix]
from_days = [0, 1, 91]
credit = ["normal", "special_mention", "substandart"]
guarantee = ["normal", "substandard", "special_mention"]
mortgage = ["normal", "special_mention"]
"""
    assert refused(text) == [
        (
            3,
            "grades.matrix.pledge",
            "has 7 grades for the 3 columns of from_days",
            None,
        ),
        (
            4,
            "grades.matrix.credit.3",
            f'is "substandart", which is none of {GRADES}',
            '"substandard"',
        ),
        (
            5,
            "grades.matrix.guarantee",
            "must not give a better grade for more days past due",
            None,
        ),
        (6, "grades.matrix.mortgage", "has 2 grades for the 3 columns of from_days", None),
    ]


@pytest.mark.parametrize("columns", ["[1, 31]", "[0, 31, 31]", "[0, 91, 31]", "[]"])
def test_the_columns_of_the_matrix_rise_from_zero(columns: str) -> None:
    assert refused(f"[grades.matrix]\nfrom_days = {columns}") == [
        (
            2,
            "grades.matrix.from_days",
            "must begin with 0, and each number be more than the one before",
            None,
        )
    ]


def test_a_local_grade_with_its_own_lines() -> None:
    text = """
[[local_grades]]
name = "early"
days_from = 5
days_until = 4

[[local_grades]]
grad = "loss"
days_until = -1
"""
    assert refused(text) == [
        (5, "local_grades.1.days_until", "is 4, before the 5 of days_from", None),
        (7, "local_grades.2.name", "is missing", None),
        (8, "local_grades.2.grad", "is no key of a policy", "local_grades.grade"),
        (9, "local_grades.2.days_until", "is -1, but must be at least 0", None),
    ]


def test_a_local_grade_in_one_list_is_found_by_the_list() -> None:
    text = 'local_grades = [\n  { name = "early", reason = "restructure" },\n]'
    ((line, key, wrong, meant),) = refused(text)
    assert (line, key, meant) == (1, "local_grades.1.reason", '"restructured"')
    assert wrong.startswith('is "restructure", which is none of days-past-due, ')


def test_all_problems_are_told_at_once() -> None:
    text = (
        'extends = "chn"\n[overdue]\ngrace = 3\n[grades]\nloss_from = 9\n[segments]\nold_before = 7'
    )
    assert [(line, key) for line, key, *_ in refused(text)] == [
        (1, "extends"),
        (3, "overdue.grace"),
        (5, "grades.loss_from"),
        (7, "segments.old_before"),
    ]
