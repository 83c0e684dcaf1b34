"""What is written of the API is what it is."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from recobro.api.answers import Answer
from recobro.api.door import api
from recobro.api.problems import MEDIA_TYPE
from recobro.api.reference import kind

PAGE = Path(__file__).parents[2] / "docs/users/api.md"


def described() -> dict[str, Any]:
    """Return the API's description as anybody gets it."""
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_the_page_names_every_endpoint() -> None:
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    there_are = {
        f"{method.upper()} {path}" for path, methods in paths.items() for method in methods
    }
    named = re.findall(r"^\| `((?:GET|POST) [^`]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(there_are)


def test_no_two_parts_of_answers_share_a_name() -> None:
    """One of them would be described as the other."""

    def below(kind: type[Answer]) -> list[type[Answer]]:
        found = [each for each in kind.__subclasses__() if "[" not in each.__name__]
        return found + [one for each in found for one in below(each)]

    names = Counter(each.__name__ for each in below(Answer))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_page_tells_the_limits() -> None:
    text = PAGE.read_text("utf-8")
    assert f"ask {settings.API_REQUESTS_A_MINUTE} times a minute" in text
    assert f"and {settings.API_FAILURES_A_MINUTE} times a minute" in text


def test_what_can_go_wrong_is_described(collected: Path) -> None:
    for methods in described()["paths"].values():
        for method, operation in methods.items():
            statuses = {"401", "403", "404", "422", "429", "500"}
            also = {"400", "409", "413"} if method == "post" else set()
            answers = operation["responses"]
            assert statuses | also <= set(answers)
            assert {kind for status in statuses | also for kind in answers[status]["content"]} == {
                MEDIA_TYPE
            }
            assert operation["security"] == [{"Token": []}]


def test_every_field_that_is_bounded_is_described_so(collected: Path) -> None:
    parameters = {
        each["name"]: each["schema"]
        for methods in described()["paths"].values()
        for operation in methods.values()
        for each in operation["parameters"]
    }
    assert (parameters["limit"]["minimum"], parameters["limit"]["maximum"]) == (1, 200)
    assert parameters["search"]["maxLength"] == 200
    assert parameters["loan_no"]["maximum"] == 2**63 - 1


def test_a_page_for_people_tells_of_it_too(collected: Path) -> None:
    answer = Client().get("/api/v1/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    html = answer.content.decode()
    for path, methods in described()["paths"].items():
        for method in methods:
            assert f"{method.upper()} <code>{path}</code>" in html
    for name in described()["components"]["schemas"]:
        assert f'id="{name}"' in html
    assert "<script" not in html
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "any"),
        ({"type": "string"}, "string"),
        ({"type": "string", "maxLength": 60}, "string up to 60"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "integer", "minimum": 1, "maximum": 200}, "integer 1 to 200"),
        ({"type": "integer", "minimum": 1, "maximum": 2**63 - 1}, "integer from 1"),
        ({"type": "string", "pattern": "^((a|b_c))?$"}, "string: a, b_c"),
        ({"type": "string", "pattern": "^(-?(a|b))?$"}, "string: a, b, each with a minus too"),
        ({"type": "string", "pattern": "^[!-~]+$"}, "string"),
        ({"$ref": "#/components/schemas/Loan"}, "Loan"),
        ({"$ref": "#/components/schemas/Page_Loan_"}, "Page of Loan"),
        ({"type": "array", "items": {"$ref": "#/x/Loan"}}, "list of Loan"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
    ],
)
def test_what_a_value_can_be(schema: dict[str, Any], expected: str) -> None:
    assert kind(schema) == expected
