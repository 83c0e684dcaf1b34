"""Put together why a loan has its grade: the same steps for one loan, everything kept."""

from datetime import date

from recobro.engine.explain.account import account
from recobro.engine.explain.explanation import (
    Episode,
    Explanation,
    Observation,
    Other,
)
from recobro.engine.explain.grading import Graded, Stage, grade
from recobro.engine.explain.instalments import beyond, instalments
from recobro.engine.explain.known import Known, Records, known, record
from recobro.engine.explain.outlook import outlook, plan
from recobro.engine.explain.scenarios import Copies
from recobro.engine.explain.steps import Steps
from recobro.policy import Policy
from recobro.terms.grades import Grade

_LEFT = ("written_off_on", "closed_on")
"""What a close publishes of a loan even before it happens."""


def explain(
    records: Records, *, loan_no: int, on: date, policy: Policy, stage: Stage
) -> Explanation:
    """Explain a loan's standing at the close of `on`, and what payments would change.

    `records` hold the loan's rows and, where a company owes it, those of all loans of that company.
    Raises LoanNotRead, NotDisbursed.
    """
    seen = known(records, loan_no=loan_no, on=on, reader=stage)
    accounts = {row["loan_no"]: account(seen, row, policy) for row in seen.loans}
    planned = plan(seen, accounts, policy)
    found = grade(Copies(seen, planned.scenarios), policy, stage)
    schedule = instalments(seen, found, policy)
    steps = Steps(seen, found, schedule, policy)
    kept = {day: found.ahead[planned.kept, day] for day in planned.scenarios[planned.kept].days}
    return Explanation(
        on=on,
        loan_no=loan_no,
        standing=found.standing | {name: seen.loan[name] for name in _LEFT},
        graded_alone=Grade(found.today[loan_no]["graded_alone"]),
        instalments=schedule,
        beyond=beyond(seen, found),
        arrears=steps.arrears(),
        floors=steps.floors(kept),
        observations=_observations(seen, found),
        episodes=_episodes(seen, found),
        others=_others(seen, found),
        provision=steps.provision(),
        outlook=outlook(seen, planned, found),
    )


def _observations(known: Known, found: Graded) -> tuple[Observation, ...]:
    rows = {
        row["restructured_on"]: row for row in known.of(known.restructurings, known.loan["loan_no"])
    }
    return tuple(
        Observation(
            restructured_on=seen["restructured_on"],
            ends_on=seen["ends_on"],
            again=seen["again"],
            held_grade=Grade(seen["held_grade"] or Grade.NORMAL),
            record=record("restructurings", rows[seen["restructured_on"]]),
        )
        for seen in sorted(found.observed, key=lambda row: row["restructured_on"])
    )


def _episodes(known: Known, found: Graded) -> tuple[Episode, ...]:
    return tuple(
        Episode(
            cured_on=row["cured_on"] if row["cured_on"] <= known.on else None,
            grade=Grade(row["grade"]),
        )
        for row in sorted(found.episodes, key=lambda row: row["cured_on"])
    )


def _others(known: Known, found: Graded) -> tuple[Other, ...]:
    own = known.loan
    return tuple(
        Other(
            loan_id=row["loan_id"],
            outstanding_principal=found.today[row["loan_no"]]["outstanding_principal"],
            graded_alone=Grade(found.today[row["loan_no"]]["graded_alone"]),
            record=record("loans", row),
        )
        for row in known.loans[1:]
        if row["currency"] == own["currency"] and found.today[row["loan_no"]]["on_balance"]
    )
