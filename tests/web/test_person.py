from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from recobro.casework.case.models import Case
from recobro.journal.models import Entry
from recobro.office.approvals.models import Request
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import PASSWORD, appoint

pytestmark = pytest.mark.usefixtures("workplace")
ANOTHER = "eleven fat cows of his"
HIS = "/people/account_manager/"


@pytest.fixture
def administrator(signed_in: SignedIn) -> Client:
    """Return the browser of somebody who looks after people of north and below."""
    return signed_in("administrator")


def user(username: str) -> User:
    return User.objects.get(username=username)


def post_of(username: str) -> Post:
    return Post.objects.filter(user__username=username).get()


def ends(username: str) -> str:
    return f"/people/{username}/posts/{post_of(username).pk}/end/"


def refused(response: Any, name: str = "form") -> list[str]:
    """Return what is said above a form."""
    assert response.status_code == 422
    return [str(error) for error in response.context[name].non_field_errors()]


def test_what_a_page_tells_of_somebody(administrator: Client) -> None:
    page = main(administrator.get(HIS))
    assert "Name of account_manager account_manager" in page
    assert "Open cases 3" in page
    assert "Account manager Río Norte" in page


def test_an_auditor_looks_and_changes_nothing(signed_in: SignedIn) -> None:
    page = signed_in("auditor").get(HIS)
    assert (page.context["post_form"], page.context["password_form"]) == (None, None)
    assert [row["ends"] for row in page.context["rows"]] == [False]


@pytest.mark.parametrize("username", ["management", "auditor"])
def test_whom_an_administrator_does_not_look_after(username: str, administrator: Client) -> None:
    page = administrator.get(f"/people/{username}/")
    assert (page.status_code, page.context["password_form"]) == (200, None)
    assert [row["ends"] for row in page.context["rows"]] == [False]
    for part in ("end/", f"posts/{post_of(username).pk}/end/"):
        assert administrator.get(f"/people/{username}/{part}").status_code == 404
    told = {"password": ANOTHER}
    assert administrator.post(f"/people/{username}/password/", told).status_code == 404
    assert user(username).check_password(PASSWORD)


def test_who_acts_for_somebody_higher_is_not_looked_after(administrator: Client) -> None:
    at = datetime.now(tz=UTC)
    day = at.date()
    delegate(user=user("head"), deputy=user("archive"), first=day, last=day, at=at)
    assert administrator.get("/people/archive/").context["password_form"] is None
    told = {"password": ANOTHER}
    assert administrator.post("/people/archive/password/", told).status_code == 404
    assert user("archive").check_password(PASSWORD)


def test_nobody_changes_their_own(administrator: Client) -> None:
    page = administrator.get("/people/administrator/")
    assert (page.context["post_form"], page.context["password_form"]) == (None, None)
    told = {"role": "risk", "institution": "north"}
    response = administrator.post("/people/administrator/posts/", told)
    assert response.status_code == 422
    assert posts("administrator") == [("administrator", "north")]


def posts(username: str) -> list[tuple[str, str]]:
    return list(Post.objects.filter(user__username=username).values_list("role", "institution_id"))


def test_another_post(administrator: Client) -> None:
    told = {"role": "archive", "institution": "below"}
    response = administrator.post(f"{HIS}posts/", told)
    assert (response.status_code, response["Location"]) == (302, HIS)
    assert posts("account_manager") == [("account_manager", "north"), ("archive", "below")]
    again = administrator.post(f"{HIS}posts/", told)
    (why,) = refused(again, "post_form")
    assert "is held since" in why


def test_a_post_with_power_waits_for_a_second_person(
    administrator: Client, signed_in: SignedIn
) -> None:
    told = {"role": "legal", "institution": "below", "reason": "Knows the courts"}
    assert administrator.post(f"{HIS}posts/", told).status_code == 302
    page = main(administrator.get(HIS))
    assert "Waiting for a second person Legal department, 白云支行" in page
    assert "Withdraw it" in page
    assert "Withdraw it" not in main(signed_in("auditor").get(HIS))
    listed = main(administrator.get("/people/"))
    assert "Name of account_manager Legal department, 白云支行" in listed
    (why,) = refused(administrator.post(f"{HIS}posts/", told), "post_form")
    assert "asked for a decision about this" in why
    request = Request.objects.get()
    decider = signed_in("head")
    shown = main(decider.get(f"/approvals/{request.pk}/"))
    assert "Name of account_manager Appointment to a post" in shown
    assert "Why Knows the courts Post Legal department" in shown
    assert "Name of account_manager" in main(decider.get("/approvals/"))
    decider.post(f"/approvals/{request.pk}/decide/", {"decision": "approve"})
    assert posts("account_manager") == [("account_manager", "north"), ("legal", "below")]


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        *(("head", True), ("branch_head", True), ("auditor", True)),
        *(("archive", False), ("legal", False), ("account_manager", True)),
    ],
)
def test_what_is_asked_for_a_colleague_is_not_for_everybody(
    who: str, *, reads: bool, administrator: Client, signed_in: SignedIn
) -> None:
    """
    it is for the account manager; those who decide or look after people read it too
    """
    told = {"role": "legal", "institution": "below", "reason": "Away from the desk"}
    administrator.post(f"{HIS}posts/", told)
    browser, number = signed_in(who), Request.objects.get().pk
    assert browser.get(f"/approvals/{number}/").status_code == (200 if reads else 404)
    listed = [one.pk for one in browser.get("/approvals/").context["page"]]
    assert listed == ([number] if reads else [])


