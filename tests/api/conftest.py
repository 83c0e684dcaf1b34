from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from recobro.api.limits import FAILURES, REQUESTS
from recobro.office.people.models import User
from recobro.office.tokens.operations import give_token
from tests.web.conftest import _pages, collected, opened_once, workplace

__all__ = ["_pages", "collected", "opened_once", "workplace"]

Program = Callable[..., Client]


@pytest.fixture(autouse=True)
def _nobody_has_asked() -> Iterator[None]:
    yield
    REQUESTS.forget()
    FAILURES.forget()


@pytest.fixture
def program() -> Program:
    """Return a program with a token of somebody's, told by user name."""

    def client(username: str, *, may_write: bool = True, name: str = "nightly") -> Client:
        _, secret = give_token(
            user=User.objects.get(username=username),
            name=name,
            may_write=may_write,
            days=30,
            at=datetime.now(tz=UTC),
            by=username,
        )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return client
