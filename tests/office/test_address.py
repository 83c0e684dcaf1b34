import pytest
from django.test import RequestFactory
from pytest_django import Settings

from recobro.office.address import address_of


@pytest.mark.parametrize(
    ("behind", "forwarded", "expected"),
    [
        (False, "203.0.113.9", "192.0.2.7"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "claimed, 203.0.113.9", "203.0.113.9"),
        (True, "", ""),
    ],
)
def test_from_where_somebody_asks(
    forwarded: str, expected: str, settings: Settings, *, behind: bool
) -> None:
    settings.BEHIND_PROXY = behind
    asked = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": forwarded}
    )
    assert address_of(asked) == expected
