"""The bridge between two days that are shown, as rows: its cells, and the loans behind each."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from recobro.book.models import Bridge, BridgeCell, BridgeLoan, Close, Figure
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, refuse
from recobro.office.jobs.tasks import do_next
from recobro.runs import questions
from recobro.runs.board import opened
from recobro.runs.operations.bridge import (
    ClosedAnew,
    DayNotShown,
    NotEarlier,
    ask_for_usual,
    make_bridge,
)
from tests.runs.bank import AT, Bank
from tests.runs.kept import Kept, kept
from tests.runs.shown import TREE, delivered, show

pytestmark = pytest.mark.django_db

SINCE, ON = date(2025, 12, 31), date(2026, 3, 31)
DAYS = ("2025-12-31", "2026-02-28", "2026-03-31")
TEXT = """
    2025-06-01 Stays owes 500.00
    2025-06-01 Court owes 400.00
    2026-02-01 Court pays 150.00 by court as c1
    2026-02-10 Court pays 20.00 by guarantor as c2
    2025-06-01 Cured owes 30.00
    2026-03-01 Cured pays 30.00 as u1
    2025-06-01 Off owes 70.00
    2026-02-15 Off written off
    2025-06-01 Sold owes 90.00
    2026-03-02 Sold closed as sold
    2025-06-01 Moves owes 60.00
    2025-12-01 New owes 250.00
    2025-06-01 Yen lends 50000 JPY
    2025-07-01 Yen owes 50000
    2025-12-20 Fine owes 5.00
    2025-12-20 Fine pays 5.00 as f1
