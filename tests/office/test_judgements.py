"""What people judge of a loan: proposed, approved, taken by the next close."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import pytest
from pytest_django import DjangoDbBlocker

from recobro.backups.contents import named
from recobro.book.models import Borrower, Close, Loan, Standing
from recobro.doctor.closes import closes
from recobro.journal.models import Entry
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import MayNotDecide, WaitsAlready, approve
from recobro.office.judgements.models import Judgement
from recobro.office.judgements.operations import (
    BorrowerChanged,
    DaysUnfit,
    MayNotJudge,
    OverAlready,
    ValueUnfit,
    propose,
    propose_end,
)
from recobro.office.judgements.queries import (
    holds_on,
    judged_up_to,
    judgements_of,
    last_number,
)
from recobro.office.judgements.rules import fits
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.runs.closes import CloseGone
from recobro.runs.explain import explain
from recobro.runs.judged import taken_by
from recobro.runs.operations import close, show
from recobro.runs.progress import silent
from recobro.terms.codes import Judgement as Kind
from tests.runs.bank import Bank
from tests.runs.kept import Kept, kept
from tests.web.workplace import appoint, delivery

pytestmark = pytest.mark.django_db
AT: Final = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY: Final = timedelta(days=1)


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return a bank whose last of June is closed and shown, made once."""

    def make(bank: Bank) -> None:
        bank.load(delivery())
        bank.close("2026-06-30")
        show(home=bank.home, at=AT)

    return kept(tmp_path_factory.mktemp("judged"), make, django_db_blocker)


@pytest.fixture
def bank(once: Kept, tmp_path: Path) -> Bank:
    """Return that bank, with hal who heads north, rita of the risk department and the president."""
    bank = once.copied(tmp_path)
    appoint("hal", Role.BRANCH_HEAD, "north")
    appoint("rita", Role.RISK, "bank")
    appoint("pia", Role.MANAGEMENT, "bank")
    return bank


def user(name: str) -> User:
    return User.objects.get(username=name)


def loan(loan_id: str) -> Loan:
    rows = Loan.objects.select_related("borrower", "institution")
    return rows.get(loan_id=loan_id)


def proposed(
    loan_id: str = "N1", kind: Kind = Kind.EVASION, by: str = "hal", **more: Any
) -> Request:
    told: dict[str, Any]
    told = {"value": "", "from_on": date(2026, 6, 1), "until_on": None, "reason": "Sold the cows"}
    return propose(loan=loan(loan_id), kind=kind, by=user(by), at=AT, **told | more)


def judged(loan_id: str = "N1", kind: Kind = Kind.EVASION, **more: Any) -> Judgement:
    approve(request=proposed(loan_id, kind, **more), by=user("rita"), at=AT)
    return Judgement.objects.latest("pk")


def grade(bank: Bank, loan_id: str, on: str = "2026-06-30") -> str:
    """Close a day, and return how a loan is graded."""
    bank.close(on)
    show(home=bank.home, at=AT)
    row = Standing.objects.filter(close__as_of=on, close__shown_at__isnull=False)
    return row.get(loan__loan_id=loan_id).grade


def test_the_next_close_takes_what_was_approved(bank: Bank) -> None:
    """
    N1 is 176 days late, substandard by its days; who evades is at least doubtful
    """
    before = Close.objects.get(as_of="2026-06-30")
    assert Standing.objects.get(close=before, loan__loan_id="N1").grade == "substandard"
    request = proposed()
    assert (request.amounts, grade(bank, "N1")) == ({"CNY": 300_00}, "substandard")
    approve(request=request, by=user("rita"), at=AT)
    made = Judgement.objects.get()
    assert grade(bank, "N1") == "doubtful"
    after = Close.objects.filter(as_of="2026-06-30").latest("pk")
    assert (before.judged_up_to, after.judged_up_to) == (0, made.pk)
    (file,) = taken_by(bank.home, after)
    assert pq.read_table(file, columns=["judgement_id"]).to_pylist() == [
        {"judgement_id": f"recobro-{made.pk}"}
    ]
    assert taken_by(bank.home, before) == []


def test_the_explanation_rests_on_it(bank: Bank) -> None:
    made = judged()
    grade(bank, "N1")
    told = explain(home=bank.home, loan_id="N1", on=date(2026, 6, 30))
    floor = next(one for one in told.explanation.floors if one.step.code == "judgement")
    assert floor.grade.code == "doubtful"
    places = {told.place(one) for one in floor.step.records}
    assert places == {f"judgements, {made.pk} of the pages"}


