"""The help: pages of Markdown beside this file, in three languages, rendered and searched."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

PAGES: Final = (
    *("first-steps", "ledger", "household", "loan", "decisions", "figures", "notices", "teams"),
    *(
        "people",
        "settings",
        "account",
        "loads-and-closes",
        "journal",
        "search-and-keys",
        "glossary",
    ),
)
"""The pages, in the order in which somebody reads them who begins."""

OF_ROUTES: Final[Mapping[str, str]] = {
    "home": "first-steps",
    **dict.fromkeys(("cases", "loans"), "ledger"),
    **dict.fromkeys(("case", "case-assign"), "household"),
    "loan": "loan",
    "closes": "first-steps",
    **dict.fromkeys(("notices", "notice", "notice-sign"), "notices"),
    **dict.fromkeys(("teams", "team", "team-add", "team-change", "team-changes"), "teams"),
    **dict.fromkeys(("team-leader", "team-member", "team-pair", "team-cases"), "teams"),
    **dict.fromkeys(("team-end", "case-team"), "teams"),
    **dict.fromkeys(("team-member-end", "team-pair-end", "team-case-end"), "teams"),
    **dict.fromkeys(("people", "people-add", "person", "person-end"), "people"),
    **dict.fromkeys(("person-password", "person-post", "person-post-end"), "people"),
    "person-asked-withdraw": "people",
    **dict.fromkeys(("absence", "password", "second-factor", "recovery-codes"), "account"),
    **dict.fromkeys(("second-factor-remove", "sessions", "tokens"), "account"),
    **dict.fromkeys(("jobs", "job", "jobs-load", "jobs-close"), "loads-and-closes"),
    **dict.fromkeys(("jobs-upload", "jobs-nightly"), "loads-and-closes"),
    **dict.fromkeys(("loads", "load"), "loads-and-closes"),
    **dict.fromkeys(("approvals", "approval", "approval-decide", "approval-withdraw"), "decisions"),
    **dict.fromkeys(("hand-over", "handovers", "handover", "handover-sign"), "decisions"),
    **dict.fromkeys(("case-deadline", "judgements", "judgement-end"), "decisions"),
    **dict.fromkeys(("bridge", "bridge-loans", "institutions", "institution"), "figures"),
    "reports": "figures",
    **dict.fromkeys(("settings", "setting", "webhooks", "webhook"), "settings"),
    "journal": "journal",
    "search": "search-and-keys",
}
"""The help that fits a page, by the name of its route; of others it is the first one."""

_WORDS: Final = 5
"""So many words of a search are looked for."""
_AROUND: Final = 80
"""Signs of a text on each side of what was found."""
_WORD: Final = 20
"""Signs within which the end of a word is looked for."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a heading of its own; `anchor` leads there."""

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page of the help in one language."""

    name: str
    title: str
    html: SafeString
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a page in which all words of a search are, and the text around the first."""

    page: HelpPage
    section: Section
    around: str


def help_of(route: str | None) -> str:
    """Return the name of the help that fits a page."""
    return OF_ROUTES.get(route or "", PAGES[0])


@cache
def help_page(code: str, name: str) -> HelpPage:
    """Return a page in a language; it is read and rendered once."""
    file = files("recobro.web.help") / code / f"{name}.md"
    tokens = _markdown().parse(file.read_text(encoding="utf-8"))
    title = tokens[1].content
    body = tokens[3:]  # without its first heading, which the page shows itself
    sections = _sections(body, title)
    html = _markdown().renderer.render(body, _markdown().options, {})
    return HelpPage(name, title, mark_safe(html), sections)  # noqa: S308 - our own text, HTML off


def help_pages(code: str) -> list[HelpPage]:
    """Return all pages in a language, in their order."""
    return [help_page(code, name) for name in PAGES]


def search_help(code: str, sought: str) -> list[Found]:
    """Return the parts of pages that have every word of a search, in the order of the pages."""
    words = [word.casefold() for word in sought.split()[:_WORDS]]
    if not words:
        return []
    return [
        Found(page, section, _around(section.text, words[0]))
        for page in help_pages(code)
        for section in page.sections
        if all(word in f"{section.heading} {section.text}".casefold() for word in words)
    ]


def _around(text: str, word: str) -> str:
    at = max(text.casefold().find(word), 0)
    start, end = max(at - _AROUND, 0), at + _AROUND
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return f"{before}{_whole_words(text, start, end).strip()}{after}"


def _whole_words(text: str, start: int, end: int) -> str:
    """Return part of a text without the halves of words at its ends; Chinese has no spaces."""
    if start:
        start += text[start : start + _WORD].find(" ") + 1
    if end < len(text):
        last = text[end - _WORD : end].rfind(" ")
        end = end if last < 0 else end - _WORD + last
    return text[start:end]


def _sections(tokens: Sequence[Token], title: str) -> list[Section]:
    """Part the tokens at their headings, and give each heading an id."""
    parts: list[tuple[str, str, list[str]]] = [(title, "", [])]
    heads = False
    for token in tokens:
        if token.type == "heading_open":
            token.attrs["id"] = f"s{len(parts)}"
            heads = True
        elif token.type == "inline" and heads:
            parts.append((token.content, f"s{len(parts)}", []))
            heads = False
        elif token.type == "inline":
            parts[-1][2].append(_plain(token))
    return [Section(heading, anchor, " ".join(texts)) for heading, anchor, texts in parts]


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


@cache
def _markdown() -> MarkdownIt:
    """Return what renders: tables, no HTML of its own, and links between the pages."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("link_open", _link)
    made.add_render_rule("table_open", _table)
    made.add_render_rule("table_close", _table_close)
    return made


def _link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    number: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    told = str(tokens[number].attrs["href"])
    page = re.fullmatch(r"([a-z-]+)\.md", told)
    if page:
        tokens[number].attrs["href"] = reverse("help-page", args=[page[1]])
    return renderer.renderToken(tokens, number, options, env)


def _table(*_: object) -> str:
    return '<div class="scroll"><table class="rows told">'


def _table_close(*_: object) -> str:
    return "</table></div>"
