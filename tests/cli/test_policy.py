from pathlib import Path

from tests.cli.conftest import Recobro


def test_a_policy_that_can_be_used_is_said_to_be_so(recobro: Recobro, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("[overdue]\ngrace_days = 3\n", encoding="utf-8")
    told = recobro("policy", "check", file)
    assert (told.exit_code, told.stdout) == (0, "")
    assert told.stderr == f"{file} is a policy that can be used.\n"


def test_what_is_wrong_is_told_with_its_line(recobro: Recobro, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("[overdue]\ngrace_day = 3\n", encoding="utf-8")
    told = recobro("policy", "check", file)
    assert told.exit_code == 2
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"{file}, line 2: overdue.grace_day ")
    assert line.endswith("perhaps meant: overdue.grace_days")
    shown = recobro("policy", "show", file)
    assert (shown.exit_code, shown.stderr.splitlines()[-1].strip()) == (2, line)


def test_the_home_without_a_policy_has_that_of_china(recobro: Recobro, home: Path) -> None:
    told = recobro("policy", "show")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[0].strip() == "Policy cn, on the preset cn"
    assert not home.exists()


def test_a_file_that_is_not_there_is_not_taken_for_the_preset(
    recobro: Recobro, tmp_path: Path
) -> None:
    told = recobro("policy", "show", tmp_path / "none.toml")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "none.toml" in told.stderr


def test_a_preset_is_shown_by_its_name(recobro: Recobro) -> None:
    told = recobro("policy", "show", "--preset", "eu")
    lines = [line.strip() for line in told.stdout.splitlines()]
    assert (told.exit_code, lines[0]) == (0, "Policy eu, on the preset eu")
    assert lines[-1] == "All rules, one by one: recobro policy rules --preset eu"


def test_a_file_and_a_preset_are_one_too_many(recobro: Recobro, tmp_path: Path) -> None:
    told = recobro("policy", "show", tmp_path / "ours.toml", "--preset", "eu")
    assert (told.exit_code, told.stderr) == (
        2,
        "Refused: Name a policy file or a preset, not both.\n",
    )


def test_what_a_bank_changed_stands_beside_the_preset(recobro: Recobro, home: Path) -> None:
    home.mkdir()
    (home / "policy.toml").write_text("[overdue]\ngrace_days = 3\n", encoding="utf-8")
    told = recobro("policy", "show")
    changed = [line for line in told.stdout.splitlines() if "(cn: " in line]
    assert [line.split()[:4] for line in changed] == [["grace_days", "3", "(cn:", "0)"]]


def test_rules_of_one_preset(recobro: Recobro) -> None:
    told = recobro("policy", "rules", "--preset", "in")
    heads = [line for line in told.stdout.splitlines() if line.startswith("Rules of ")]
    assert (told.exit_code, told.stderr) == (0, "")
    assert [line.partition(":")[0] for line in heads] == ["Rules of in"]
