from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Loan, Standing
from recobro.book.queries import Scope
from recobro.casework.case.models import Case, CaseLoan, Responsibility
from recobro.casework.case.operations import (
    CannotCollect,
    CaseClosed,
    MadeTheLoan,
    MayNotAssign,
    assign,
    follow,
)
from recobro.casework.case.queries import goes_on_in, written_off
from recobro.journal.models import Entry
from recobro.journal.queries import Proof, verify
from recobro.office.people.enums import Role
from recobro.office.people.models import Post
from tests.casework.shown import AT, acts, cases, close, lend, open_bank, person

pytestmark = pytest.mark.django_db

BAD = "substandard"


@pytest.fixture(autouse=True)
def bank() -> None:
    open_bank()
    person("head", Role.BRANCH_HEAD, "north")


def test_a_nonperforming_household_gets_a_case() -> None:
    lend(1, "wang")
    lend(2, "li")
    close("2026-06-30", (1, BAD), (2, "special_mention"))
    assert cases() == [("wang", "north", "head", "2026-06-30", None, "")]
    assert acts("wang") == ["case.opened"]


def test_three_in_a_row_open_a_case_and_so_does_what_is_written_off() -> None:
    """
    a household is late alone, and has none
    """
    for number, name in ((1, "wang"), (2, "li"), (3, "zhao")):
        lend(number, name)
    close(
        "2026-06-30",
        (1, "special_mention", {"three_six": True}),
        (2, "loss", {"on_balance": False}),
        (3, "special_mention"),
    )
    assert [case[0] for case in cases()] == ["li", "wang"]


def test_what_was_written_off_before_the_first_close_is_still_recovered() -> None:
    """
    of wang all is written off: within a year, and by whom the rule names; of li a part
    """
    collector = person("collector", Role.ACCOUNT_MANAGER, "north")
    for number, name in ((1, "wang"), (2, "li"), (3, "li")):
        lend(number, name)
    first = close(
        "2026-06-30",
        (1, "loss", {"on_balance": False}),
        (2, "loss", {"on_balance": False}),
        (3, BAD),
    )
    due = dict(Case.objects.values_list("household_id", "due_on"))
    assert due == {"wang": date(2027, 7, 1), "li": date(2026, 9, 29)}
    assert {case.responsible for case in Case.objects.all()} == {collector}
    assert [one.household_id for one in written_off(Case.objects.all(), first)] == ["wang"]
    told = {entry.subject: entry.after or {} for entry in Entry.objects.filter(act="case.opened")}
    assert [told[name].get("written_off") for name in ("wang", "li")] == [True, None]


@pytest.mark.parametrize(("set_to", "due"), [("", "2026-10-29"), ("2026-08-20", "2026-08-20")])
def test_what_joins_a_written_off_debt_makes_it_due_as_others(set_to: str, due: str) -> None:
    """
    wang's debt was written off; a month later he misses another loan, and then one more
    """
    person("collector", Role.ACCOUNT_MANAGER, "north")
    for number in (1, 2, 3):
        lend(number, "wang")
    off = (1, "loss", {"on_balance": False})
    close("2026-06-30", off)
    if set_to:
        Case.objects.update(due_on=set_to)
    close("2026-07-31", off, (2, BAD))
    close("2026-08-31", off, (2, BAD), (3, BAD))
    assert str(Case.objects.get().due_on) == due
    told = [entry.after for entry in Entry.objects.filter(act="case.deadline-set")]
    assert told == ([] if set_to else [{"due_on": due}])


@pytest.mark.parametrize("way", ["sold", "repossessed", "waived"])
def test_what_was_written_off_and_then_given_up_stays_closed(way: str) -> None:
    """
    its loan is a problem no more, and so is in no later close
    """
    loan = lend(1, "wang")
    close("2026-05-31", (1, "loss", {"on_balance": False}))
    Loan.objects.filter(pk=loan.pk).update(closed_on=date(2026, 6, 15), closed_as=way)
    close("2026-06-30")
    close("2026-07-31")
    assert len(cases()) == 1
    assert cases()[0][4:] == ("2026-06-30", "sold" if way == "sold" else "extinguished")


def test_all_problem_loans_of_a_household_are_in_one_case_where_most_is_bad() -> None:
    person("other", Role.BRANCH_HEAD, "south")
    lend(1, "wang", at="north")
    lend(2, "wang", at="south")
    lend(3, "wang", at="south")
    close(
        "2026-06-30",
        (1, BAD, {"outstanding_principal": 60}),
        (2, BAD, {"outstanding_principal": 61}),
        (3, "special_mention", {"three_six": True, "outstanding_principal": 900}),
    )
    assert Case.objects.get().institution_id == "south"
    assert list(CaseLoan.objects.values_list("loan_id", flat=True)) == [1, 2, 3]


def test_a_loan_that_goes_bad_later_joins_the_case() -> None:
    lend(1, "wang")
    lend(2, "wang")
    close("2026-05-31", (1, BAD))
    close("2026-06-30", (1, BAD), (2, BAD))
    added = CaseLoan.objects.values_list("loan_id", "added_on")
    assert list(added) == [(1, date(2026, 5, 31)), (2, date(2026, 6, 30))]
    assert acts("wang") == ["case.opened", "case.loan-added"]


