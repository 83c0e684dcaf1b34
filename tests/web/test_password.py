import pytest

from recobro.office.people.models import User
from recobro.office.people.operations import end_account
from tests.runs.bank import AT
from tests.web.conftest import SignedIn
from tests.web.workplace import PASSWORD

pytestmark = pytest.mark.usefixtures("workplace")

PAGE = "/preferences/password/"
ANOTHER = "seven lean cows"


def test_whoever_has_a_password_of_others_chooses_their_own_first(signed_in: SignedIn) -> None:
    User.objects.filter(username="risk").update(must_change=True)
    browser = signed_in("risk")
    for address in ("/", "/loans/", "/cases/2/"):
        assert browser.get(address)["Location"] == PAGE
    assert browser.get(PAGE).status_code == 200
    answer = browser.post(PAGE, {"old": PASSWORD, "new": ANOTHER})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/loans/").status_code == 200
    user = User.objects.get(username="risk")
    assert (user.check_password(ANOTHER), user.must_change) == (True, False)


def test_other_sessions_end(signed_in: SignedIn) -> None:
    one, other = signed_in("risk"), signed_in("risk")
    one.post(PAGE, {"old": PASSWORD, "new": ANOTHER})
    assert (one.get("/loans/").status_code, other.get("/loans/").status_code) == (200, 302)


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", ANOTHER), (PASSWORD, "short"), (PASSWORD, ""), ("", ANOTHER)]
)
def test_what_is_refused(signed_in: SignedIn, old: str, new: str) -> None:
    assert signed_in("risk").post(PAGE, {"old": old, "new": new}).status_code == 422
    assert User.objects.get(username="risk").check_password(PASSWORD)


def test_whose_account_has_ended_is_out_at_once(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    end_account(user=User.objects.get(username="risk"), at=AT, by="shell:x")
    assert browser.get("/loans/").status_code == 302
