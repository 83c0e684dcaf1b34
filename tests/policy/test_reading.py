import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from recobro.policy import PolicyRefused, Problem, check, parse, preset, read


def test_a_file_names_only_what_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "rural.toml"
    file.write_text('extends = "eu"\n[overdue]\ngrace_days = 3\n', encoding="utf-8")
    expected = preset("eu").model_dump()
    expected["name"] = "rural"
    expected["overdue"]["grace_days"] = 3
    assert read(file).model_dump() == expected
    assert read(str(file)) == read(file)
    assert check(file) == []


def test_a_file_that_extends_nothing_extends_china() -> None:
    assert parse("", name="cn") == preset("cn")


def test_a_bank_names_its_policy() -> None:
    assert parse('name = "农商行 2026"', name="file").name == "农商行 2026"


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(b'\xef\xbb\xbf[provision]\r\nloss = "0.9"\r\n')
    assert read(file).provision.loss == Decimal("0.9")


def test_a_list_is_taken_whole() -> None:
    policy = parse('extends = "in"\nlocal_grades = [{ name = "bad", grade = "loss" }]')
    assert [rule.name for rule in policy.local_grades] == ["bad"]


def test_a_local_grade_has_the_conditions_that_it_names() -> None:
    policy = parse('[[local_grades]]\nname = "early"\ndays_from = 1\ndays_until = 1')
    assert [rule.model_dump() for rule in policy.local_grades] == [
        {"name": "early", "grade": None, "reason": None, "days_from": 1, "days_until": 1}
    ]


def test_a_decimal_keeps_each_digit() -> None:
    assert parse('[overdue]\ntolerance = "0.123456789012345678901234567890123"').overdue == (
        preset("cn").overdue.model_copy(
            update={"tolerance": Decimal("0.123456789012345678901234567890123")}
        )
    )


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "none.toml"
    (problem,) = check(file)
    assert (problem.file, problem.line, problem.key) == (str(file), None, "")
    assert problem.wrong.startswith("cannot be read as UTF-8 text ([Errno 2]")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gb.toml"
    file.write_bytes('name = "农商行"'.encode("gb18030"))
    (problem,) = check(file)
    assert problem.wrong.startswith("cannot be read as UTF-8 text ('utf-8' codec")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[overdue]\ngrace_days 3\n", 2),
        ("[overdue]\ngrace_days = 1\ngrace_days = 2\n", 3),
        ("[allocation]\norder = [", None),
    ],
)
def test_what_is_not_toml_is_refused(text: str, line: int | None) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as told:
        tomllib.loads(text)
    with pytest.raises(PolicyRefused) as refused:
        parse(text, file="policy.toml")
    assert refused.value.problems == [
        Problem("policy.toml", line, "", f"is not TOML: {told.value}")
    ]


def test_the_refusal_lists_every_problem_and_what_to_do() -> None:
    with pytest.raises(PolicyRefused) as refused:
        parse("[overdue]\ngrace_days = -1\n[cure]\nmonth = 3\n", file="policy.toml")
    assert str(refused.value) == (
        "policy.toml is refused, and no rule was changed. "
        "Mend what is listed, then run `recobro policy check`:\n"
        "  policy.toml, line 2: overdue.grace_days is -1, but must be at least 0\n"
        "  policy.toml, line 4: cure.month is no key of a policy; perhaps meant: cure.months"
    )
