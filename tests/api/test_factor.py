"""A token opens nothing while a second factor is demanded that its person has not."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from recobro.office.people.enums import Role
from recobro.office.people.models import SecondFactor, User
from tests.api.conftest import Program

pytestmark = pytest.mark.usefixtures("workplace")
SECRET = "secret"  # noqa: S105 - of nobody


def test_who_must_have_a_second_factor_first(program: Program, settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.RISK})
    risk, legal = program("risk"), program("legal")
    for path in ("me", "loans"):
        refused = risk.get(f"/api/v1/{path}")
        told = refused.json()
        assert (refused.status_code, told["type"]) == (403, "urn:recobro:second-factor-first")
        assert "Sign in to the pages and set one up" in told["detail"]
    assert legal.get("/api/v1/me").status_code == 200
    SecondFactor.objects.create(
        user=User.objects.get(username="risk"), secret=SECRET, since_at=datetime.now(tz=UTC)
    )
    assert risk.get("/api/v1/me").status_code == 200
