from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.journal.operations import record
from recobro.office.people.enums import Right, Role
from recobro.office.people.models import Delegation, User
from recobro.office.people.operations import (
    AccountEnded,
    ActsThen,
    AwayAlready,
    DaysImpossible,
    DelegationOver,
    DeputyAway,
    DeputyUnfit,
    MayNotEndDelegation,
    delegate,
    end_account,
    end_delegation,
    end_post,
    give_post,
    resume_account,
)
from recobro.office.people.queries import (
    acting_posts,
    authority,
    delegations_of,
    possible_deputies,
    posts_of,
    rights_of,
    scope_of,
)
from tests.office.conftest import TREE
from tests.office.test_leaving import added

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
TODAY = AT.date()
FIRST, LAST, AFTER = date(2026, 7, 6), date(2026, 7, 10), date(2026, 7, 11)
Tree = dict[str, Institution]


@pytest.fixture
def mei(tree: Tree) -> User:
    return added("mei", Role.MANAGEMENT, "east")


@pytest.fixture
def bo(tree: Tree) -> User:
    return added("bo", Role.LEGAL, "east-1")


def let(user: User, deputy: User, first: date = FIRST, last: date = LAST) -> Delegation:
    return delegate(user=user, deputy=deputy, first=first, last=last, at=AT, reason="leave")


def scopes(user: User, on: date) -> dict[Right, tuple[str, ...]]:
    posts = acting_posts(user, on=on)
    names = {path: name for name, path in TREE.items()}
    return {
        right: tuple(names[path] for path in scope_of(posts, right).paths)
        for right in rights_of(posts)
    }


def test_another_acts_from_the_first_day_to_the_last(mei: User, bo: User) -> None:
    let(mei, bo)
    own = dict.fromkeys((Right.DEBTORS, Right.FIGURES, Right.COLLECT), ("east-1",))
    assert scopes(bo, date(2026, 7, 5)) == scopes(bo, AFTER) == own
    for day in (FIRST, LAST):
        assert scopes(bo, day) == dict.fromkeys(
            (
                *(Right.DEBTORS, Right.FIGURES, Right.COLLECT),
                *(Right.ASSIGN, Right.APPROVE, Right.JUDGE, Right.RUNS, Right.SIGN_OFF),
            ),
            ("east",),
        )
    assert [post.user for post in posts_of(bo, on=FIRST)] == [bo]
    assert rights_of(acting_posts(mei, on=FIRST)) > {Right.JOURNAL, Right.ASSIGN}


def test_appointing_and_the_journal_are_not_delegated(bo: User, tree: Tree) -> None:
    ada = added("ada", Role.ADMINISTRATOR, "east")
    let(ada, bo)
    assert rights_of(acting_posts(bo, on=FIRST)) & {Right.APPOINT, Right.PEOPLE} == {Right.PEOPLE}


def test_in_whose_name(mei: User, bo: User, tree: Tree) -> None:
    let(mei, bo)
    east, one, west = tree["east"], tree["east-1"], tree["west"]
    assert authority(bo, Right.ASSIGN, one, on=FIRST) == "bo for mei"
    assert authority(bo, Right.DEBTORS, one, on=FIRST) == "bo"
    assert authority(bo, Right.DEBTORS, east, on=FIRST) == "bo for mei"
    assert authority(bo, Right.DEBTORS, west, on=FIRST) is None
    assert authority(bo, Right.JOURNAL, east, on=FIRST) is None
    assert authority(bo, Right.ASSIGN, one, on=AFTER) is None
    bo.is_active = False
    assert authority(bo, Right.ASSIGN, one, on=FIRST) is None


def test_there_is_no_chain(mei: User, bo: User, tree: Tree) -> None:
    """
    mei lets bo act, bo lets wei: wei acts for bo and not for mei
    """
    wei = added("wei", Role.ARCHIVE, "east-1-a")
    let(mei, bo)
    Delegation.objects.create(user=bo, deputy=wei, from_on=FIRST, until_on=AFTER, given_at=AT)
    assert scopes(wei, FIRST)[Right.COLLECT] == ("east-1",)
    assert Right.ASSIGN not in scopes(wei, FIRST)


def test_nobody_acts_through_somebody_who_is_away(mei: User, bo: User, tree: Tree) -> None:
    wei = added("wei", Role.ARCHIVE, "east-1-a")
    let(bo, wei)
    with pytest.raises(DeputyAway, match="bo is away themselves until 2026-07-10"):
        let(mei, bo, LAST, LAST)
    let(mei, bo, AFTER, AFTER)