"""
"""By the end of March all but Fine are or were non-performing; Moves goes from hill to west."""

PAYMENT = {"payment_id": "x1", "loan_id": "Stays", "paid_on": "2026-03-30", "amount": "1.00"}
FEBRUARY = date(2026, 2, 28)
CELLS = 32
PLACES = {"Stays": "hill", "Court": "mill", "Cured": "hill", "Moves": "hill", "Off": "east"}


def made(bank: Bank) -> None:
    book = delivered(TEXT, **PLACES)
    bank.load(book)
    bank.close(DAYS[0])
    (moves,) = [loan for loan in book["loans"] if loan["loan_id"] == "Moves"]
    bank.load({"loans": [moves | {"institution_id": "west"}]}, kind="delta")
    for day in DAYS[1:]:
        bank.close(day)
    show(bank)
    between(bank)


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    return kept(tmp_path_factory.mktemp("bridge"), made, django_db_blocker)


@pytest.fixture
def bridged(once: Kept) -> Bank:
    """Return the bank, the bridge of its three months made; nothing is written to its home."""
    once.put()
    return Bank(once.home.parent)


@pytest.fixture
def bare(bridged: Bank) -> Bank:
    """Return the bank without a bridge."""
    for model in (BridgeLoan, BridgeCell, Bridge):
        model.objects.all().delete()
    return bridged


@pytest.fixture
def moving(once: Kept, tmp_path: Path) -> Bank:
    """Return the bank with a home of its own."""
    return once.copied(tmp_path)


def between(bank: Bank, since: date = SINCE, on: date = ON) -> Bridge:
    return make_bridge(home=bank.home, since=since, as_of=on, at=AT)


def cells(institution: str, currency: str = "CNY") -> dict[str, tuple[int, int]]:
    found = BridgeCell.objects.filter(institution=institution, currency=currency)
    return {cell.item: (cell.loans, cell.amount) for cell in found}


def test_the_cells_of_the_whole_bank(bridged: Bank) -> None:
    """
    Stays, Court, Cured, Off, Sold and Moves were 1,150.00; Stays, the rest of Court, Moves and New
    are 1,040.00
    """
    assert cells("bank") == {
        "opening": (6, 1_150_00),
        "new": (1, 250_00),
        "cash:court": (1, -150_00),
        "cash:guarantor": (1, -20_00),
        "cash:borrower": (1, -30_00),
        "written_off": (1, -70_00),
        "sold": (1, -90_00),
        "closing": (4, 1_040_00),
    }
    assert cells("bank", "JPY") == {"opening": (1, 50_000), "closing": (1, 50_000)}


def test_a_loan_that_moved_stands_in_both_institutions(bridged: Bank) -> None:
    assert cells("hill") == {
        "opening": (3, 590_00),
        "cash:borrower": (1, -30_00),
        "moved_out": (1, -60_00),
        "closing": (1, 500_00),
    }
    moved = BridgeLoan.objects.filter(item__startswith="moved").values_list(
        "institution", "loan__loan_id", "item", "amount"
    )
    assert sorted(moved) == [
        ("east", "Moves", "moved_out", -60_00),
        ("hill", "Moves", "moved_out", -60_00),
        ("west", "Moves", "moved_in", 60_00),
    ]


def test_the_loans_behind_every_cell_add_up_to_it(bridged: Bank) -> None:
    """Of every institution, currency and item; and each loan stands in a cell once."""
    made = Bridge.objects.get()
    sums: Counter[tuple[str, str, str]] = Counter()
    loans: Counter[tuple[str, str, str]] = Counter()
    for row in BridgeLoan.objects.filter(bridge=made):
        sums[row.institution_id, row.currency, row.item] += row.amount
        loans[row.institution_id, row.currency, row.item] += 1
    every = BridgeCell.objects.filter(bridge=made)
    assert len(every) == CELLS
    for cell in every:
        key = (cell.institution_id, cell.currency, cell.item)
        assert (loans.pop(key), sums.pop(key)) == (cell.loans, cell.amount)
    assert not loans


def test_every_institution_leads_to_what_its_figures_say(bridged: Bank) -> None:
    made = Bridge.objects.get()
    closing = BridgeCell.objects.filter(bridge=made, item="closing")
    shown = Figure.objects.filter(close=made.close, by="all", nonperforming_principal__gt=0)
    columns = ("institution", "currency")
    assert set(closing.values_list(*columns, "loans", "amount")) == set(
        shown.values_list(*columns, "nonperforming_loans", "nonperforming_principal")
    )


def test_it_is_what_the_report_says(bridged: Bank) -> None:
    nodes = [node["institution_id"] for node in TREE]
    with opened(bridged.home, as_of=ON, since=SINCE) as board:
        reported = questions.bridge(board, nodes)
    columns = ("institution_id", "currency", "item", "loans", "amount")
    assert set(BridgeCell.objects.values_list(*columns)) == {
        tuple(row[name] for name in columns) for row in reported
    }


def test_one_that_is_there_stays(bridged: Bank) -> None:
    first = Bridge.objects.get()
    before = list(BridgeLoan.objects.values_list())
    assert between(bridged) == first
    assert list(BridgeLoan.objects.values_list()) == before
    assert between(bridged, FEBRUARY) != first
    assert Bridge.objects.count() == 2


def test_a_day_that_is_not_shown_carries_no_bridge(bare: Bank) -> None:
    with pytest.raises(DayNotShown, match=r"^The pages do not show 2026-01-31"):
        between(bare, date(2026, 1, 31))
    with pytest.raises(DayNotShown, match=r"^The pages do not show 2026-04-30"):
        between(bare, SINCE, date(2026, 4, 30))
    for since in (ON, date(2026, 4, 1)):
        with pytest.raises(NotEarlier, match=r"is not before 2026-03-31; no bridge was made"):
            between(bare, since)
    assert not Bridge.objects.exists()


def test_a_day_that_is_closed_anew_takes_its_bridges_along(moving: Bank) -> None:
    """
    of Stays 1.00 was paid on 2026-03-30, as is told later
    """
    between(moving, SINCE, FEBRUARY)
    moving.load({"payments": [PAYMENT]}, kind="delta")
    moving.close(DAYS[2])
    with pytest.raises(ClosedAnew, match=r"^2026-02-28 or 2026-03-31 has been closed anew"):
        between(moving, FEBRUARY)
    assert show(moving) == [DAYS[2]]
    (stayed,) = Bridge.objects.all()
    assert (stayed.since.as_of, stayed.close.as_of) == (SINCE, FEBRUARY)
    for model in (BridgeCell, BridgeLoan):
        assert set(model.objects.values_list("bridge", flat=True)) == {stayed.pk}
    between(moving, FEBRUARY)
    assert BridgeLoan.objects.get(institution="hill", item="cash:unspecified", amount=-1_00)


def test_what_another_made_meanwhile_stays(bare: Bank) -> None:
    """Two ask at once: both compute, and whoever comes second finds it there."""
    made = []

    def meanwhile(step: str, done: int, of: int) -> None:
        made.append((step, done, of, between(bare)))

    second = make_bridge(home=bare.home, since=SINCE, as_of=ON, at=AT, progress=meanwhile)
    assert made == [("bridge", 0, 1, second)]
    assert BridgeCell.objects.count() == CELLS


def test_a_job_makes_it(moving: Bank) -> None:
    ask(kind="bridge", subject="2026-02-28 2026-03-31", at=AT)
    job = do_next(moving.home.path, lambda: AT)
    assert job is not None
    assert (job.state, job.outcome) == ("done", {"since": "2026-02-28", "as_of": "2026-03-31"})
    assert [step for step, _, _ in job.steps] == ["bridge"]
    assert Bridge.objects.count() == 2


def test_the_usual_one_is_asked_for_by_itself(bare: Bank) -> None:
    asked = ask_for_usual(at=AT)
    assert asked is not None
    assert (asked.kind, asked.subject, asked.asked_by) == (
        "bridge",
        "2025-12-31 2026-03-31",
        "recobro",
    )
    assert ask_for_usual(at=AT) is None
    Job.objects.update(state="running")
    refuse(job=Job.objects.get(), reason="no", at=AT)
    assert ask_for_usual(at=AT + timedelta(hours=23)) is None
    assert ask_for_usual(at=AT + timedelta(hours=25)) == Job.objects.latest("id")
    later = AT + timedelta(hours=26)
    assert ask_for_usual(at=later) is None
    Close.objects.filter(as_of="2026-03-31").update(shown_at=later)  # closed and shown anew
    Job.objects.update(state="done")
    assert ask_for_usual(at=later + timedelta(minutes=1)) is not None
    between(bare)
    assert ask_for_usual(at=AT + timedelta(days=9)) is None


@pytest.mark.parametrize("kept_days", [0, 1])
def test_nothing_is_asked_for_where_nothing_can_be_bridged(bare: Bank, kept_days: int) -> None:
    days = list(Close.objects.order_by("as_of"))
    for close in days[kept_days:]:
        Close.objects.filter(pk=close.pk).update(shown_at=None)
    assert ask_for_usual(at=datetime.now(tz=AT.tzinfo)) is None
