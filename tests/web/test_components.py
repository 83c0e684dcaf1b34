"""The page of components shows every part and state, and every token that the style sheet has."""

import re
from pathlib import Path

import pytest

from recobro import web
from recobro.office.people.models import User
from recobro.terms.grades import Grade
from recobro.web.language import NAMES
from recobro.web.views.components import COLOURS, SIZES, STATES
from tests.web.conftest import SignedIn
from tests.web.read import body, main

pytestmark = pytest.mark.one_database("the looks of pages")

STATIC = Path(web.__file__).parent / "static" / "web"
PARTS = (
    *(
        "swatch c-accent",
        "grade big g-loss",
        "grade none",
        "flag bad",
        "note",
        "note stale",
        "note bad",
        "act",
    ),
    *("note good-note", "act danger", "go", "field", "tick", "tile", "spark", "rows cards list"),
    *("here", "run", "foot", "pager", "rows shares", "share", "strip", "legend small quiet"),
    *("arranged", "note default", "pane"),
    *("numbers facts", "pairs", "timeline", "lines", "empty", "stack", "id", "unit", "warn"),
)


def test_every_token_is_on_it() -> None:
    tokens = (STATIC / "tokens.css").read_text(encoding="utf-8")
    light = tokens.partition("@media")[0]
    coloured = set(re.findall(r"--([\w-]+): oklch", light))
    grades = {f"g-{grade.code}" for grade in Grade}
    assert coloured == {*COLOURS, *grades, "on-grade"}
    assert set(re.findall(r"--([\w-]+): [\d.]+px", light)) == {*SIZES, "row", "radius"}


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("code", NAMES)
def test_every_part_is_on_it(code: str, signed_in: SignedIn) -> None:
    User.objects.filter(username="office").update(language=code)
    page = body(signed_in("office").get("/components/"))
    shown = set(re.findall(r'class="([^"]*)"', page))
    assert [part for part in PARTS if part not in shown] == []
    assert [state for state in STATES if f"flag {state}" not in shown] == []
    assert [grade.code for grade in Grade if f'class="swatch g-{grade.code}"' not in page] == []
    assert page.count("<progress") == 2
    assert page.count('aria-invalid="true"') == 3


@pytest.mark.usefixtures("workplace")
def test_what_is_hidden_is_hidden_there_too(signed_in: SignedIn) -> None:
    page = main(signed_in("office").get("/components/"))
    assert "•••••••8001" in page
    assert "13800138001" not in page
