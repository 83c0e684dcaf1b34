"""Institutions ranked, and one of them with all that it has to see to."""

import re
from typing import Any

import pytest
from django.test import Client

from recobro.book.models import Bridge, BridgeCell, BridgeLoan, Close, Figure, Institution
from recobro.office.people.enums import Role
from recobro.oversight.notices.models import Notice
from tests.runs.bank import AT
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import Workplace, appoint

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank."""
    return signed_in("head")


def ranked(browser: Client, query: str = "") -> list[str]:
    response = browser.get(f"/institutions/{query}")
    assert response.status_code == 200
    return [line.figure.institution_id for line in response.context["lines"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "south bank north below"),
        ("?sort=ratio", "below north bank south"),
        ("?sort=institution", "bank north below south"),
        ("?sort=-loans", "bank north below south"),
        ("?sort=nonperforming", "below south north bank"),
        ("?sort=-outstanding", "bank north below south"),
        ("?sort=overdue", "south below north bank"),
        ("?sort=-balance_change", "bank north below south"),
        ("?sort=nonsense", "south bank north below"),
        ("?sort=%00", "south bank north below"),
        ("?at=north", "north below"),
        ("?at=empty", ""),
        ("?kind=branch", "south north"),
        ("?kind=sub_branch", "below"),
        ("?kind=region", ""),
        ("?kind=%00", ""),
        ("?page=9", "south bank north below"),
    ],
)
def test_institutions_are_ranked(query: str, expected: str, head: Client) -> None:
    """
    ratios: south 1, bank 0.58, north 0.51, below 0.33; the start of the year is not closed
    """
    assert ranked(head, query) == expected.split()


def test_a_branch_sees_its_own(workplace: Workplace, signed_in: SignedIn) -> None:
    assert ranked(signed_in("risk")) == ["north", "below"]
    assert ranked(signed_in("twice")) == ["south", "below"]
    assert ranked(signed_in("planning")) == ["north", "below"]
    for who in ("risk", "planning"):
        assert signed_in(who).get("/institutions/south/").status_code == 404
        assert signed_in(who).get("/institutions/bank/").status_code == 404
    assert signed_in("risk").get("/institutions/work/south/").status_code == 404
    assert signed_in("planning").get("/institutions/work/north/").status_code == 403


@pytest.mark.parametrize("name", ["nowhere", "%00", "a/b", "north/south"])
def test_an_institution_that_there_is_not(name: str, head: Client) -> None:
    assert head.get(f"/institutions/{name}/").status_code == 404
    assert head.get(f"/institutions/work/{name}/").status_code == 404


def test_one_whose_id_has_a_stroke(head: Client) -> None:
    Institution.objects.create(
        institution_id="a/b", parent_id="bank", name="Stroke", kind="branch", path="00010009"
    )
    assert "Stroke" in main(head.get("/institutions/a/b/"))


def test_what_changed_since_the_start_of_the_year(head: Client) -> None:
    """
    as if the end of March were that of the year before: of south nothing was bad then; north had
    500.00 of 1,000.00
    """
    start = Close.objects.get(as_of="2026-03-31")
    Close.objects.filter(pk=start.pk).update(as_of="2025-12-31")
    north = Figure.objects.filter(close=start, institution="north", by="all", currency="CNY")
    north.update(
        nonperforming_principal=600_00, outstanding_principal=1_000_00, nonperforming_ratio="0.6"
    )
    response = head.get("/institutions/")
    found = {
        line.figure.institution_id: (line.figure.change, line.double)
        for line in response.context["lines"]
    }
    assert found == {
        "south": (120_00, False),
        "bank": (460_00, False),
        "north": (-260_00, True),
        "below": (40_00, False),
    }
    assert "changes since the start of the year" in main(response)
    assert body(response).count('href="/bridge/?at=') == 4


def test_each_figure_leads_to_its_list(head: Client) -> None:
    """
    north has three open cases: those of N1 with S1 and T1, N3, and W1 … as the ledger of cases says
    """
    page = body(head.get("/institutions/?as_of=2026-06-30"))
    for address in (
        "/loans/?at=south&amp;state=nonperforming&amp;as_of=2026-06-30",
        "/loans/?at=below&amp;state=overdue&amp;as_of=2026-06-30",
        "/institutions/below/?as_of=2026-06-30",
    ):
        assert f'href="{address}"' in page
    lines = head.get("/institutions/").context["lines"]
    told = {line.figure.institution_id: line.cases for line in lines}
    for place, number in told.items():
        listed = head.get(f"/cases/?at={place}").context["page"].paginator.count
        assert (number, bool(number)) == (listed, f'"/cases/?at={place}&' in page)


def test_who_sees_figures_alone_has_no_list_of_loans(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    browser = signed_in("planning")
    for address in ("/institutions/", "/institutions/north/"):
        page = body(browser.get(address))
        assert re.findall(r'href="/(?:loans|cases)/', page) == []
        assert "institutions/work" not in page


def test_one_institution(head: Client) -> None:
    response = head.get("/institutions/north/")
    text = main(response)
    assert "Río Norte Branch · Branch head: Name of branch_head" in text
    assert f"Non-performing balance 340, ratio 50.75{NBSP}%." in response.context["sentence"]
    (bridge,) = response.context["bridge"]
    assert [(bar.cell.item, bar.cell.amount) for bar in bridge.bars] == [
        ("new", 340_00),
        ("closing", 340_00),
    ]
    posts = [(post.role, post.user.name) for post in response.context["posts"]]
    assert posts == [(role.value, f"Name of {role.value}") for role in Role]
    assert '/bridge/loans/?at=north&amp;item=new&amp;currency=CNY"' in body(response)


def test_one_without_a_head_names_that_above(head: Client) -> None:
    """
    nobody heads below or south; north, above the former, has a head
    """
    assert "Branch head: Name of branch_head (Río Norte)" in main(head.get("/institutions/below/"))
    assert "nobody heads it" in main(head.get("/institutions/south/"))
    appoint("chief", Role.BRANCH_HEAD, "below")
    assert "Branch head: Name of chief" in main(head.get("/institutions/below/"))


def test_one_without_loans_still_has_people(head: Client) -> None:
    text = main(head.get("/institutions/empty/"))
    assert "There are no loans on balance. Who works here Nobody holds a post here." in text


def test_a_bridge_that_is_not_made_is_led_to(head: Client) -> None:
    for model in (BridgeLoan, BridgeCell, Bridge):
        model.objects.all().delete()
    page = head.get("/institutions/north/")
    assert "This bridge has not been made yet" in main(page)
    assert 'href="/bridge/?at=north"' in body(page)
    assert "There is no earlier day" in main(head.get("/institutions/north/?as_of=2026-03-31"))


def told(response: Any) -> tuple[list[str], int, list[str]]:
    context = response.context
    return (
        [row.loan.loan_id for row in context["loans"]],
        context["open"],
        [notice.kind for notice in context["notices"]],
    )


def test_what_there_is_to_see_to(head: Client) -> None:
    """
    at below T1 alone is non-performing
    """
    response = head.get("/institutions/work/below/")
    unsigned = list(Notice.objects.filter(institution="below").values_list("kind", flat=True))
    cases = head.get("/cases/?at=below").context["page"].paginator.count
    assert told(response) == (["T1"], cases, unsigned)
    whole = head.get("/institutions/work/bank/")
    assert told(whole)[0] == ["N1", "S1", "N3", "T1"]
    names = [line.name for line in whole.context["cases"]]
    assert names == [line.name for line in head.get("/cases/").context["lines"]]


def test_what_is_signed_is_seen_to(head: Client) -> None:
    signed_by = appoint("signer", Role.MANAGEMENT, "bank")
    Notice.objects.update(signed_by=signed_by, signed_at=AT)
    text = main_of(head.get("/institutions/work/empty/"))
    assert "No loan is non-performing." in text
    assert "No household here has an open case." in text
    assert "All are signed off." in text


def main_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", body(response)).split())


def test_the_places_of_the_frame_lead_from_one_to_another(head: Client) -> None:
    page = body(head.get("/institutions/below/?as_of=2026-06-30"))
    assert 'href="/institutions/north/?as_of=2026-06-30"' in page
    assert 'href="/loans/?at=north"' in body(head.get("/loans/3/?at=north"))


def test_the_first_page_ranks_with_links(head: Client) -> None:
    page = body(head.get("/"))
    assert 'href="/institutions/south/"' in page
    assert 'href="/institutions/"' in page


def test_nothing_is_there_before_the_first_close(workplace: Workplace, signed_in: SignedIn) -> None:
    Close.objects.update(shown_at=None)
    browser = signed_in("risk")
    for address in ("/institutions/", "/institutions/north/"):
        assert "No day has been closed yet" in main(browser.get(address))
    assert browser.get("/institutions/work/north/").status_code == 404
