"""The pictures of the main pages in the documents: there, of one size, each shown somewhere.

They are made of a demonstration bank, which takes a minute: only where RECOBRO_PICTURES names its
home. Then each page is opened as a reader sees it first.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESK

ROOT: Final = Path(__file__).parents[2]
IMAGES: Final = ROOT / "docs" / "images"
HOME: Final = os.environ.get("RECOBRO_PICTURES", "")
SERVE: Final = "from recobro.cli.main import app; app()"
LARGEST: Final = 400_000
"""Bytes of a picture."""

PICTURES: Final = {
    "page-home": ("president", "/"),
    "page-loans": ("president", "/loans/"),
    "page-loan": ("president", "/loans/?state=nonperforming&sort=-outstanding"),
    "page-cases": ("president", "/cases/"),
    "page-case": ("president", "/cases/?at=QH-04"),
    "page-notices": ("president", "/notices/"),
    "page-teams": ("president", "/teams/"),
    "page-jobs": ("president", "/jobs/"),
    "page-journal": ("president", "/journal/"),
    "page-help": ("president", "/help/ledger/"),
}
"""The pages by picture, and who opens them where."""

FOLLOWED: Final = {"page-loan", "page-case", "page-teams"}
"""Of these lists the first row is opened."""


def size(file: Path) -> tuple[int, int]:
    """Return how wide and high a picture is."""
    head = file.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_of_a_page(name: str) -> None:
    file = IMAGES / f"{name}.png"
    assert size(file) == (DESK["width"], DESK["height"])
    assert file.stat().st_size <= LARGEST


def test_every_picture_is_shown_in_a_document() -> None:
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    told = "\n".join(file.read_text(encoding="utf-8") for file in texts)
    assert [name for name in PICTURES if f"images/{name}.png" not in told] == []


@pytest.fixture
def served() -> Iterator[str]:
    """Serve the demonstration bank, and return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-c", SERVE, "serve", "--home", HOME, "--port", str(port)]
    own = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(words, env=own)  # noqa: S603 - our own program
    try:
        _wait(port)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int) -> None:
    for _ in range(120):
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    pytest.fail("the pages of the demonstration bank did not open")


@pytest.mark.skipif(not HOME, reason="RECOBRO_PICTURES names no demonstration bank")
def test_pictures_are_taken(browser: Browser, served: str) -> None:
    people = json.loads((Path(HOME) / "demo-users.json").read_text(encoding="utf-8"))
    passwords = {person["username"]: person["password"] for person in people}
    pages: dict[str, Page] = {}
    for name, (user, path) in PICTURES.items():
        page = pages.setdefault(user, browser.new_context(viewport=DESK).new_page())
        if page.url == "about:blank":
            page.goto(f"{served}/sign-in/")
            page.fill("input[name=username]", user)
            page.fill("input[name=password]", passwords[user])
            page.click("button.act")
        page.goto(f"{served}{path}")
        if name in FOLLOWED:
            page.locator("table.list tbody a").first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}.png")
