import shutil
from pathlib import Path
from typing import Final

import pytest
from pytest_django import DjangoDbBlocker

from recobro.office.people.enums import Role
from recobro.runs.operations import show
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import rows_of
from tests.runs.kept import Kept, kept
from tests.web.workplace import INSTITUTIONS, appoint

BOOK: Final = """
    2025-12-05 B1 lends 100.00 to person ana
    2026-01-05 B1 owes 100.00
    2025-12-05 B2 lends 80.00 to person bo
    2026-01-05 B2 owes 80.00
    2025-12-05 N1 lends 90.00 to person cai
    2026-01-05 N1 owes 90.00
    2025-12-05 N2 lends 50.00 USD to company dag
    2026-01-05 N2 owes 50.00
    2025-12-05 S1 lends 70.00 to person eve
    2026-01-05 S1 owes 70.00
    2026-07-10 B1 pays 100.00
"""
"""B1 and B2 at the sub-branch below north, N1 and N2 at north, S1 at south; all bad in June."""

PLACES: Final = {"B": "below", "N": "north", "S": "south"}
PEOPLE: Final = (
    ("president", Role.MANAGEMENT, "bank"),
    ("risk", Role.RISK, "bank"),
    ("head", Role.BRANCH_HEAD, "north"),
    ("collector", Role.ACCOUNT_MANAGER, "north"),
    ("junior", Role.ACCOUNT_MANAGER, "below"),
    ("southern", Role.ACCOUNT_MANAGER, "south"),
    ("archive", Role.ARCHIVE, "north"),
    ("office", Role.OFFICE, "bank"),
)


def _made(bank: Bank) -> None:
    tables = rows_of(written(BOOK))
    loans = [row | {"institution_id": PLACES[row["loan_id"][0]]} for row in tables["loans"]]
    bank.load(tables | {"institutions": list(INSTITUTIONS), "loans": loans})
    bank.close("2026-05-31")
    show(home=bank.home, at=AT)
    for username, role, place in PEOPLE:
        appoint(username, role, place)
    bank.close("2026-06-30")
    show(home=bank.home, at=AT)


@pytest.fixture(scope="session")
def cleared_once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return a bank of five households with a bad loan each, and people to clear them."""
    return kept(tmp_path_factory.mktemp("cleared"), _made, django_db_blocker)


@pytest.fixture
def cleared(cleared_once: Kept, db: None) -> None:
    """Put that bank into the database of the test."""
    cleared_once.put()


@pytest.fixture
def cleared_bank(cleared_once: Kept, cleared: None, tmp_path: Path) -> Bank:
    """Return that bank, with a home of its own."""
    shutil.copytree(cleared_once.home, tmp_path / "home")
    return Bank(tmp_path)
