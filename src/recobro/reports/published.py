"""The material of reports from published closes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import Any, TypeAlias

from recobro.reports import material
from recobro.reports.material import Answer, Figure, Figures, Heading, Institution, Question
from recobro.runs import questions
from recobro.runs.board import Board, Rows

Asked: TypeAlias = Callable[[Board, Sequence[str]], Rows]

ASKED: Mapping[Question[Any], Asked] = {
    material.INDICATORS: questions.indicators,
    material.NEW_NONPERFORMING: questions.new_nonperforming,
    material.MISSED: questions.three_six,
    material.MOVEMENTS: questions.bridge,
    material.BY_GRADE: partial(questions.migration, by="grade"),
    material.BY_BUCKET: partial(questions.migration, by="bucket"),
    material.FLOWS: questions.flows,
    material.RATIOS: questions.migration_ratios,
    material.ROLLS: questions.roll_rates,
    material.FALLING: questions.falling,
    material.COHORTS: questions.cohorts,
    material.RELAPSES: questions.relapses,
    material.MONTH_ENDS: questions.month_ends,
    material.SIGNS: questions.signs,
}
"""What answers each question; a column of its rows is named as the field that it fills."""


class Published:
    """Answer what reports ask from a close and an earlier day (material.Material)."""

    def __init__(
        self, board: Board, *, institution_id: str | None, printed_by: str, printed_at: datetime
    ) -> None:
        self._board = board
        self._institution_id = institution_id
        self._printed_by, self._printed_at = printed_by, printed_at
        self._answer = cache(
            lambda question: _typed(question.answer, ASKED[question](board, self._nodes))
        )
        self.figures = cache(self._figures)

    @cached_property
    def heading(self) -> Heading:
        """What the report is about."""
        close = self._board.close
        return Heading(
            institution=self._institutions[0],
            as_of=close.as_of,
            since=self._board.since,
            policy=close.policy_name,
            facts_version=close.facts_version,
            marks=[check["name"] for check in close.checks if check["rows"]],
            printed_by=self._printed_by,
            printed_at=self._printed_at,
        )

    def institutions(self) -> Sequence[Institution]:
        """Return the institution of the report, then those below it that it is parted into."""
        return self._institutions

    def ask(self, question: Question[Answer]) -> Sequence[Answer]:
        """Return the rows that answer a question."""
        found: list[Answer] = self._answer(question)
        return found

    @cached_property
    def _institutions(self) -> list[Institution]:
        rows = self._board.institutions(self._institution_id)
        return [
            Institution(row["institution_id"], row["name"] or row["institution_id"]) for row in rows
        ]

    @cached_property
    def _nodes(self) -> list[str]:
        return [one.institution_id for one in self._institutions]

    def _figures(self, on: date) -> Figures:
        rows, recomputed = questions.figures(self._board, self._nodes, on=on)
        return Figures(on, _typed(Figure, rows), recomputed)


def _typed(kind: type[Answer], rows: Rows) -> list[Answer]:
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # each kind is a dataclass
    return [kind(**{name: row[name] for name in names}) for row in rows]
