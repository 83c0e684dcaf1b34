"""The close of a day, as a table of contents: the steps in order.

A close looks at loans *as of* a date, and that date is a column: one literal for the whole book at
a close, each loan's own where a rule looks back (the grade held before a restructuring).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import ibis
import ibis.expr.types as ir

from recobro.engine.calendar import days_between
from recobro.engine.script import Shelf
from recobro.engine.steps import (
    arrears,
    balance,
    classification,
    contagion,
    cure,
    judgement,
    ladder,
    look_backs,
    missed,
    provision,
    renewal,
    restructuring,
    segment,
    status,
)
from recobro.engine.tables import LOANS, PUBLISHED
from recobro.policy import Policy
from recobro.terms.codes import BorrowerKind
from recobro.terms.grades import Grade

Part = tuple[int, int]
"""A range of loan_no, [from, to)."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a close reads: tables of the book at one version of the facts.

    `lines` is what a close of the day reads of the portions where it sums up: they themselves, or
    with those brought forward that are over. `few` looks up the portions of few loans (loan_no),
    where the lake has a quicker way than to look through all. `parts` cuts the book into ranges of
    loan_no, [from, to), that are measured one after another, so that memory is bounded by a part,
    not by the book.
    """

    loans: ir.Table
    borrowers: ir.Table
    portions: ir.Table
    restructurings: ir.Table
    judgements: ir.Table
    lines: ir.Table | None = None
    few: Callable[[ir.Table], ir.Table] | None = None
    parts: Sequence[Part] = ()

    def portions_of(self, loans: ir.Table) -> ir.Table:
        """Return the portions of some loans: a column loan_no, each once."""
        return self.few(loans) if self.few else self.portions.join(loans, "loan_no")


class Desk(Shelf, Protocol):
    """Where a close works; the backends have one each."""

    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""
        ...

    def day(self, on: date) -> ir.DateScalar:
        """Return a day as expressions name it."""
        ...


def standings(facts: Facts, *, on: date, policy: Policy, desk: Desk) -> ir.Table:
    """Return where each loan disbursed by `on` stands at the end of that day, kept (PUBLISHED)."""
    day = desk.day(on)
    views = facts.loans.filter(facts.loans.disbursed_on <= day).select(*_OF_LOAN, as_of=day)
    lines = (facts.portions if facts.lines is None else facts.lines).mutate(as_of=day)
    ranges: Sequence[Part | None] = facts.parts or [None]
    looks = desk.keep("looks", [looks_of(facts, on=day)])
    turns = desk.number(looks.turn.max())  # asked first: all else is computed while it is written
    money = Money.told_by(lines, policy, desk.keep, parts=ranges)
    entangled = desk.keep("entangled", [_entangled(views, money, facts, policy=policy, desk=desk)])
    watched = desk.keep("watched", [_watched(facts, entangled, looks, policy)])
    held = held_before(facts, looks, watched, turns=turns, policy=policy, desk=desk)
    found = found_of(views, entangled, watched.mutate(as_of=day), facts, policy=policy, desk=desk)
    restructured = desk.keep(
        "restructured", [restructuring.restructured_floor(found.observed, held)]
    )
    spread = desk.keep(
        "spread",
        [
            contagion.contagion_floor(
                alone(entangled, found, restructured, policy), policy.contagion
            )
        ],
    )
    return desk.keep(
        "standings",
        [
            conclude(
                grade(
                    alone(
                        measure(_part(views, part), money.of(part), facts, policy),
                        found,
                        restructured,
                        policy,
                    ),
                    spread,
                ),
                policy,
            )
            for part in ranges
        ],
    )


@dataclass(frozen=True, kw_only=True)
class Money:
    """What portions tell by as_of and loan_no; of a loan that is missing, nothing."""

    paid: ir.Table
    owed: ir.Table
    missed: ir.Table
    runs: ir.Table

    @classmethod
    def told_by(
        cls,
        lines: ir.Table,
        policy: Policy,
        keep: Callable[[str, Sequence[ir.Table]], ir.Table],
        *,
        parts: Sequence[Part | None] = (None,),
    ) -> "Money":
        """Measure portions with an as_of; `keep` puts each table down, or hands it on."""
        return cls(
            paid=keep("paid", [paid_by(_part(lines, part)) for part in parts]),
            owed=keep("owed", [owed_by(lines, policy)]),
            missed=keep("missed", [missed.missed(lines, policy.overdue, policy.missed)]),
            runs=keep("runs", [missed.disordered_runs(lines, policy.overdue)]),
        )

    def of(self, part: Part | None) -> "Money":
        """Return the sums of a part of the book."""
        return self._each(lambda sums: _part(sums, part))

    def among(self, few: ir.Table) -> "Money":
        """Return the sums of a few loans: beside few rows a join then holds few in memory."""
        return self._each(lambda sums: sums.semi_join(few, "loan_no"))

    def _each(self, change: Callable[[ir.Table], ir.Table]) -> "Money":
        return Money(
            paid=change(self.paid),
            owed=change(self.owed),
            missed=change(self.missed),
            runs=change(self.runs),
        )


@dataclass(frozen=True, kw_only=True)
class Found:
    """What rules found for some loans, by as_of and loan_no."""

    judged: ir.Table
    cured: ir.Table
    observed: ir.Table


def paid_by(lines: ir.Table) -> ir.Table:
    """Sum up what was paid, loan by loan."""
    paid = lines.filter(lines.paid_on <= lines.as_of)
    return paid.group_by("as_of", "loan_no").aggregate(**balance.balance(paid))


def owed_by(lines: ir.Table, policy: Policy) -> ir.Table:
    """Sum up what is overdue and unpaid, loan by loan: few of the lines."""
    unpaid = _unpaid(lines, policy)
    return unpaid.group_by("as_of", "loan_no").aggregate(
        **arrears.arrears(unpaid), **missed.unsettled(unpaid, policy.overdue)
    )


def _unpaid(lines: ir.Table, policy: Policy) -> ir.Table:
    due = lines.filter(arrears.overdue(lines, policy.overdue))
    return due.filter(due.paid_on.isnull() | (due.paid_on > due.as_of))


def measure(views: ir.Table, money: Money, facts: Facts, policy: Policy) -> ir.Table:
    """Add to each view of a loan (as_of, loan_no, …) what follows from its money alone."""
    loans = _with(views, money.paid, money.owed, money.missed)
    loans = _weighed(missed.missed_in_a_row(loans, money.runs), facts, policy)
    return loans.mutate(
        overdue_amount=loans.overdue_principal + loans.overdue_interest + loans.overdue_fees,
        three_six=(loans.missed_in_a_row >= policy.missed.in_a_row)
        | (loans.missed_ever >= policy.missed.ever),
        bucket=arrears.bucket(loans.days_past_due),
    )


def _weighed(loans: ir.Table, facts: Facts, policy: Policy) -> ir.Table:
    """Add what a grade rests on: balance, days past due, and whose the loan is."""
    owners = facts.borrowers.select("borrower_id", "household_id", borrower_kind="kind")
    loans = loans.left_join(owners, "borrower_id", rname="owner_{name}").drop("owner_borrower_id")
    return loans.mutate(
        outstanding_principal=balance.outstanding(loans),
        days_past_due=arrears.days_past_due(loans, policy.overdue),
        on_balance=status.on_balance(loans),
    )


def found_of(
    views: ir.Table,
    entangled: ir.Table,
    lines: ir.Table,
    facts: Facts,
    *,
    policy: Policy,
    desk: Shelf,
    name: str = "found",
) -> Found:
    """Look up judgements, and instalment by instalment (`lines`) what only few loans need."""
    observed = restructuring.observations(views, lines, facts.restructurings, policy)
    return Found(
        judged=desk.keep(f"{name}-judged", [judgement.judged(views, facts.judgements)]),
        cured=desk.keep(f"{name}-cured", [cure.cure_hold_floor(entangled, lines, policy)]),
        observed=desk.keep(f"{name}-observed", [observed]),
    )


def alone(loans: ir.Table, found: Found, restructured: ir.Table, policy: Policy) -> ir.Table:
    """Add every floor but contagion, and graded_alone, the worst of them."""
    loans = _with(loans, found.judged, found.cured, restructured)
    loans = loans.mutate(
        days_past_due_floor=ladder.days_past_due_floor(loans, policy.grades),
        guarantee_matrix_floor=ladder.guarantee_matrix_floor(loans, policy.grades),
        renewal_floor=renewal.renewal_floor(loans),
    )
    return loans.mutate(graded_alone=classification.worst(loans, but="contagion"))


def grade(loans: ir.Table, spread: ir.Table) -> ir.Table:
    """Add contagion_floor and grade_rank, the worst of all floors."""
    loans = _with(loans, spread)
    return loans.mutate(
        grade_rank=ibis.greatest(loans.graded_alone, loans.contagion_floor).cast("int8")
    )


def conclude(loans: ir.Table, policy: Policy) -> ir.Table:
    """Add what follows from the grade."""
    loans = loans.mutate(
        grade=classification.grade_code(loans.grade_rank),
        nonperforming=loans.grade_rank >= int(Grade.SUBSTANDARD),
        grade_reasons=classification.grade_reasons(loans, policy.grades.order),
        provision=provision.provision(loans, policy.provision),
    )
    loans = loans.mutate(
        local_grade=classification.local_grade(loans, policy.local_grades),
        segment=segment.segment(loans, policy.segments),
    )
    return loans.cast(dict(PUBLISHED.items())).select(*PUBLISHED.names)


def held_before(
    facts: Facts, looks: ir.Table, watched: ir.Table, *, turns: int, policy: Policy, desk: Shelf
) -> ir.Table:
    """Return loan_no, restructured_on, held_grade: the grade on the day before each restructuring.

    That grade may itself rest on an earlier restructuring, of the loan or of another of the same
    company: so the first ones of every borrower are graded first, then the second ones, …, up to
    `turns` of them.
    """
    owned = facts.loans.select(*_LOOKED_AT)
    views = owned.join(looks.select("as_of", loan_no="seen_loan_no").distinct(), "loan_no")
    views = desk.keep("look-views", [views.filter(views.disbursed_on <= views.as_of)])
    owners = facts.borrowers.semi_join(views, "borrower_id")
    lines = watched.join(views.select("as_of", "loan_no"), "loan_no")
    paid = lines.filter(lines.paid_on <= lines.as_of)
    paid = paid.group_by("as_of", "loan_no").aggregate(**balance.settled(paid))
    paid = desk.keep("look-paid", [paid])
    unpaid = _unpaid(lines, policy)
    late = unpaid.group_by("as_of", "loan_no").aggregate(**arrears.oldest(unpaid))
    late = desk.keep("look-late", [late])
    loans = _weighed(_with(views, paid, late), replace(facts, borrowers=owners), policy)
    loans = desk.keep("look-measured", [loans.select(*_GRADED_BY)])
    found = found_of(views, loans, lines, facts, policy=policy, desk=desk, name="look")
    held = desk.keep("held-0", [_held(looks, loans.mutate(grade_rank=0)).limit(0)])
    for turn in range(1, turns + 1):
        own = looks.filter(looks.turn == turn, looks.loan_no == looks.seen_loan_no)
        by_itself = alone(
            loans, found, restructuring.restructured_floor(found.observed, held), policy
        )
        graded = grade(by_itself, contagion.contagion_floor(by_itself, policy.contagion))
        held = desk.keep(f"held-{turn}", [held, _held(own, graded)])
    return held


def looks_of(facts: Facts, *, on: date | ir.DateScalar) -> ir.Table:
    """List what to look at before each restructuring up to a day."""
    return look_backs.look_backs(facts.loans, facts.borrowers, facts.restructurings, on=on)


def _held(looks: ir.Table, graded: ir.Table) -> ir.Table:
    grades = graded.select("as_of", "loan_no", held_grade=graded.grade_rank.cast("int8"))
    return looks.join(grades, ["as_of", "loan_no"]).select(
        "loan_no", "restructured_on", "held_grade"
    )


_OF_LOAN = tuple(
    name for name in LOANS.names if name in PUBLISHED.names and name != "outstanding_principal"
)
"""What is asked of a loan; the balance that core banking says is compared after the close."""

_LOOKED_AT = (
    *("loan_no", "borrower_id", "currency", "guarantee", "principal", "replaces_loan_id"),
    *("disbursed_on", "written_off_on", "closed_on"),
)
"""What of that a grade rests on."""

_GRADED_BY = (
    *("as_of", "loan_no", "borrower_id", "borrower_kind", "currency", "guarantee"),
    *("replaces_loan_id", "on_balance", "outstanding_principal", "days_past_due"),
)
"""What the rules of a grade ask of a loan that has been measured."""

_WATCHED = ("loan_no", "n", "due_on", "closes", "settled_on", "paid_on", "principal")
"""What the rules that look at instalments one by one, or back, ask of a portion."""


def _entangled(
    views: ir.Table, money: Money, facts: Facts, *, policy: Policy, desk: Shelf
) -> ir.Table:
    """Measure the loans whose grade may rest on more than their own state: a few kinds'."""
    kinds = {BorrowerKind.COMPANY.value, *policy.cure.applies_to}
    owners = facts.borrowers.filter(facts.borrowers.kind.isin(sorted(kinds)))
    few = views.semi_join(owners, "borrower_id").select("as_of", *_LOOKED_AT)
    few = desk.keep("few", [few])
    measured = measure(few, money.among(few), replace(facts, borrowers=owners), policy)
    return measured.select(*_GRADED_BY, "worst_delay")


