import json
from pathlib import Path

import pytest

from benchmarks.page import MarkersMissing, keep
from benchmarks.row import Row, faster, ratio

CIRCUMSTANCES = {
    "command": "python -m benchmarks",
    "on": "2026-06-30",
    "repeat": 3,
    "machine": "a machine",
    "versions": {"Python": "3.11", "duckdb": "1.5"},
}
CLOSE = ratio("close", 1_000_000, [3.0, 1.0, 2.0], [1.0, 0.5, 1.0], bound=4, aim=2.5)
SLOW = ratio("close", 1_000_000, [30.0], [1.0], bound=4, aim=2.5)
PANDAS = faster("close", 1_000, [2.0], [30.0], name="pandas", bound=10)


def test_tables_stand_between_the_lines_and_prose_stays(tmp_path: Path) -> None:
    """
    close 3, 1, 2 s (median 2), scan 1, 0.5, 1 s (median 1): 2.00 ×
    """
    page = tmp_path / "performance.md"
    page.write_text("# Speed\n\n<!-- measured: begin -->\nold\n<!-- measured: end -->\n\nBye.\n")
    keep(tmp_path, "close", [CLOSE], **CIRCUMSTANCES)
    assert page.read_text() == (
        "# Speed\n\n<!-- measured: begin -->\n\n### Close\n\n"
        "`python -m benchmarks`, 2026-06-30, median of 3. a machine; Python 3.11, duckdb 1.5.\n\n"
        "| | loans | measured | value | bound | aim | |\n|---|--:|---|--:|--:|--:|---|\n"
        "| close | 1,000,000 | ours 2.00 s, scan 1.00 s | 2.00 × | ≤ 4 | ≤ 2.5 | aim met |\n\n"
        "<!-- measured: end -->\n\nBye.\n"
    )


def test_a_measure_replaces_its_own_rows_and_leaves_the_others(tmp_path: Path) -> None:
    keep(tmp_path, "close", [SLOW], **CIRCUMSTANCES)
    keep(tmp_path, "pandas", [PANDAS], **CIRCUMSTANCES)
    keep(tmp_path, "close", [CLOSE], **CIRCUMSTANCES)
    kept = json.loads((tmp_path / "performance.json").read_text())
    assert {name: [row["value"] for row in each["rows"]] for name, each in kept.items()} == {
        "close": [2.0],
        "pandas": [15.0],
    }
    assert kept["close"]["rows"][0]["samples"] == {"ours": [3.0, 1.0, 2.0], "scan": [1.0, 0.5, 1.0]}
    assert (tmp_path / "performance.md").read_text().count("###") == 2


def test_a_page_without_the_lines_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("# Speed\n")
    with pytest.raises(MarkersMissing, match=r"performance\.md lacks one of the lines"):
        keep(tmp_path, "close", [CLOSE], **CIRCUMSTANCES)
    assert page.read_text() == "# Speed\n"
    assert (tmp_path / "performance.json").exists()


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(2.5, "aim met"), (2.6, "bound kept"), (4.0, "bound kept"), (4.1, "beyond the bound")],
)
def test_a_verdict_compares_with_bound_and_aim(value: float, verdict: str) -> None:
    """
    at most 4, better 2.5
    """
    row = Row(what="close", loans=1, measured="", value=value, bound=4.0, aim=2.5)
    assert row.verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(10.0, "bound kept"), (9.9, "beyond the bound")])
def test_being_faster_has_a_bound_from_below(value: float, verdict: str) -> None:
    """
    at least 10 times as fast
    """
    assert faster("close", 1, [1.0], [value], name="pandas", bound=10).verdict == verdict


def test_a_row_without_a_bound_has_no_verdict() -> None:
    assert Row(what="x", loans=1, measured="", value=1.0).verdict == ""
