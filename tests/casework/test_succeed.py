import pytest

from recobro.casework.case.models import Case, Handover, Responsibility
from recobro.casework.case.operations import (
    CannotCollect,
    MadeTheLoan,
    SuccessorMissing,
    end_account,
    end_post,
)
from recobro.casework.case.queries import left_by, successors, to_sign_for
from recobro.journal.models import Entry
from recobro.office.people import operations as people
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.queries import posts_of
from recobro.office.settings.models import Setting
from tests.casework.shown import AT, acts, close, lend, open_bank, person

pytestmark = pytest.mark.django_db

BAD = "substandard"


@pytest.fixture(autouse=True)
def bank() -> None:
    open_bank()


@pytest.fixture
def mei() -> User:
    """Return an account manager of north with two cases, one of them of the sub-branch."""
    mei = person("mei", Role.ACCOUNT_MANAGER, "north")
    lend(1, "wang")
    lend(2, "li", at="below", staff_id="7")
    close("2026-06-30", (1, BAD), (2, BAD))
    assert responsible() == {"wang": "mei", "li": "mei"}
    return mei


def responsible() -> dict[str, str]:
    return dict(Case.objects.values_list("household_id", "responsible__username"))


def names(users: object) -> list[str]:
    return [user.username for user in users]  # type: ignore[attr-defined]  # of any query


def test_a_successor_takes_all_cases_of_a_post_in_one_step(mei: User) -> None:
    bo = person("bo", Role.BRANCH_HEAD, "north")
    taken = end_post(post=mei.posts.get(), at=AT, by="shell:x", reason="moved", successor=bo)
    assert (taken, responsible()) == (2, {"wang": "bo", "li": "bo"})
    assert posts_of(mei, on=AT.date()) == []
    history = Responsibility.objects.filter(case__household_id="wang")
    assert list(history.values_list("user__username", "cause", "reason")) == [
        ("mei", "rule", ""),
        ("bo", "succession", "moved"),
    ]
    assert acts("wang") == ["case.opened", "case.assigned"]
    entry = Entry.objects.filter(act="case.assigned", subject="wang").get()
    assert (entry.by, entry.reason, entry.before, entry.after) == (
        "shell:x",
        "moved",
        {"responsible": "mei"},
        {"responsible": "bo"},
    )


def test_a_successor_signs_for_what_they_take(mei: User) -> None:
    """
    li's case goes to the head, since bo made the loan; at the machine nobody of the bank decides
    """
    bo = person("bo", Role.ACCOUNT_MANAGER, "bank", staff_id="7")
    head = person("head", Role.BRANCH_HEAD, "north")
    ada = person("ada", Role.ADMINISTRATOR, "bank")
    end_post(post=mei.posts.get(), at=AT, by=ada, reason="moved", successor=bo)
    told = {made.taker: made for made in Handover.objects.all()}
    assert {
        taker: [each.case.household_id for each in made.cases.all()] for taker, made in told.items()
    } == {bo: ["wang"], head: ["li"]}
    assert {(made.decided_by, made.decider, made.reason) for made in told.values()} == {
        (ada, "ada", "moved")
    }
    (taken,) = told[bo].cases.all()
    assert (taken.giver, taken.amounts) == (mei, {"CNY": 50})
    assert list(to_sign_for(bo)) == [told[bo]]
    entry = Entry.objects.get(chain=told[bo].chain)
    assert (entry.act, entry.by) == ("case.handed-over", "ada")
    end_account(user=bo, at=AT, by="shell:x", reason="x" * 401, successor=head)
    last = Handover.objects.latest("id")
    assert (last.taker, last.decided_by, last.decider, len(last.reason)) == (
        head,
        None,
        "shell:x",
        400,
    )


def test_nobody_leaves_without_a_successor(mei: User) -> None:
    post = mei.posts.get()
    for successor in (None, mei):
        with pytest.raises(SuccessorMissing, match="responsible for 2 open cases"):
            end_post(post=post, at=AT, by="shell:x", successor=successor)
        with pytest.raises(SuccessorMissing):
            end_account(user=mei, at=AT, by="shell:x", successor=successor)
    assert (posts_of(mei, on=AT.date()), responsible()["wang"]) == ([post], "mei")


