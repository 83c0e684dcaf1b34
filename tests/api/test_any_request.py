"""Requests that nobody thought of: none breaks the program, and each answer is as was promised."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from recobro.office.people.enums import Role
from tests.api.conftest import Program
from tests.api.endpoints import ENDPOINTS, HOME_1, N1
from tests.web.workplace import appoint, post

pytestmark = pytest.mark.usefixtures("workplace")

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
THERE_IS: Final = {"loan_no": N1, "number": HOME_1, "institution_id": "north"}
"""What a part of an address leads to: one of chance leads nowhere."""

few = bounds(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(collected: Path) -> Iterator[OpenApiSchema]:
    """Return what the API says of itself, asked once of the program as a server calls it.

    The connection outlives a request, as it must here; Django's own client does the same.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with override_settings(STATIC_ROOT=collected):
        program = WSGIHandler()
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", program)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("name", ENDPOINTS)
def test_any_request_is_answered_as_the_api_says(
    name: str,
    mode: GenerationMode,
    program: Program,
    described: OpenApiSchema,
    settings: Settings,
) -> None:
    """Requests as the API describes them, and such as are wrong somewhere, of one who may all."""
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    appoint("all", Role.MANAGEMENT, "bank")
    post("all", Role.AUDITOR, "bank")
    post("all", Role.ADMINISTRATOR, "bank")
    headers = {"Authorization": str(program("all").defaults["HTTP_AUTHORIZATION"])}
    operation = described.find_operation_by_id(name)

    @few
    @given(case=operation.as_strategy(generation_mode=mode), leads=st.booleans())
    def ask(case: schemathesis.Case[Any], *, leads: bool) -> None:
        if leads:
            case.path_parameters = {
                name: THERE_IS.get(name, value) for name, value in case.path_parameters.items()
            }
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        assert not (mode is GenerationMode.POSITIVE and rejected(response))

    ask()


def rejected(response: schemathesis.Response) -> bool:
    """Tell whether a request is said to be not as it must be, in one part or as a whole."""
    return response.status_code == 400 or bool(
        response.status_code == 422 and response.json()["errors"]
    )
