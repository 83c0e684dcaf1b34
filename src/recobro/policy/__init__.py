"""A bank's rules: a versioned TOML file, read into frozen typed objects."""

from recobro.policy.describe import Row, describe
from recobro.policy.model import PRESETS, Policy
from recobro.policy.problem import Problem
from recobro.policy.reading import (
    PolicyRefused,
    PresetUnknown,
    check,
    parse,
    preset,
    preset_text,
    read,
)
from recobro.policy.rules import Rule, rules
from recobro.policy.sections import (
    Allocation,
    Contagion,
    Cure,
    Grades,
    LocalGrade,
    Matrix,
    Missed,
    Overdue,
    Provision,
    Restructuring,
    Segments,
)

__all__ = [
    "PRESETS",
    "Allocation",
    "Contagion",
    "Cure",
    "Grades",
    "LocalGrade",
    "Matrix",
    "Missed",
    "Overdue",
    "Policy",
    "PolicyRefused",
    "PresetUnknown",
    "Problem",
    "Provision",
    "Restructuring",
    "Row",
    "Rule",
    "Segments",
    "check",
    "describe",
    "parse",
    "preset",
    "preset_text",
    "read",
    "rules",
]