def test_not_by_the_back_door_either(mei: User) -> None:
    """
    whoever ends a post or an account without asking for the cases is refused as well
    """
    with pytest.raises(SuccessorMissing):
        people.end_post(post=mei.posts.get(), at=AT, by="shell:x")
    with pytest.raises(SuccessorMissing):
        people.end_account(user=mei, at=AT, by="shell:x")
    assert User.objects.get(pk=mei.pk).is_active is True
    assert not Entry.objects.filter(act__endswith="-ended").exists()


def test_a_successor_collects_at_each_of_the_places(mei: User) -> None:
    low = person("low", Role.ACCOUNT_MANAGER, "below")
    with pytest.raises(CannotCollect):
        end_post(post=mei.posts.get(), at=AT, by="shell:x", successor=low)
    able = person("able", Role.LEGAL, "bank")
    person("south", Role.LEGAL, "south")
    person("archive", Role.ARCHIVE, "bank")
    left = left_by(mei, [])
    assert names(successors(left, but=mei, on=AT.date())) == ["able"]
    User.objects.filter(pk=able.pk).update(is_active=False)
    able.refresh_from_db()
    with pytest.raises(CannotCollect):
        end_post(post=mei.posts.get(), at=AT, by="shell:x", successor=able)


def test_what_another_post_lets_somebody_collect_stays_with_them(mei: User) -> None:
    north = mei.posts.get()
    Post.objects.create(user=mei, role="legal", institution_id="below", from_on=north.from_on)
    bo = person("bo", Role.BRANCH_HEAD, "north")
    assert end_post(post=north, at=AT, by="shell:x", successor=bo) == 1
    assert responsible() == {"wang": "bo", "li": "mei"}


def test_a_post_without_cases_ends_without_a_successor(mei: User) -> None:
    other = person("other", Role.ARCHIVE, "north")
    assert end_post(post=other.posts.get(), at=AT, by="shell:x") == 0
    assert end_account(user=person("new", Role.LEGAL, "north"), at=AT, by="shell:x") == 0


def test_an_account_ends_with_a_successor(mei: User) -> None:
    bo = person("bo", Role.BRANCH_HEAD, "north")
    assert end_account(user=mei, at=AT, by="shell:x", reason="left", successor=bo) == 2
    assert (User.objects.get(pk=mei.pk).is_active, responsible()["li"]) == (False, "bo")


def test_whoever_made_a_loan_does_not_get_its_case(mei: User) -> None:
    """
    bo made the loan of li: its case goes where the rule of the place sends it, and not to mei
    """
    bo = person("bo", Role.ACCOUNT_MANAGER, "bank", staff_id="7")
    with pytest.raises(MadeTheLoan, match="made a loan of li"):
        end_post(post=mei.posts.get(), at=AT, by="shell:x", successor=bo)
    person("head", Role.BRANCH_HEAD, "north")
    end_post(post=mei.posts.get(), at=AT, by="shell:x", successor=bo)
    assert responsible() == {"wang": "bo", "li": "head"}


def test_a_closed_case_stays_with_its_person(mei: User) -> None:
    close("2026-07-31")
    assert end_account(user=mei, at=AT, by="shell:x") == 0
    assert responsible() == {"wang": "mei", "li": "mei"}


def test_a_large_case_goes_where_the_rule_sends_it(mei: User) -> None:
    """
    wang owes 0.50, of which nobody hands over more than 0.49 alone: it is not the chooser's to say
    """
    Setting.objects.create(
        key="approvals.case-assign.alone",
        value={"CNY": 49},
        set_at=AT,
        set_by="ada",
        reason="x",
    )
    bo = person("bo", Role.BRANCH_HEAD, "north")
    person("near", Role.ACCOUNT_MANAGER, "north")
    end_post(post=mei.posts.get(), at=AT, by="shell:x", reason="moved", successor=bo)
    assert responsible() == {"wang": "near", "li": "near"}


def test_a_large_case_where_the_rule_names_nobody(mei: User) -> None:
    Setting.objects.create(
        key="approvals.case-assign.alone", value={}, set_at=AT, set_by="ada", reason="x"
    )
    lex = person("lex", Role.LEGAL, "north")
    end_post(post=mei.posts.get(), at=AT, by="shell:x", reason="moved", successor=lex)
    assert responsible() == {"wang": "lex", "li": "lex"}
