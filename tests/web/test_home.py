import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Close, Standing
from recobro.casework.case.models import Case, Responsibility
from recobro.office.jobs.models import Job
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.runs.operations import show
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import rows_of
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import DAY, Workplace, appoint

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank."""
    return signed_in("head")


def tiles(response: Any) -> dict[str, str]:
    return {tile.word: tile.exact for tile in response.context["tiles"]}


def changes(response: Any) -> dict[str, tuple[str, bool | None]]:
    return {tile.word: (tile.change, tile.worse) for tile in response.context["tiles"]}


def ranking(response: Any) -> list[tuple[str, int, int | None]]:
    return [
        (one.institution.pk, one.now.nonperforming_principal, one.change)
        for one in response.context["ranking"]
    ]


def parts(response: Any, name: str) -> list[tuple[str, int, int | None]]:
    return [
        (part["row"].value, part["row"].outstanding_principal, part["share"])
        for part in response.context[name]
    ]


def test_the_page_begins_with_one_sentence(head: Client) -> None:
    """
    of 790.00 in CNY N1, S1 and T1 are non-performing: 460.00
    """
    response = head.get("/")
    sentence = f"Non-performing balance 460, ratio 58.23{NBSP}%."
    assert response.context["sentence"] == sentence
    assert " ".join(sentence.split()) in main(response)
    assert (response.context["currency"], response.context["others"]) == ("CNY", ["USD"])


def test_each_tile_is_a_figure(head: Client) -> None:
    assert tiles(head.get("/")) == {
        "nonperforming_principal": "460.00",
        "nonperforming_ratio": f"58.23{NBSP}%",
        "nonperforming_loans": "3",
        "overdue_amount": "221.50",
        "three_six_loans": "1",
        "provision": "116.60",
    }
    assert tiles(head.get("/?at=below")) == {
        "nonperforming_principal": "40.00",
        "nonperforming_ratio": f"33.33{NBSP}%",
        "nonperforming_loans": "1",
        "overdue_amount": "80.00",
        "three_six_loans": "1",
        "provision": "11.60",
    }


def test_a_tile_without_the_month_before_has_no_change(head: Client) -> None:
    """
    the end of May is not closed
    """
    assert set(changes(head.get("/")).values()) == {("", None)}


def test_a_tile_moves_since_the_month_end_before(bank: Bank, signed_in: SignedIn) -> None:
    """
    2026-02-15 A owes 100.00
    2026-03-20 B owes 100.00
    2026-05-25 B pays 100.00
    2026-01-01 C lends 300.00
    2026-12-20 C owes 300.00
    """
    bank.load(str(test_a_tile_moves_since_the_month_end_before.__doc__))
    for day in ("2025-12-31", "2026-04-30", "2026-05-31"):
        bank.close(day)
    show(home=bank.home, at=AT)
    appoint("risk", Role.RISK, "bank")
    assert changes(signed_in("risk").get("/")) == {
        "nonperforming_principal": ("+100", True),
        "nonperforming_ratio": (f"+25.00{NBSP}pp", True),
        "nonperforming_loans": ("+1", True),
        "overdue_amount": ("−100", False),
        "three_six_loans": ("0", None),
        "provision": ("+21", True),
    }


def test_parts_are_from_good_to_bad(head: Client) -> None:
    response = head.get("/")
    assert parts(response, "grades") == [
        ("normal", 250_00, None),
        ("special_mention", 80_00, 17),
        ("substandard", 460_00, 100),
    ]
    assert parts(response, "ageing") == [
        ("M0", 250_00, None),
        ("M1", 80_00, 26),
        ("M4", 40_00, 13),
        ("M5", 120_00, 40),
        ("M6", 300_00, 100),
    ]


def test_institutions_are_ranked_by_ratio(head: Client) -> None:
    """
    south has S1 alone; the branch empty has no loan and no figure
    """
    assert ranking(head.get("/")) == [("south", 120_00, None), ("north", 340_00, None)]
    assert ranking(head.get("/?at=north")) == [("below", 40_00, None)]
    assert ranking(head.get("/?at=south")) == []


def test_an_older_day_is_said_to_be_one(head: Client) -> None:
    response = head.get("/?as_of=2026-03-31")
    assert "You are looking at an older close." in main(response)
    assert tiles(response)["nonperforming_principal"] == "0.00"
    assert "You are looking at an older close." not in main(head.get("/?as_of=2026-06-30"))


def test_an_institution_without_loans(head: Client) -> None:
    response = head.get("/?at=empty")
    assert response.context["figure"] is None
    assert main(response).endswith("There are no loans on balance.")


@pytest.mark.parametrize("address", ["/", "/loans/", "/closes/"])
def test_before_the_first_close_is_shown(
    address: str, workplace: Workplace, signed_in: SignedIn
) -> None:
    Close.objects.update(shown_at=None)
    text = main(signed_in("risk").get(address))
    assert "No day has been closed yet" in text


@pytest.mark.parametrize("address", ["/loans/2/", "/loans/2/why/", "/loans/export.csv"])
def test_no_loan_is_there_before_the_first_close(
    address: str, workplace: Workplace, signed_in: SignedIn
) -> None:
    browser = signed_in("risk")
    assert browser.get(address).status_code == 200
    Close.objects.update(shown_at=None)
    assert browser.get(address).status_code == 404


def test_whoever_holds_no_post(workplace: Workplace, signed_in: SignedIn) -> None:
    text = main(signed_in("nothing").get("/"))
    said = "You hold no post at present. Ask your administrator for one."
    assert text.endswith(f"Name of nothing {said}")


def test_an_administrator_has_no_figures(workplace: Workplace, signed_in: SignedIn) -> None:
    response = signed_in("administrator").get("/")
    assert "Administrator, Río Norte" in main(response)
    assert [word for word in ("460", "58.23", "340") if word in main(response)] == []


def test_whoever_has_two_posts_chooses(workplace: Workplace, signed_in: SignedIn) -> None:
    browser = signed_in("twice")
    response = browser.get("/")
    assert [one.pk for one in response.context["below"]] == ["below", "south"]
    assert main(response).endswith("Choose an institution 白云支行 Sur")
    assert tiles(browser.get("/?at=south"))["nonperforming_principal"] == "120.00"
    assert [one.pk for one in browser.get("/?at=below").context["above"]] == []


def test_where_an_institution_stands(head: Client) -> None:
    frame = head.get("/?at=below").context
    assert [one.pk for one in frame["above"]] == ["bank", "north"]
    assert [one.pk for one in head.get("/").context["below"]] == ["empty", "north", "south"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("risk", ["home", "loans", "closes"]),
        ("auditor", ["home", "loans", "closes", "people"]),
        ("administrator", ["home", "closes", "people"]),
        ("office", ["home", "closes"]),
        ("nothing", ["home"]),
    ],
)
def test_the_places_are_those_that_open(
    who: str, expected: list[str], workplace: Workplace, signed_in: SignedIn
) -> None:
    places = [place.name for place in signed_in(who).get("/").context["places"]]
    assert [name for name in places if name in {"home", "loans", "closes", "people"}] == expected


def test_coverage_stands_where_the_ledger_tells_what_is_set_aside(
    bank: Bank, signed_in: SignedIn
) -> None:
    """
    2026-02-15 A owes 100.00
    2026-01-01 C lends 300.00
    2026-12-20 C owes 300.00
    """
    book = rows_of(written(test_coverage_stands_where_the_ledger_tells_what_is_set_aside.__doc__))
    entry = {"institution_id": "bank", "currency": "CNY", "item": "allowance"}
    told = {"2026-06-30": "150.00", "2026-05-31": "120.00"}
    bank.load(book | {"ledger": [entry | {"on": day, "amount": told[day]} for day in told]})
    for day in sorted(told):
        bank.close(day)
    show(home=bank.home, at=AT)
    appoint("risk", Role.RISK, "bank")
    response = signed_in("risk").get("/")
    assert tiles(response)["coverage"] == f"150.00{NBSP}%"
    assert changes(response)["coverage"] == (f"+30.00{NBSP}pp", False)
    assert "provision" not in tiles(response)
    assert re.search(r'change good">▲ \+30\.00', body(response))


def test_the_year_s_bridge_falls_where_it_has_been_made(head: Client) -> None:
    """
    the bridge leads from the end of March, the first day of the year that is shown
    """
    response = head.get("/")
    bars = {bar.cell.item: bar.cell.amount for bar in response.context["fall"].bars}
    assert bars["closing"] == 460_00
    assert sum(amount for item, amount in bars.items() if item != "closing") == 460_00
    assert "What moved the balance since 31 Mar 2026" in main(response)
    assert "/bridge/loans/?at=bank&amp;item=new&amp;currency=CNY" in body(response)
    assert head.get("/?as_of=2026-03-31").context.get("fall") is None


def test_who_collects_begins_with_their_own(workplace: Workplace, signed_in: SignedIn) -> None:
    """
    all cases lie with the account manager of north; the first deadline comes first, then the
    largest loan
    """
    today = timezone.now().date()
    Case.objects.filter(closed_on__isnull=True).update(
        responsible=User.objects.get(username="account_manager"), due_on=today + 30 * DAY
    )
    Responsibility.objects.update(from_on=today - 30 * DAY)
    late, soon = Case.objects.order_by("pk")[:2]
    Case.objects.filter(pk=late.pk).update(due_on=today - DAY)
    Case.objects.filter(pk=soon.pk).update(due_on=today + 7 * DAY)
    Responsibility.objects.create(case=soon, user_id=soon.responsible_id, from_on=today)
    Responsibility.objects.filter(case=soon).update(
        user=User.objects.get(username="account_manager")
    )
    response = signed_in("account_manager").get("/")
    lines = response.context["next"]
    assert [line.case for line in lines][:2] == [late.pk, soon.pk]
    rest = [line.sums["outstanding"] for line in lines[2:]]
    assert rest == sorted(rest, reverse=True)
    assert (
        f"Your households: {len({line.case for line in lines})} 1 past the deadline 1 due within"
        " a week 1 new this week All of yours"
    ) in main(response)
    assert "next" not in signed_in("legal").get("/").context


def test_own_cases_cost_a_page_no_more_queries_than_it_may(
    workplace: Workplace, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Case.objects.update(responsible=User.objects.get(username="account_manager"))
    browser = signed_in("account_manager")
    with django_assert_num_queries(12):
        assert browser.get("/").context["next"]


def test_an_administrator_begins_with_what_was_run(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    assert "jobs" not in signed_in("administrator").get("/").context  # of a branch alone
    appoint("operator", Role.ADMINISTRATOR, "bank")
    browser = signed_in("operator")
    assert not browser.get("/").context["jobs"]
    for day in range(1, 12):
        Job.objects.create(
            kind="close", subject=f"2026-05-{day:02}", asked_by="recobro", asked_at=AT
        )
    told = re.findall(r"Close (2026-05-\d\d) waiting by itself", main(browser.get("/")))
    assert told == [f"2026-05-{day:02}" for day in range(11, 1, -1)]


def test_who_stands_in_for_another_begins_with_what_they_may_see(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    """
    a case in a place that whoever stands in has no post for is not theirs to see
    """
    mine, case = User.objects.get(username="account_manager"), Case.objects.order_by("pk")[0]
    Case.objects.update(responsible=mine)
    Case.objects.filter(pk=case.pk).update(institution="south")
    context = signed_in("account_manager").get("/").context
    shown = {line.case for line in context["next"]}
    assert shown
    assert case.pk not in shown
    listed = signed_in("account_manager").get("/cases/?mine=1").context["lines"]
    assert {line.case.pk for line in listed} == shown


def test_own_cases_are_counted_also_on_a_day_without_their_loans(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    mine = User.objects.get(username="account_manager")
    Case.objects.update(responsible=mine, due_on="2026-01-01")
    Standing.objects.filter(close__as_of="2026-03-31").delete()
    page = main(signed_in("account_manager").get("/?as_of=2026-03-31"))
    assert "past the deadline" in page
    assert "None of them was a problem on this day." in page
