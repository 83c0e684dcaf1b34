from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker, Settings

from recobro.office.people.models import User
from tests.runs.bank import Bank
from tests.web.workplace import Workplace, opened

SignedIn = Callable[[str], Client]


@pytest.fixture(scope="session")
def opened_once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Workplace:
    """Return a bank's workplace; none of its rows stays in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        workplace = opened(tmp_path_factory.mktemp("workplace"))
        transaction.set_rollback(True)
    return workplace


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of the style sheets and scripts, as a server has them."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", verbosity=0, interactive=False)
    return folder


@pytest.fixture(autouse=True)
def _pages(settings: Settings, collected: Path) -> None:
    settings.STATIC_ROOT = collected


@pytest.fixture
def workplace(opened_once: Workplace, settings: Settings, db: None) -> Workplace:
    """Return the workplace, its rows in the database of the test."""
    settings.HOME = opened_once.home
    opened_once.put()
    return opened_once


@pytest.fixture
def bank(tmp_path: Path, settings: Settings, db: None) -> Bank:
    """Return a bank that has delivered nothing yet."""
    bank = Bank(tmp_path)
    settings.HOME = bank.home.path
    return bank


@pytest.fixture
def signed_in() -> SignedIn:
    """Return a browser in which somebody, told by user name, has signed in."""

    def client(username: str) -> Client:
        browser = Client()
        browser.force_login(
            User.objects.get(username=username),
            backend="recobro.office.people.backend.ByPassword",
        )
        return browser

    return client
