import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client, override_settings
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

from recobro.office.people.models import User
from tests.browser.bank import made
from tests.runs.kept import Kept

DESK: ViewportSize = {"width": 1400, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
BACKEND = "recobro.office.people.backend.ByPassword"


@dataclass
class Visitor:
    """Somebody's browser at the bank's pages, and what its console said meanwhile."""

    browser: Browser
    url: str
    said: list[str] = field(default_factory=list)

    def page(
        self,
        user: str = "",
        *,
        phone: bool = False,
        dark: bool = False,
        language: str = "en",
    ) -> Page:
        """Return a new window, in which somebody has signed in if named."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        context.set_default_timeout(10_000)
        if user:
            person = User.objects.get(username=user)
            User.objects.filter(pk=person.pk).update(language=language)
            client = Client()
            client.force_login(person, backend=BACKEND)
            key = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": key, "url": self.url}])
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if not message.text.startswith("[DOM]"):  # what Chromium would like better
            self.said.append(message.text)


def settled(page: Page) -> None:
    """Wait until what a page fetches of its own has come."""
    expect(page.locator("[hx-trigger=load]:not(:has(h3))")).to_have_count(0, timeout=30_000)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return where the browser is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        told = "There is no Chromium on this machine: the pages were not opened in a browser."
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return found


@pytest.fixture(scope="session")
def bank(
    chromium: str,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return a bank; none of its rows stays in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        kept = made(tmp_path_factory.mktemp("browsed"))
        transaction.set_rollback(True)
    return kept


@pytest.fixture(scope="session")
def live_server(bank: Kept) -> Iterator[LiveServer]:
    """Serve the pages; what is static comes from its source, under its own name."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STATIC_ROOT=bank.home, STORAGES={"staticfiles": plain}):
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start the browser. Playwright's loop ends with the module: other tests must not meet it."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the loop of Playwright is not Django's
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def visitor(
    browser: Browser,
    bank: Kept,
    live_server: LiveServer,
    transactional_db: None,
    settings: Settings,
) -> Iterator[Visitor]:
    """Return a browser at the bank; nothing may be said on its console, of CSP least of all."""
    settings.HOME = bank.home
    bank.put()
    visitor = Visitor(browser, live_server.url)
    yield visitor
    for context in browser.contexts:
        context.close()
    assert visitor.said == []


@pytest.fixture
def at(visitor: Visitor) -> Callable[..., Page]:
    """Return how somebody opens a page."""

    def opened(path: str, user: str = "", **how: bool | str) -> Page:
        page = visitor.page(user, **how)  # type: ignore[arg-type]  # as page has them
        page.goto(path)
        settled(page)
        return page

    return opened
