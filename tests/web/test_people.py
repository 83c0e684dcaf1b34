from typing import Any

import pytest
from django.test import Client

from recobro.book.models import Institution
from recobro.journal.models import Entry
from recobro.office.approvals.models import Request
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import PASSWORD, appoint

pytestmark = pytest.mark.usefixtures("workplace")
MEI = {
    "username": "mei",
    "name": "梅",
    "role": "archive",
    "institution": "below",
    "language": "zh",
    "password": PASSWORD,
}


@pytest.fixture
def administrator(signed_in: SignedIn) -> Client:
    """Return the browser of somebody who gives posts at north and below."""
    return signed_in("administrator")


def added(browser: Client, **changes: str) -> Any:
    return browser.post("/people/add/", MEI | changes)


def errors(response: Any) -> dict[str, list[str]]:
    """Return what is said beside each field; under __all__ what is said of none."""
    found = response.context["form"].errors
    return {field: [str(error) for error in told] for field, told in found.items()}


def nobody_was_added() -> bool:
    return not User.objects.filter(username=MEI["username"]).exists()


def test_somebody_is_appointed_inside_scope(administrator: Client) -> None:
    response = added(administrator)
    assert (response.status_code, response["Location"]) == (302, "/people/")
    mei = User.objects.get(username="mei")
    assert (mei.name, mei.language) == ("梅", "zh")
    assert [(post.role, post.institution_id) for post in mei.posts.all()] == [("archive", "below")]
    assert "梅 mei" in main(administrator.get("/people/"))
    assert Client().post("/sign-in/", MEI).status_code == 302


def test_the_journal_says_who_appointed(administrator: Client) -> None:
    added(administrator)
    entries = Entry.objects.filter(subject="mei")
    assert {(entry.act, entry.by) for entry in entries} == {
        ("people.user-added", "administrator"),
        ("people.post-given", "administrator"),
    }


def test_a_newcomer_with_power_waits_for_a_second_person(
    administrator: Client, signed_in: SignedIn
) -> None:
    """
    refused, they stay where whoever added them finds them, and sign in without a post
    """
    assert added(administrator, role="legal", reason="New").status_code == 302
    mei = User.objects.get(username="mei")
    assert (mei.posts.count(), Client().post("/sign-in/", MEI).status_code) == (0, 302)
    assert "梅 Legal department, 白云支行" in main(administrator.get("/people/"))
    request = Request.objects.get()
    told = {"decision": "refuse", "remark": "Not yet"}
    signed_in("head").post(f"/approvals/{request.pk}/decide/", told)
    assert "梅 has an account and no post" in main(administrator.get("/people/"))
    assert administrator.get("/people/mei/").status_code == 200


def refused_newcomer(administrator: Client, signed_in: SignedIn) -> None:
    added(administrator, role="legal")
    told = {"decision": "refuse", "remark": "Not yet"}
    signed_in("head").post(f"/approvals/{Request.objects.get().pk}/decide/", told)


def test_a_newcomer_who_was_refused_is_looked_after(
    administrator: Client, signed_in: SignedIn
) -> None:
    """
    an auditor reads it; who administers south knows of nobody
    """
    refused_newcomer(administrator, signed_in)
    page = main(administrator.get("/people/mei/"))
    assert [word in page for word in ("Give another post", "New password", "End the account")] == [
        True
    ] * 3
    assert signed_in("auditor").get("/people/mei/").context["password_form"] is None
    appoint("southern", Role.ADMINISTRATOR, "south")
    assert signed_in("southern").get("/people/mei/").status_code == 404
    assert signed_in("southern").post("/people/mei/end/", {"reason": "x"}).status_code == 404
    told = {"password": "eleven fat cows of his"}
    assert administrator.post("/people/mei/password/", told).status_code == 302
    assert Client().post("/sign-in/", {"username": "mei", **told}).status_code == 302
    assert administrator.post("/people/mei/end/", {"reason": "Never came"}).status_code == 302
    assert User.objects.get(username="mei").is_active is False
    assert "梅" not in main(administrator.get("/people/"))
    assert "Never held a post 梅 mei" in main(administrator.get("/people/?left=1"))
    assert administrator.post("/people/mei/password/", told).status_code == 302
    assert User.objects.get(username="mei").is_active


