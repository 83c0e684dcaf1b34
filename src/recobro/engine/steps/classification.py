"""The grade: the worst of all floors that apply, and which they were."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from recobro.policy import LocalGrade
from recobro.terms.grades import Grade

FLOORS: Mapping[str, str] = {
    "days-past-due": "days_past_due_floor",
    "guarantee-matrix": "guarantee_matrix_floor",
    "restructured": "restructured_floor",
    "renewal": "renewal_floor",
    "contagion": "contagion_floor",
    "judgement": "judgement_floor",
    "cure-hold": "cure_hold_floor",
}
"""The reasons that a grade may have, and the column in which each one's floor stands."""


def worst(loans: ir.Table, *, but: str | None = None) -> ir.IntegerValue:
    """Return the worst of the floors, as a number of Grade; `but` leaves out one reason."""
    floors = [loans[column] for reason, column in FLOORS.items() if reason != but]
    return ibis.greatest(*floors).cast("int8")


def grade_reasons(loans: ir.Table, order: tuple[str, ...]) -> ir.ArrayValue:
    """Return the floors above normal: worst grade first, then in the policy's order."""
    codes = [
        ibis.ifelse(loans[FLOORS[reason]] == int(grade), f" {reason}", "")
        for grade in sorted(Grade, reverse=True)
        if grade is not Grade.NORMAL
        for reason in order
    ]
    listed = codes[0].concat(*codes[1:])
    reasons = ibis.ifelse(
        loans.grade_rank > int(Grade.NORMAL),
        listed.lstrip().split(" "),
        ibis.null("array<string>"),
    )
    return ibis.coalesce(reasons, ibis.literal([], "array<string>"))


def grade_code(rank: ir.IntegerValue) -> ir.StringValue:
    """Return the grade's name in files."""
    return rank.cases(*((int(grade), grade.code) for grade in Grade), else_=Grade.LOSS.code)


def local_grade(loans: ir.Table, rules: tuple[LocalGrade, ...]) -> ir.StringValue:
    """Return the preset's own word: the first rule that fits, else the grade."""
    cases = []
    for rule in rules:
        fits: ir.BooleanValue = ibis.literal(True)  # noqa: FBT003 - ibis takes the value by position
        if rule.grade is not None:
            fits &= loans.grade == rule.grade
        if rule.reason is not None:
            fits &= loans[FLOORS[rule.reason]] > int(Grade.NORMAL)
        if rule.days_from is not None:
            fits &= loans.days_past_due >= rule.days_from
        if rule.days_until is not None:
            fits &= loans.days_past_due <= rule.days_until
        cases.append((fits, rule.name))
    return ibis.cases(*cases, else_=loans.grade) if cases else loans.grade