def test_a_day_that_is_not_closed_is_explained_with_what_is_judged_now(bank: Bank) -> None:
    judged()
    told = explain(home=bank.home, loan_id="N1", on=date(2026, 7, 1))
    floor = next(one for one in told.explanation.floors if one.step.code == "judgement")
    assert floor.grade.code == "doubtful"


def test_what_a_close_took_stays_with_it(bank: Bank) -> None:
    """Also where its files are gone: then it says so, and explains nothing by guesswork."""
    judged()
    assert grade(bank, "N1") == "doubtful"
    first = Close.objects.filter(as_of="2026-06-30").latest("pk")
    judged("N2", Kind.LIQUIDATION)
    assert first.judged_up_to == Judgement.objects.earliest("pk").pk < last_number()
    (file,) = taken_by(bank.home, first)
    file.unlink()
    with pytest.raises(CloseGone, match="judgements of the close of 2026-06-30"):
        explain(home=bank.home, loan_id="N1", on=date(2026, 6, 30))


def test_it_ends_as_it_was_approved(bank: Bank) -> None:
    made = judged(from_on=date(2026, 5, 1))
    ask = propose_end(
        judgement=made,
        loan=loan("N1"),
        until_on=date(2026, 6, 30),
        reason="Came back",
        by=user("hal"),
        at=AT,
    )
    assert grade(bank, "N1") == "doubtful"
    approve(request=ask, by=user("pia"), at=AT)
    assert grade(bank, "N1") == "substandard"
    assert grade(bank, "N1", "2026-05-31") == "doubtful"
    (own,) = judgements_of(loan("N1"))
    assert (own, own.ended_by.until_on) == (made, date(2026, 6, 30))
    assert [holds_on(own, date(2026, 6, day)) for day in (29, 30)] == [True, False]
    acts = Entry.objects.filter(act__startswith="judgements.").order_by("id")
    assert [(one.act, one.subject, one.by, one.reason) for one in acts] == [
        ("judgements.made", "N1", "hal", "Sold the cows"),
        ("judgements.ended", "N1", "hal", "Came back"),
    ]
    with pytest.raises(OverAlready):
        propose_end(
            judgement=Judgement.objects.get(pk=made.pk),
            loan=loan("N1"),
            until_on=date(2026, 7, 1),
            reason="x",
            by=user("hal"),
            at=AT,
        )
    until = {row["judgement_id"]: row["until_on"] for row in judged_up_to(last_number())}
    assert until == {f"recobro-{made.pk}": date(2026, 6, 30)}
    assert judged_up_to(made.pk)[0]["until_on"] is None


def test_two_that_end_the_same(bank: Bank) -> None:
    made = judged()
    asked = [
        propose_end(
            judgement=made,
            loan=loan(name),
            until_on=date(2026, 7, 1),
            reason="x",
            by=user("hal"),
            at=AT,
        )
        for name in ("N1",)
    ]
    twin = Request.objects.get(pk=asked[0].pk)
    twin.pk, twin.subject = None, "another"
    twin.save()
    approve(request=asked[0], by=user("rita"), at=AT)
    with pytest.raises(OverAlready):
        approve(request=twin, by=user("rita"), at=AT)


def test_all_loans_of_a_borrower(bank: Bank) -> None:
    judged("N2", Kind.GRADE, value="loss", all_loans=True)
    assert Judgement.objects.get().loan is None
    assert grade(bank, "N2") == "loss"
    assert list(judgements_of(loan("N2"))) == list(Judgement.objects.all())


def test_a_borrower_with_loans_at_several_branches(bank: Bank) -> None:
    """hal heads north alone: somebody above all of them judges."""
    other = loan("S1")
    other.borrower = loan("N1").borrower
    other.save()
    with pytest.raises(MayNotJudge, match="several branches"):
        proposed(all_loans=True)
    request = proposed(all_loans=True, by="rita")
    assert request.institution_id == "bank"
    assert proposed().institution_id == "north"


def test_who_approves(bank: Bank) -> None:
    """The risk department or management: a second head of the branch does not."""
    other = appoint("hans", Role.BRANCH_HEAD, "north")
    request = proposed()
    with pytest.raises(MayNotDecide):
        approve(request=request, by=other, at=AT)
    with pytest.raises(WaitsAlready):
        proposed()
    Post.objects.filter(user__username="hal").update(until_on=AT.date())
    with pytest.raises(MayNotJudge):
        approve(request=request, by=user("rita"), at=AT)
    assert Judgement.objects.count() == 0