def test_a_newcomer_whom_another_asks_for_needs_a_new_password(
    administrator: Client, signed_in: SignedIn
) -> None:
    refused_newcomer(administrator, signed_in)
    appoint("root", Role.ADMINISTRATOR, "bank")
    told = {"role": "office", "institution": "north"}
    assert signed_in("root").post("/people/mei/posts/", told).status_code == 302
    assert "Nobody can sign in" in main(administrator.get("/people/mei/"))
    assert Client().post("/sign-in/", MEI).status_code != 302


@pytest.mark.parametrize("institution", ["south", "bank", "nowhere", "\0", ""])
def test_an_institution_outside_scope(institution: str, administrator: Client) -> None:
    response = added(administrator, institution=institution)
    assert (response.status_code, [*errors(response)]) == (422, ["institution"])
    assert nobody_was_added()


def test_the_institutions_that_can_be_chosen(administrator: Client) -> None:
    choices = administrator.get("/people/").context["form"].fields["institution"].queryset
    assert [one.pk for one in choices] == ["north", "below"]


def test_nobody_comes_to_see_the_whole_bank_by_the_pages(signed_in: SignedIn) -> None:
    appoint("root", Role.ADMINISTRATOR, "bank")
    browser = signed_in("root")
    response = added(browser, institution="bank")
    assert (response.status_code, [*errors(response)]) == (422, ["__all__"])
    assert "sees the debtors of the whole bank" in errors(response)["__all__"][0]
    assert nobody_was_added()
    assert added(browser, institution="bank", role="planning").status_code == 302


def test_a_bank_of_one_institution_offers_roles_without_debtors(signed_in: SignedIn) -> None:
    appoint("root", Role.ADMINISTRATOR, "bank")
    offered = signed_in("root").get("/people/").context["form"].fields["role"].choices
    assert "legal" in dict(offered)
    Institution.objects.filter(parent__isnull=False).update(parent=None)
    few = signed_in("root").get("/people/").context["form"].fields["role"].choices
    assert {*dict(few)} == {"personnel", "office", "planning"}


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "This password is too short. It must contain at least 12 characters."),
        ("qwerty123456", "This password is too common."),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(
    password: str, reason: str, administrator: Client
) -> None:
    response = added(administrator, password=password)
    told = f"The password is too weak; nothing was changed. {reason}"
    assert (response.status_code, errors(response)) == (422, {"__all__": [told]})
    assert told in main(response)
    assert f'value="{password}"' not in body(response)
    assert nobody_was_added()


def test_a_name_that_is_taken(administrator: Client) -> None:
    response = added(administrator, username="risk")
    told = "There is a user 'risk' already; nothing was changed. Choose another name."
    assert (response.status_code, errors(response)) == (422, {"__all__": [told]})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"username": ""}, ["username"]),
        ({"username": "x" * 61}, ["username"]),
        ({"username": "a\0b"}, ["username"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 201}, ["name"]),
        ({"role": "king"}, ["role"]),
        ({"language": "de"}, ["language"]),
        ({"password": ""}, ["password"]),
        ({"username": "", "role": "", "institution": ""}, ["username", "role", "institution"]),
    ],
)
def test_junk_in_a_form_is_said_beside_its_field(
    changes: dict[str, str], fields: list[str], administrator: Client
) -> None:
    response = added(administrator, **changes)
    assert (response.status_code, [*errors(response)]) == (422, fields)
    assert nobody_was_added()


def test_an_auditor_looks_and_does_not_add(signed_in: SignedIn) -> None:
    browser = signed_in("auditor")
    page = browser.get("/people/")
    assert (page.status_code, page.context["form"]) == (200, None)
    assert added(browser).status_code == 403
    assert nobody_was_added()


def test_people_are_those_with_a_post_in_scope(administrator: Client) -> None:
    """
    whoever works at south or for the whole bank is not told; the post of `nothing` has ended
    """
    appoint("south", Role.RISK, "south")
    rows = administrator.get("/people/").context["rows"]
    expected = sorted([*(role.value for role in Role), "twice"])
    assert [one.username for one in rows] == expected
    text = main(administrator.get("/people/"))
    assert [name for name in ("Name of south", "Name of head") if name in text] == []
