"""The material of reports from published closes."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Literal, TypeVar

from recobro.reports.material import (
    Figure,
    Figures,
    Flow,
    Heading,
    Indicator,
    Institution,
    Movement,
    Problem,
    Transition,
)
from recobro.runs.board import Board

Row = TypeVar("Row")


class Published:
    """Answer what reports ask from a close and an earlier day (material.Material)."""

    def __init__(
        self, board: Board, *, institution_id: str | None, printed_by: str, printed_at: datetime
    ) -> None:
        self._board = board
        self._institution_id = institution_id
        self._printed_by, self._printed_at = printed_by, printed_at
        self.figures = cache(self._figures)
        self.migration = cache(self._migration)

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
            warnings=[check["name"] for check in close.checks if check["rows"]],
            printed_by=self._printed_by,
            printed_at=self._printed_at,
        )

    def institutions(self) -> Sequence[Institution]:
        """Return the institution of the report, then those directly below it."""
        return self._institutions

    def indicators(self) -> Sequence[Indicator]:
        """Return the indicators of the day of the report."""
        return self._indicators

    def new_nonperforming(self) -> Sequence[Problem]:
        """Return the loans on balance that are nonperforming, and were not at `since`."""
        return self._new_nonperforming

    def three_six(self) -> Sequence[Problem]:
        """Return the loans on balance that missed three in a row or six in all."""
        return self._three_six

    def bridge(self) -> Sequence[Movement]:
        """Return the bridge from `since` to the day of the report."""
        return self._bridge

    def flows(self) -> Sequence[Flow]:
        """Return the rates of cure and formation from `since` to the day of the report."""
        return self._flows

    @cached_property
    def _institutions(self) -> list[Institution]:
        rows = self._board.institutions(self._institution_id)
        return [
            Institution(row["institution_id"], row["name"] or row["institution_id"]) for row in rows
        ]

    @cached_property
    def _nodes(self) -> list[str]:
        return [one.institution_id for one in self._institutions]

    @cached_property
    def _indicators(self) -> list[Indicator]:
        return _typed(Indicator, self._board.indicators(self._nodes))

    @cached_property
    def _new_nonperforming(self) -> list[Problem]:
        return [_problem(row) for row in self._board.new_nonperforming(self._nodes)]

    @cached_property
    def _three_six(self) -> list[Problem]:
        return [_problem(row) for row in self._board.three_six(self._nodes)]

    @cached_property
    def _bridge(self) -> list[Movement]:
        return _typed(Movement, self._board.bridge(self._nodes))

    @cached_property
    def _flows(self) -> list[Flow]:
        return _typed(Flow, self._board.flows(self._nodes))

    def _figures(self, on: date) -> Figures:
        rows, recomputed = self._board.figures(on, self._nodes)
        return Figures(on, _typed(Figure, rows), recomputed)

    def _migration(self, by: Literal["grade", "bucket"]) -> list[Transition]:
        return _typed(Transition, self._board.migration(by, self._nodes))


def _typed(kind: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # each kind is a dataclass
    return [kind(**{name: row[name] for name in names}) for row in rows]


def _problem(row: Mapping[str, Any]) -> Problem:
    return _typed(Problem, [{**row, "institution_id": row["node_id"]}])[0]