def test_whoever_asked_takes_it_back(administrator: Client, signed_in: SignedIn) -> None:
    administrator.post(f"{HIS}posts/", {"role": "legal", "institution": "below"})
    request = Request.objects.get()
    appoint("another", Role.ADMINISTRATOR, "north")
    address = f"{HIS}asked/{request.pk}/withdraw/"
    assert signed_in("another").post(address).status_code == 404
    response = administrator.post(address)
    assert (response.status_code, response["Location"]) == (302, HIS)
    assert Request.objects.get().state == "withdrawn"
    assert administrator.post(address).status_code == 404


@pytest.mark.parametrize(
    "told",
    [
        {"role": "auditor", "institution": "north"},
        {"role": "legal", "institution": "south"},
        {"role": "legal", "institution": "bank"},
        {},
    ],
)
def test_a_post_that_an_administrator_cannot_give(
    told: dict[str, str], administrator: Client
) -> None:
    assert administrator.post(f"{HIS}posts/", told).status_code == 422
    assert posts("account_manager") == [("account_manager", "north")]


def test_a_post_ends_with_a_successor(administrator: Client) -> None:
    """
    before he leaves, the page says that two cases need another person, and who could take them
    """
    page = administrator.get(ends("account_manager"))
    assert "Open cases that need another person: 3." in main(page)
    able = page.context["form"].fields["successor"].queryset
    collects = {"branch_head", "business", "risk", "legal", "management", "head"}
    assert {one.username for one in able} == collects
    told = {"reason": "moved", "successor": user("branch_head").pk}
    response = administrator.post(ends("account_manager"), told)
    assert (response.status_code, response["Location"]) == (302, HIS)
    assert {case.responsible.username for case in Case.objects.all()} == {"branch_head"}
    assert Entry.objects.get(act="people.post-ended").reason == "moved"
    assert administrator.get(ends("account_manager")).status_code == 404
    assert "Those who have left" in main(administrator.get("/people/?left=1"))
    assert "account_manager" in main(administrator.get("/people/?left=1"))


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"reason": "moved"}, ["successor"]),
        ({"reason": "", "successor": "branch_head"}, ["reason"]),
        ({"reason": "moved", "successor": "archive"}, ["successor"]),
        ({"reason": "moved", "successor": "account_manager"}, ["successor"]),
        ({"reason": "x" * 401, "successor": "branch_head"}, ["reason"]),
    ],
)
def test_junk_ends_nothing(told: dict[str, str], fields: list[str], administrator: Client) -> None:
    named = {key: user(name).pk for key, name in told.items() if key == "successor"}
    response = administrator.post(ends("account_manager"), told | named)
    assert (response.status_code, [*response.context["form"].errors]) == (422, fields)
    assert post_of("account_manager").until_on is None


def test_where_nobody_can_take_over_the_page_says_so(administrator: Client) -> None:
    Post.objects.exclude(user__username__in=["administrator", "account_manager"]).delete()
    page = main(administrator.get(f"{HIS}end/"))
    assert "Nobody can take them" in page


def test_an_account_ends_and_comes_back(administrator: Client, signed_in: SignedIn) -> None:
    """
    archive has no cases: nobody is asked for a successor
    """
    theirs = signed_in("archive")
    assert "successor" not in administrator.get("/people/archive/end/").context["form"].fields
    ended = administrator.post("/people/archive/end/", {"reason": "retired"})
    assert (ended.status_code, theirs.get("/").status_code) == (302, 302)
    page = administrator.get("/people/archive/")
    assert "This account has ended." in main(page)
    assert (page.context["post_form"], "Bring the account back" in main(page)) == (None, True)

    weak = administrator.post("/people/archive/password/", {"password": "short"})
    assert "too weak" in refused(weak, "password_form")[0]
    back = administrator.post("/people/archive/password/", {"password": ANOTHER})
    assert back.status_code == 302
    assert (user("archive").is_active, user("archive").must_change) == (True, True)
    assert administrator.post("/people/archive/posts/", {"role": "archive", "institution": "north"})
    tried = Client().post("/sign-in/", {"username": "archive", "password": ANOTHER})
    assert tried.status_code == 302


def test_a_new_password_ends_what_is_open(administrator: Client, signed_in: SignedIn) -> None:
    theirs = signed_in("archive")
    response = administrator.post("/people/archive/password/", {"password": ANOTHER})
    assert (response.status_code, theirs.get("/").status_code) == (302, 302)
    entry = Entry.objects.get(act="people.password-changed")
    assert (entry.subject, entry.by, ANOTHER in body(response)) == (
        "archive",
        "administrator",
        False,
    )


def test_a_name_may_be_chinese(administrator: Client) -> None:
    appoint("小梅", Role.OFFICE, "north")
    assert administrator.get("/people/小梅/").status_code == 200
    assert 'href="/people/%E5%B0%8F%E6%A2%85/"' in body(administrator.get("/people/"))
