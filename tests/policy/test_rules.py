import pytest

from recobro.policy import PRESETS, PolicyRefused, Rule, parse, rules
from recobro.policy.keys import keys
from recobro.policy.rules import unbuilt

KEYS = {str(key) for key in keys()}


def test_a_built_rule_is_carried_by_a_key_that_there_is() -> None:
    assert [one for one in rules() if one.built and one.key and one.key not in KEYS] == []


def test_a_rule_that_is_not_built_has_a_key_that_there_is_not() -> None:
    assert [one for one in rules() if not one.built and one.key in KEYS] == []


@pytest.mark.parametrize(
    "rule", [one for one in rules() if one.key and not one.built], ids=lambda rule: rule.key
)
def test_its_key_is_refused_and_the_reason_told(rule: Rule) -> None:
    *sections, key = rule.key.split(".")
    with pytest.raises(PolicyRefused) as refused:
        parse(f"[{'.'.join(sections)}]\n{key} = 1\n", file="ours.toml")
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (2, rule.key)
    assert problem.wrong.startswith("would do nothing, because this rule is not built yet: ")


def test_each_preset_says_what_it_is_made_of_and_what_it_lacks() -> None:
    assert {(one.preset, one.built) for one in rules()} == {
        (name, built) for name in PRESETS for built in (True, False)
    }
    assert all(one.rule and one.source for one in rules())


def test_a_rule_by_its_key() -> None:
    assert unbuilt("grades.pulling_effect") == Rule(
        preset="eu",
        rule="Pulling effect: more than 20 % of a debtor's loans over 90 days, and all are NPE",
        source="Implementing Regulation (EU) 680/2014, annex V; recalled",
        built=False,
        key="grades.pulling_effect",
    )
    assert unbuilt("overdue.grace_days") is None
    assert unbuilt("contagion.share_above") is None