def test_a_deputy_is_not_away_on_the_same_days(mei: User, bo: User, tree: Tree) -> None:
    wei = added("wei", Role.ARCHIVE, "east-1-a")
    let(mei, bo)
    with pytest.raises(ActsThen, match="bo acts for mei from 2026-07-06 to 2026-07-10"):
        let(bo, wei, LAST, LAST)
    let(bo, wei, AFTER, AFTER)


def test_what_was_cancelled_is_in_nobodys_way(mei: User, bo: User, tree: Tree) -> None:
    """
    the delegation that was cancelled before its first day begins and ends in the middle of others
    """
    wei = added("wei", Role.RISK, "east")
    end_delegation(delegation=let(mei, bo, date(2026, 7, 8)), at=AT, by=mei)
    end_delegation(delegation=let(bo, wei, date(2026, 7, 8)), at=AT, by=bo)
    assert let(mei, bo).until_on == AFTER
    end_delegation(delegation=Delegation.objects.get(user=mei, from_on=FIRST), at=AT, by=mei)
    assert let(bo, wei).until_on == AFTER


def test_who_comes_to_administer_accounts_acts_no_more(mei: User, bo: User, tree: Tree) -> None:
    let(mei, bo)
    give_post(user=bo, role=Role.ADMINISTRATOR, institution=tree["bank"], at=AT, by="shell:x")
    assert [post.user for post in acting_posts(bo, on=FIRST)] == [bo, bo]


def test_who_comes_to_work_elsewhere_acts_no_more(mei: User, bo: User, tree: Tree) -> None:
    let(mei, bo)
    end_post(post=bo.posts.get(), at=AT, by="shell:x")
    give_post(user=bo, role=Role.LEGAL, institution=tree["west"], at=AT, by="shell:x")
    assert scopes(bo, FIRST)[Right.DEBTORS] == ("west",)


def test_what_was_given_later_is_not_passed_on(mei: User, bo: User, tree: Tree) -> None:
    let(mei, bo)
    later = AT + timedelta(days=1)
    give_post(user=mei, role=Role.AUDITOR, institution=tree["bank"], at=later, by="shell:x")
    assert scopes(bo, FIRST)[Right.DEBTORS] == ("east",)


def test_an_account_that_comes_back_acts_for_nobody(mei: User, bo: User, tree: Tree) -> None:
    """
    bo acts for mei, and wei for bo later; both end with bo's account, and are in the journal
    """
    wei = added("wei", Role.ARCHIVE, "east-1-a")
    let(mei, bo)
    let(bo, wei, AFTER, AFTER)
    end_account(user=bo, at=AT, by="shell:x")
    resume_account(user=bo, password="eight fat cows", at=AT, by="shell:x")  # noqa: S106 - of nobody
    bo.refresh_from_db()
    give_post(user=bo, role=Role.LEGAL, institution=tree["east-1"], at=AT, by="shell:x")
    assert scopes(bo, FIRST)[Right.DEBTORS] == ("east-1",)
    assert [*delegations_of(bo, on=TODAY), *delegations_of(mei, on=TODAY)] == []
    ended = Entry.objects.filter(act="people.delegation-ended")
    assert {(one.subject, one.by) for one in ended} == {("mei", "shell:x"), ("bo", "shell:x")}