def test_a_case_goes_on_while_something_is_written_off() -> None:
    lend(1, "wang")
    close("2026-05-31", (1, BAD))
    close("2026-06-30", (1, "loss", {"on_balance": False}))
    assert cases()[0][4] is None


@pytest.mark.parametrize(
    ("closed_as", "outcome"),
    [
        ("", "cured"),
        ("paid", "paid"),
        ("sold", "sold"),
        ("repossessed", "extinguished"),
        ("waived", "extinguished"),
    ],
)
def test_a_case_is_closed_when_none_of_its_loans_is_a_problem(closed_as: str, outcome: str) -> None:
    loan = lend(1, "wang")
    close("2026-05-31", (1, BAD))
    if closed_as:
        Loan.objects.filter(pk=loan.pk).update(closed_on=date(2026, 6, 15), closed_as=closed_as)
    close("2026-06-30")
    assert cases() == [("wang", "north", "head", "2026-05-31", "2026-06-30", outcome)]
    assert acts("wang") == ["case.opened", "case.closed"]


def test_one_of_two_loans_paid_and_one_cured_is_cured() -> None:
    lend(1, "wang")
    loan = lend(2, "wang")
    close("2026-05-31", (1, BAD), (2, BAD))
    Loan.objects.filter(pk=loan.pk).update(closed_on=date(2026, 6, 15), closed_as="paid")
    close("2026-06-30")
    assert cases()[0][5] == "cured"


def test_the_case_of_a_household_that_became_one_with_another_is_merged() -> None:
    """
    wang's loan is li's by the next close; zhao's is cured
    """
    for number, name in ((1, "wang"), (2, "li"), (3, "zhao")):
        lend(number, name)
    close("2026-05-31", (1, BAD), (2, BAD), (3, BAD))
    Loan.objects.filter(pk=1).update(borrower="li")
    close("2026-06-30", (1, BAD), (2, BAD))
    assert [(case[0], case[4], case[5]) for case in cases()] == [
        ("li", None, ""),
        ("wang", "2026-06-30", "merged"),
        ("zhao", "2026-06-30", "cured"),
    ]
    told = {one.subject: one.after for one in Entry.objects.filter(act="case.closed")}
    assert told == {
        "wang": {"outcome": "merged", "on": "2026-06-30", "into": "li"},
        "zhao": {"outcome": "cured", "on": "2026-06-30"},
    }
    wang = Case.objects.get(household_id="wang")
    found = goes_on_in(wang, Scope.of([wang.institution.path]))
    assert found is not None
    assert found.household_id == "li"
    assert goes_on_in(wang, Scope()) is None


