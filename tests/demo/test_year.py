"""The demonstration as people run it, once for all these tests, and its loans explained."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest
from django.db import transaction
from django.db.models import Count
from pytest_django import DjangoDbBlocker
from typer.testing import CliRunner, Result

from recobro.book.models import Close, Standing
from recobro.book.queries import Scope, close_of, shown_closes
from recobro.cli.main import app
from recobro.demo import users
from recobro.demo.stories import STORIES
from recobro.demo.timetable import LAST_ON, MONTH_ENDS, YEAR_ENDS
from recobro.engine import close as engine
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.settlement import settlement
from recobro.engine.tables import STANDINGS
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Pair, Team, TeamCase
from recobro.oversight.teams.queries import without_leader
from recobro.policy import parse
from recobro.reports.catalogue import REPORTS
from recobro.runs import facts
from recobro.runs.closes import published
from recobro.runs.explain import explain
from recobro.runs.home import Home
from tests.runs.shown import problem

pytestmark = pytest.mark.django_db

SAMPLE = 100 if os.environ.get("CI") == "true" and "DATABASE_URL" not in os.environ else 30
"""Loans explained one by one, a second each: many in the one run that decides about a change."""


@dataclass(frozen=True)
class Lived:
    """The bank's folder, and what the demonstration said."""

    home: Home
    told: Result


@pytest.fixture(scope="module")
def lived(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Lived]:
    """Return the bank after its year; the database is put back in the end."""
    path = tmp_path_factory.mktemp("lived") / "bank"
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setenv("RECOBRO_HOME", str(path))
        told = CliRunner().invoke(app, ["demo", "--no-serve", "--json"])
        yield Lived(Home(path), told)
        transaction.set_rollback(True)


def test_the_year_is_told_as_it_is_lived(lived: Lived) -> None:
    told = lived.told
    days = [*map(str, YEAR_ENDS), *map(str, MONTH_ENDS)]
    assert told.exit_code == 0
    assert json.loads(told.stdout) == {"home": str(lived.home.path), "closes": days}
    lines = told.stderr.splitlines()
    assert lines[:4] == [
        "Living the bank's year",
        "2025-06-30  loaded   371,602 rows",
        "2023-12-31  closed    10,980 loans",
        "2024-12-31  closed    14,673 loans",
    ]
    assert lines[4].endswith("8 rejected")
    assert [line.split()[0] for line in lines if "  closed  " in line] == days
    assert lines[lines.index("What happened in this bank:") + 1].split()[0] == STORIES[0].name
    look_further = f"The book is in {lived.home.path}. Look further:"
    assert lines[lines.index(look_further) + 1] == (
        f"  recobro explain {STORIES[0].loans[0]} --as-of {LAST_ON} --home {lived.home.path}"
    )
    assert lines[-2:] == [
        f"Kept in {lived.home.path / users.FILE}.",
        f"To open the pages: recobro serve --home {lived.home.path}",
    ]


def test_teams_clear_what_is_bad(lived: Lived) -> None:
    """One of each kind; the task force waits for a leader."""
    assert lived.told.exit_code == 0
    on = date(2026, 1, 1)
    assert [team.kind for team in without_leader(Scope(("0001",)), on=on)] == ["task_force"]
    assert sorted(Team.objects.values_list("kind", flat=True)) == sorted(Kind)
    has = dict(
        TeamCase.objects.filter(until_on__isnull=True, case__closed_on__isnull=True)
        .order_by()
        .values_list("kind")
        .annotate(cases=Count("pk"))
    )
    assert has["large_debts"] == 100
    assert has.keys() == {"large_debts", "clearing_team"}
    assert {str(pair.then_on) for pair in Pair.objects.all()} == {str(YEAR_ENDS[0])}


def test_everybody_who_can_sign_in_is_told_and_kept(lived: Lived) -> None:
    file = lived.home.path / users.FILE
    kept = json.loads(file.read_text("utf-8"))
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert [(one["username"], one["role"], one["institution"]) for one in kept] == [
        (one.username, one.role, one.institution) for one in users.PEOPLE
    ]
    assert {one["role"] for one in kept} == {*Role}
    lines = [line.split() for line in lived.told.stderr.splitlines()]
    assert [line for line in lines if line in [[*one.values()] for one in kept]] == [
        [*one.values()] for one in kept
    ]
    assert [one["username"] for one in kept if one["password"] in lived.told.stdout] == []
    proved = {user.username: user for user in User.objects.all()}
    assert [one["username"] for one in kept if not signs_in(proved, one)] == []


def signs_in(proved: Mapping[str, User], person: Mapping[str, str]) -> bool:
    return proved[person["username"]].check_password(person["password"])


def test_the_pages_show_what_the_year_came_to(lived: Lived) -> None:
    """The month ends of it, and what the files of the last say are problem loans."""
    days = [close.as_of for close in reversed(shown_closes())]
    assert days == [*YEAR_ENDS, *MONTH_ENDS]
    last = close_of(LAST_ON)
    files = published(lived.home, last, "standings")
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    shown = Standing.objects.filter(close=last).values_list("loan__loan_id", flat=True)
    assert sorted(shown) == sorted(row["loan_id"] for row in rows if problem(row))