def test_what_a_loan_is_worth(bank: Bank) -> None:
    """
    G1 is paid in time: the pages know what was paid out, 500.00, and not what is outstanding
    """
    assert proposed("G1").amounts == {"CNY": 500_00}
    assert proposed("N2", all_loans=True).amounts == {"CNY": 80_00}


def test_another_borrower_meanwhile(bank: Bank) -> None:
    request = proposed()
    own = loan("N1")
    own.borrower = loan("N2").borrower
    own.save()
    with pytest.raises(BorrowerChanged):
        approve(request=request, by=user("rita"), at=AT)


def test_a_borrower_with_a_long_id(bank: Bank) -> None:
    long = "b" * 199
    own = loan("N1")
    own.borrower = Borrower.objects.create(
        borrower_id=long, household_id=long, kind="person", name="Bo"
    )
    own.save()
    made = judged(kind=Kind.EVERGREENING_CONFIRMED, all_loans=True)
    assert made.borrower_id == long


def test_a_day_is_closed_again_as_it_was_judged(bank: Bank) -> None:
    """With the number that the close names it comes out the same, whatever was judged since."""
    judged()
    assert grade(bank, "N1") == "doubtful"
    first = Close.objects.filter(as_of="2026-06-30").latest("pk")
    judged("N1", Kind.LIQUIDATION)
    assert grade(bank, "N1") == "loss"
    again = close(
        home=bank.home,
        on=date(2026, 6, 30),
        policy=bank.home.policy(),
        at=AT + DAY,
        judged_up_to=first.judged_up_to,
    )
    assert (again.judged_up_to, again.fingerprint) == (first.judged_up_to, first.fingerprint)


def test_it_is_in_backups_and_looked_over(bank: Bank) -> None:
    judged()
    grade(bank, "N1")
    made = Close.objects.filter(as_of="2026-06-30").latest("pk")
    (file,) = taken_by(bank.home, made)
    assert str(file.relative_to(bank.home.path)) in named(bank.home).files

    def verdicts() -> list[str]:
        return [each.says for each in closes(bank.home, deep=False, progress=silent)]

    assert len(verdicts()) == 1
    Judgement.objects.update(kind="liquidation")
    assert "not those of the database" in verdicts()[0]
    file.unlink()
    assert named(bank.home).missing == [f"{made.folder}/judgements"]
    assert "missing or cannot be read" in verdicts()[0]


def test_who_proposes(bank: Bank) -> None:
    for name, role, place in (
        ("carl", Role.ACCOUNT_MANAGER, "north"),
        ("far", Role.BRANCH_HEAD, "south"),
        ("eve", Role.AUDITOR, "bank"),
    ):
        appoint(name, role, place)
        with pytest.raises(MayNotJudge):
            proposed(by=name)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.GRADE, "loss", True),
        (Kind.GRADE, "", False),
        (Kind.GRADE, "bad", False),
        (Kind.ECL_SHARE, "0.55", True),
        (Kind.ECL_SHARE, "1.000000", True),
        (Kind.ECL_SHARE, "1.1", False),
        (Kind.ECL_SHARE, "55 %", False),
        (Kind.ECL_SHARE, "", False),
        (Kind.EVASION, "", True),
        (Kind.EVASION, "loss", False),
    ],
)
def test_values(kind: Kind, value: str, *, expected: bool) -> None:
    assert fits(kind, value) is expected


def test_what_cannot_be(bank: Bank) -> None:
    with pytest.raises(ValueUnfit):
        proposed(kind=Kind.GRADE, value="bad")
    unfit: tuple[dict[str, Any], ...] = (
        {"from_on": date(2025, 12, 4)},
        {"until_on": date(2026, 6, 1)},
        {"until_on": date(2026, 5, 1)},
    )
    for days in unfit:
        with pytest.raises(DaysUnfit):
            proposed(**days)
    made = judged(until_on=date(2026, 8, 1))
    for until in (date(2026, 5, 31), date(2026, 8, 1)):
        with pytest.raises(DaysUnfit):
            propose_end(
                judgement=made, loan=loan("N1"), until_on=until, reason="x", by=user("hal"), at=AT
            )
