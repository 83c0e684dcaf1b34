"""What a browser gets, as a person reads it."""

import re
from html import unescape
from typing import Any

from tests.web.workplace import LOANS


def body(response: Any) -> str:
    """Return a response's text."""
    return bytes(response.content).decode()


def plain(html: str) -> str:
    """Return what of HTML can be read, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def main(response: Any) -> str:
    """Return what can be read on a page, without its frame."""
    return plain(body(response).partition("<main")[2].partition("</main>")[0].partition(">")[2])


def loans(response: Any) -> list[str]:
    """Return the numbers of loans that stand by themselves on a page, in their order."""
    return re.findall(rf">\s*({'|'.join(LOANS)})\s*<", body(response))