def test_every_report_is_there_or_said_to_be_missing(lived: Lived) -> None:
    folder = lived.home.path / "reports" / str(LAST_ON)
    expected = {folder / f"{name}{ending}" for name in REPORTS for ending in (".html", ".pdf")}
    lines = lived.told.stderr.splitlines()
    missing = {path for path in expected for line in lines if f"not written: {path}." in line}
    assert {path for path in expected if str(path) in lines} == expected - missing
    assert {*folder.iterdir()} == expected - missing
    assert {path.suffix for path in missing} <= {".pdf"}


def test_a_bank_that_holds_a_book_is_left_alone(lived: Lived) -> None:
    before = Close.objects.count()
    told = CliRunner().invoke(app, ["demo", "--no-serve"])
    assert told.exit_code == 2
    assert told.stderr == (
        f"Refused: {lived.home.path} already holds a book; nothing was changed. "
        "Name a new folder with --home, or remove this one.\n"
    )
    assert Close.objects.count() == before


def as_known(book: Mapping[str, ir.Table], on: date) -> dict[str, ir.Table]:
    """Return the rows that an explanation rests on: nothing that came later has happened."""
    loans, payments = book["loans"], book["payments"]
    loans = loans.filter(loans.disbursed_on <= on)
    cancelled = payments.filter(payments.reverses.notnull()).select(payment_id="reverses")
    restructured, judged = book["restructurings"], book["judgements"]
    return {
        "loans": loans.mutate(
            **{
                name: ibis.ifelse(loans[name] <= on, loans[name], ibis.null("date"))
                for name in ("written_off_on", "closed_on")
            }
        ),
        "borrowers": book["borrowers"],
        "instalments": book["instalments"],
        "payments": payments.filter(payments.reverses.isnull(), payments.paid_on <= on).anti_join(
            cancelled, "payment_id"
        ),
        "restructurings": restructured.filter(restructured.restructured_on <= on),
        "judgements": judged.filter(judged.from_on <= on),
    }


@pytest.mark.one_database("files and arithmetic")
@pytest.mark.parametrize("on", [YEAR_ENDS[-1], MONTH_ENDS[5], LAST_ON], ids=str)
def test_what_was_known_on_the_day_explains_every_standing(
    on: date, lived: Lived, tmp_path: Path
) -> None:
    """
    20,654 loans, all at once: what an explanation leaves out, because it came later, or settles
    anew, would change no column of any standing
    """
    close = close_of(on)
    load, policy = facts.load_of(close.facts_version), parse(close.policy_text)
    with Duck(tmp_path / "duck") as duck:
        known = as_known(facts.tables(lived.home.lake, load.versions, duck), on)
        kept = {name: duck.keep(f"known-{name}", [table]) for name, table in known.items()}
        rows = (kept.pop(name) for name in ("instalments", "payments"))
        settled = settlement(kept["loans"], *rows, load_no=0, policy=policy)
        read = engine.Facts(portions=duck.keep("portions", [settled]), **kept)
        found = engine.standings(read, on=on, policy=policy, desk=duck)
        columns = found.select(*STANDINGS.names)
        assert duck.number(columns.count()) == close.standings
        assert duck.fingerprint(columns) == close.fingerprint


def sample(standings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose of every product, grade, reason and story, then spread the rest over the book."""
    by_id = {row["loan_id"]: row for row in standings}
    strata: dict[tuple[Any, ...], str] = {}
    for row in standings:
        how = (row["grade"], *row["grade_reasons"], row["on_balance"])
        for stratum in (how, (row["product"],)):
            strata.setdefault(stratum, row["loan_id"])
    chosen = {*strata.values(), *(story.loans[0] for story in STORIES if story.loans)}
    left = max(SAMPLE - len(chosen), 0)
    step = max(len(standings) // (left + 1), 1)
    spread = [row["loan_id"] for row in standings[step::step]][:left]
    return [by_id[loan_id] for loan_id in sorted({*chosen, *spread})]


@pytest.mark.one_database("files and arithmetic")
def test_loans_are_explained_as_they_stand(lived: Lived) -> None:
    """
    the last month end: a loan of each product, of each set of reasons and of each story
    """
    files = published(lived.home, close_of(LAST_ON), "standings")
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    chosen = sample(sorted(rows, key=lambda row: row["loan_id"]))
    assert {row["product"] for row in chosen} == {row["product"] for row in rows}
    assert {(row["grade"], *row["grade_reasons"]) for row in chosen} == {
        (row["grade"], *row["grade_reasons"]) for row in rows
    }
    told = {
        row["loan_id"]: explain(
            home=lived.home, loan_id=row["loan_id"], on=LAST_ON
        ).explanation.standing
        for row in chosen
    }
    assert [{name: told[row["loan_id"]][name] for name in STANDINGS.names} for row in chosen] == [
        {name: row[name] for name in STANDINGS.names} for row in chosen
    ]