def _watched(facts: Facts, entangled: ir.Table, looks: ir.Table, policy: Policy) -> ir.Table:
    """Return the portions of the loans whose instalments a rule looks at one by one: few."""
    bad_from = policy.grades.substandard_from
    once_bad = entangled.filter(
        entangled.borrower_kind.isin(policy.cure.applies_to),
        (entangled.worst_delay >= bad_from)
        | (entangled.days_past_due >= bad_from)
        | ibis.literal(policy.overdue.grace_days >= bad_from),  # worst_delay then comes too late
    )
    loans = once_bad.select("loan_no").union(looks.select(loan_no="seen_loan_no")).distinct()
    # The whole book is read for them, a tenth of a second for each column of a million loans.
    lines = facts.portions_of(loans).select(*_WATCHED)
    return lines.mutate(late_days=days_between(lines.due_on, lines.settled_on))


def _part(table: ir.Table, part: Part | None) -> ir.Table:
    if part is None:
        return table
    first, last = part
    return table.filter(table.loan_no >= first, table.loan_no < last)


def _with(loans: ir.Table, *found: ir.Table) -> ir.Table:
    """Add columns that rules found for some loans; the others have the rule's nothing: 0 or no.

    A column that the loans have already is left out.
    """
    joined = loans
    for number, each in enumerate(found):
        added = each.rename(
            {f"found_{number}_{name}": name for name in each.columns if name in loans.columns}
        )
        seen = [(name, f"found_{number}_{name}") for name in ("as_of", "loan_no")]
        joined = joined.left_join(added, seen)
    columns = {
        name: dtype
        for each in found
        for name, dtype in each.schema().items()
        if name not in loans.columns
    }
    nothing = {
        name: False if dtype.is_boolean() else 0
        for name, dtype in columns.items()
        if dtype.is_boolean() or dtype.is_integer()
    }
    return joined.select(
        *loans.columns,
        **{
            name: joined[name].fill_null(nothing[name]) if name in nothing else joined[name]
            for name in columns
        },
    )