def test_after_many_cases_the_database_looks_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Here one is many."""
    monkeypatch.setattr(import_module("recobro.casework.case.operations.follow"), "_MANY", 0)
    lend(1, "wang")
    with CaptureQueriesContext(connection) as queries:
        close("2026-05-31", (1, BAD))
    told = [one["sql"] for one in queries.captured_queries if one["sql"].startswith("ANALYZE")]
    assert told == ['ANALYZE "case_case"', 'ANALYZE "case_caseloan"']


def test_bad_again_is_another_case() -> None:
    lend(1, "wang")
    close("2026-04-30", (1, BAD))
    close("2026-05-31")
    close("2026-06-30", (1, BAD))
    assert [(case[3], case[4]) for case in cases()] == [
        ("2026-04-30", "2026-05-31"),
        ("2026-06-30", None),
    ]


def test_the_same_day_again_changes_nothing() -> None:
    lend(1, "wang")
    close("2026-06-30", (1, BAD))
    close("2026-06-30", (1, BAD))
    assert (Case.objects.count(), acts("wang")) == (1, ["case.opened"])


def test_an_older_day_changes_nothing() -> None:
    lend(1, "wang")
    lend(2, "li")
    close("2026-06-30", (1, BAD))
    close("2026-05-31", (2, BAD))
    assert [case[0] for case in cases()] == ["wang"]


def test_nobody_has_a_post_and_then_somebody_has() -> None:
    Post.objects.all().delete()
    lend(1, "wang")
    close("2026-05-31", (1, BAD))
    assert cases() == []
    person("boss", Role.MANAGEMENT, "bank")
    close("2026-06-30", (1, BAD))
    assert cases() == [("wang", "north", "boss", "2026-06-30", None, "")]


def test_no_case_is_without_a_person() -> None:
    lend(1, "wang")
    close("2026-06-30", (1, BAD))
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(responsible=None)


def test_no_household_has_two_open_cases() -> None:
    lend(1, "wang")
    close("2026-06-30", (1, BAD))
    own = Case.objects.get()
    own.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        own.save(force_insert=True)


def test_assigned_by_hand() -> None:
    lend(1, "wang")
    close("2026-06-30", (1, BAD))
    head = Case.objects.get().responsible
    collector = person("collector", Role.ACCOUNT_MANAGER, "north")
    assign(case=Case.objects.get(), to=collector, reason="knows the village", by=head, at=AT)
    history = Responsibility.objects.values_list("user__username", "cause", "reason")
    assert list(history) == [
        ("head", "branch_head", ""),
        ("collector", "by_hand", "knows the village"),
    ]
    told = Entry.objects.get(act="case.assigned")
    assert (told.by, told.before, told.after) == (
        "head",
        {"responsible": "head"},
        {"responsible": "collector"},
    )


def test_who_may_assign_and_to_whom() -> None:
    lend(1, "wang")
    close("2026-06-30", (1, BAD))
    own = Case.objects.get()
    head = own.responsible
    other = person("other", Role.ACCOUNT_MANAGER, "south")
    near = person("near", Role.ACCOUNT_MANAGER, "north")
    auditor = person("auditor", Role.AUDITOR, "bank")
    for to in (other, auditor):
        with pytest.raises(CannotCollect, match="has no post to collect at north"):
            assign(case=own, to=to, reason="", by=head, at=AT)
    for by in (near, auditor):
        with pytest.raises(MayNotAssign, match="may not say who is responsible at north"):
            assign(case=own, to=near, reason="", by=by, at=AT)
    assert Responsibility.objects.count() == 1


def test_who_made_a_loan_is_not_given_its_case() -> None:
    lend(1, "wang", staff_id="7")
    close("2026-06-30", (1, BAD))
    own = Case.objects.get()
    maker = person("maker", Role.ACCOUNT_MANAGER, "north", staff_id="7")
    with pytest.raises(MadeTheLoan, match="made a loan of wang"):
        assign(case=own, to=maker, reason="", by=own.responsible, at=AT)


def test_a_case_moves_to_where_most_of_it_lies() -> None:
    person("other", Role.BRANCH_HEAD, "south")
    lend(1, "wang", at="north")
    lend(2, "wang", at="south")
    close("2026-05-31", (1, BAD))
    close("2026-06-30", (1, BAD), (2, "loss", {"outstanding_principal": 80}))
    assert cases() == [("wang", "south", "other", "2026-05-31", None, "")]
    assert acts("wang") == ["case.opened", "case.loan-added", "case.moved"]
    told = Entry.objects.get(act="case.moved")
    assert (told.before, told.after) == (
        {"institution": "north", "responsible": "head"},
        {"institution": "south", "responsible": "other", "on": "2026-06-30"},
    )


def test_whoever_collects_there_too_goes_with_the_case() -> None:
    person("boss", Role.MANAGEMENT, "bank")
    Post.objects.filter(user__username="head").delete()
    lend(1, "wang", at="north")
    lend(2, "wang", at="south")
    close("2026-05-31", (1, BAD))
    close("2026-06-30", (2, BAD))
    assert [case[:3] for case in cases()] == [("wang", "south", "boss")]


def test_cases_that_move_together_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both who collect at south get one, whoever had it, and however many households there are."""
    monkeypatch.setattr(import_module("recobro.casework.case.queries.problems"), "_MANY", 0)
    for name in ("east", "west"):
        person(name, Role.ACCOUNT_MANAGER, "south")
    for number, name in enumerate(("wang", "li", "zhao")):
        lend(2 * number, name)
        lend(2 * number + 1, name, at="south")
    bad = [(2 * number, BAD) for number in range(3)]
    close("2026-05-31", *bad)
    large = [(2 * number + 1, BAD, {"outstanding_principal": 900}) for number in range(2)]
    close("2026-06-30", *bad, *large)
    assert [case[:3] for case in cases()] == [
        ("li", "south", "east"),
        ("wang", "south", "west"),
        ("zhao", "north", "head"),
    ]
    moved = Responsibility.objects.filter(from_on="2026-06-30").values_list("user__username")
    assert sorted(moved) == [("east",), ("west",)]


@pytest.mark.parametrize("households", [1, 30])
def test_a_day_on_which_nothing_changes_asks_for_no_case(
    households: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    same = [(number, BAD) for number in range(households)]
    for number in range(households):
        lend(number, f"h{number}")
    shown = close("2026-05-31", *same)
    shown.pk, shown.as_of, shown.folder = None, date(2026, 6, 1), "next"
    shown.save()
    for standing in Standing.objects.all():
        standing.pk, standing.close = None, shown
        standing.save()
    with django_assert_num_queries(9):
        assert follow(close=shown, at=AT) == (0, 0)


def test_a_closed_case_stays_as_it_is() -> None:
    lend(1, "wang")
    close("2026-05-31", (1, BAD))
    close("2026-06-30")
    own = Case.objects.get()
    with pytest.raises(CaseClosed, match="was closed on 2026-06-30"):
        assign(case=own, to=own.responsible, reason="", by=own.responsible, at=AT)


def test_what_is_told_holds(tmp_path: Path) -> None:
    for number in range(1, 40):
        lend(number, f"h{number}")
    close("2026-05-31", *((number, BAD) for number in range(1, 30)))
    close("2026-06-30", *((number, BAD) for number in range(20, 40)))
    assert verify(folder=tmp_path, key=b"") == Proof(39 + 19, 39 + 19, [])
