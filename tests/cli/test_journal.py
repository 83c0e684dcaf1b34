import json
from pathlib import Path

import pytest

from recobro.journal.models import Entry
from tests.cli.conftest import Recobro
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write

pytestmark = pytest.mark.django_db

UNSEALED = "2 entries (2 not sealed yet), each as it was written; 0 seals hold.\n"
BOOK = "2025-06-05 A owes 100.00"


@pytest.fixture
def told(recobro: Recobro, tmp_path: Path) -> Recobro:
    """Return the program after somebody was added, whose case was opened by a look."""
    recobro("load", write(tmp_path / "delivery", rows_of(written(BOOK))))
    recobro("close", "--as-of", "2026-02-28")
    words = ("--role", "management", "--institution", "bank", "--password-file", "-")
    added = recobro("user", "add", "boss", *words, input="seven lean cows")
    assert added.exit_code == 0
    recobro("close", "--as-of", "2026-03-31")
    return recobro


def test_a_worker_opens_cases_and_seals_once_a_day(told: Recobro) -> None:
    first, second = (json.loads(told("worker", "--once", "--json").stdout) for _ in range(2))
    assert (first, second) == (
        {"shown": ["2026-03-31"], "seal": 1},
        {"shown": [], "seal": None},
    )
    acts = Entry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["people.user-added", "people.post-given", "case.opened"]


def test_all_is_as_it_was_written(told: Recobro) -> None:
    assert told("journal", "verify").stderr == UNSEALED
    assert "Made seal 1" in told("journal", "seal").stderr
    assert told("journal", "seal").stderr == "Nothing has been written since the last seal.\n"
    assert told("journal", "verify").stderr == "2 entries, each as it was written; 1 seal holds.\n"


def test_what_is_not_is_named(told: Recobro) -> None:
    told("journal", "seal")
    Entry.objects.filter(act="people.post-given").update(after={"role": "administrator"})
    answer = told("journal", "verify", "--json")
    assert answer.exit_code == 2
    assert [one["what"] for one in json.loads(answer.stdout)["breaks"]] == [
        "it is not what was written, or it follows another entry"
    ]
    shown = told("journal", "verify")
    assert "people:boss 2" in shown.stdout
    assert shown.stderr == "Of 2 entries, 1 place is not as it was written.\n"


def test_a_lost_key_is_not_made_anew(told: Recobro, home: Path) -> None:
    told("journal", "seal")
    (home / "journal-key").unlink()
    for act in ("verify", "seal"):
        answer = told("journal", act)
        assert answer.exit_code == 2
        assert "key of the journal's seals is not in" in answer.stderr
    assert not (home / "journal-key").exists()


def test_the_newest_entries(told: Recobro) -> None:
    answer = json.loads(told("journal", "list", "--limit", "1", "--json").stdout)
    assert (answer["total"], [one["act"] for one in answer["entries"]]) == (
        2,
        ["people.post-given"],
    )
