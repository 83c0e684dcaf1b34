import json
from pathlib import Path

import pytest

from tests.cli.conftest import Recobro


@pytest.mark.django_db
def test_a_folder_without_a_bank(recobro: Recobro, home: Path) -> None:
    told = recobro("doctor", "--json")
    summary = json.loads(told.stdout)
    assert (told.exit_code, summary["verdict"]) == (1, "see-to")
    assert summary["checks"][-1] == {
        "check": "folder",
        "verdict": "see-to",
        "says": f"There is no folder {home}.",
        "remedy": "Name the bank's folder with --home or RECOBRO_HOME; a first load or close makes"
        " it.",
    }
    assert told.stderr.splitlines()[-1].endswith(" to see to.")