def test_one_at_a_time(mei: User, bo: User, tree: Tree) -> None:
    wei = added("wei", Role.RISK, "east")
    let(mei, bo)
    with pytest.raises(AwayAlready, match="bo acts for mei from 2026-07-06 to 2026-07-10 already"):
        let(mei, wei, LAST, LAST)
    let(mei, wei, AFTER, AFTER)
    told = [(one.deputy, one.from_on) for one in delegations_of(mei, on=TODAY)]
    assert told == [(bo, FIRST), (wei, AFTER)]
    assert [one.user for one in delegations_of(bo, on=LAST)] == [mei]
    assert delegations_of(bo, on=AFTER) == []


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 6, 30), LAST),
        (LAST, FIRST),
        (FIRST, FIRST + timedelta(days=60)),
        (date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_days_that_cannot_be(first: date, last: date, mei: User, bo: User) -> None:
    with pytest.raises(DaysImpossible):
        let(mei, bo, first, last)
    assert let(mei, bo, TODAY, TODAY + timedelta(days=59)).until_on == date(2026, 8, 30)


def test_who_can_act_for_somebody(mei: User, bo: User, tree: Tree) -> None:
    above = added("above", Role.RISK, "bank")
    beside = added("beside", Role.RISK, "west")
    assert list(possible_deputies(mei, on=TODAY)) == [above, bo]
    assert list(possible_deputies(bo, on=TODAY)) == [above, mei]
    for unfit in (beside, mei):
        with pytest.raises(DeputyUnfit):
            let(mei, unfit)
    end_post(post=bo.posts.get(), at=AT, by="shell:x")
    with pytest.raises(DeputyUnfit):
        let(mei, bo)
    with pytest.raises(DeputyUnfit):
        let(bo, mei)
    end_account(user=above, at=AT, by="shell:x")
    with pytest.raises(AccountEnded):
        let(mei, above)


def test_an_administrator_comes_to_see_no_debtor(bo: User, tree: Tree) -> None:
    ada = added("ada", Role.ADMINISTRATOR, "east")
    eve = added("eve", Role.ADMINISTRATOR, "bank")
    assert list(possible_deputies(bo, on=TODAY)) == []
    with pytest.raises(DeputyUnfit, match="whoever administers accounts"):
        let(bo, ada)
    assert list(possible_deputies(ada, on=TODAY)) == [bo, eve]


def test_it_ends_with_either_of_them(mei: User, bo: User, tree: Tree) -> None:
    """
    bo's own post ends: he acts for nobody; later he gets another, but mei's account has ended
    """
    let(mei, bo)
    bo.posts.update(until_on=LAST)
    assert (len(acting_posts(bo, on=FIRST)), acting_posts(bo, on=LAST)) == (2, [])
    bo.posts.update(until_on=None)
    assert len(acting_posts(bo, on=LAST)) == 2
    User.objects.filter(pk=mei.pk).update(is_active=False)
    assert len(acting_posts(bo, on=LAST)) == 1


def test_it_is_ended_at_once(mei: User, bo: User, tree: Tree) -> None:
    made = let(mei, bo)
    wei = added("wei", Role.RISK, "east")
    at = AT + timedelta(days=6)
    with pytest.raises(MayNotEndDelegation):
        end_delegation(delegation=made, at=at, by=wei)
    ended = end_delegation(delegation=made, at=at, by=bo)
    assert (ended.until_on, len(acting_posts(bo, on=at.date()))) == (date(2026, 7, 7), 1)
    with pytest.raises(DelegationOver):
        end_delegation(delegation=made, at=at, by=mei)
    coming = let(mei, wei, AFTER, AFTER)
    assert end_delegation(delegation=coming, at=AT, by=mei).until_on == AFTER
    assert delegations_of(mei, on=date(2026, 7, 8)) == []


def test_an_administrator_ends_it(bo: User, tree: Tree) -> None:
    ada = added("ada", Role.ADMINISTRATOR, "east")
    made = let(bo, added("wei", Role.RISK, "east"))
    assert end_delegation(delegation=made, at=AT, by=ada).until_on == FIRST


def test_the_journal_tells_both(mei: User, bo: User) -> None:
    end_delegation(delegation=let(mei, bo), at=AT, by=bo)
    told = Entry.objects.filter(act__startswith="people.delegat").order_by("position")
    assert [(one.act, one.chain, one.by, one.institution_id) for one in told] == [
        ("people.delegated", "people:mei", "mei", "east"),
        ("people.delegation-ended", "people:mei", "bo", "east"),
    ]
    assert told[0].after == {"deputy": "bo", "from_on": "2026-07-06", "until_on": "2026-07-11"}


def test_nobody_is_their_own_deputy(mei: User) -> None:
    row = Delegation(user=mei, deputy=mei, from_on=FIRST, until_on=AFTER, given_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    assert scope_of(acting_posts(mei, on=FIRST), Right.DEBTORS) == Scope((TREE["east"],))


def test_the_longest_names_fit_into_the_journal(tree: Tree) -> None:
    mei, bo = added("m" * 60, Role.MANAGEMENT, "east"), added("b" * 60, Role.LEGAL, "east-1")
    let(mei, bo)
    name = authority(bo, Right.ASSIGN, tree["east"], on=FIRST)
    assert name == f"{'b' * 60} for {'m' * 60}"
    with transaction.atomic():
        record(chain="case:1", act="case.assigned", subject="wang", by=name, at=AT)
    assert Entry.objects.get(chain="case:1").by == name
