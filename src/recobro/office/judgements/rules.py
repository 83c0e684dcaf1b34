"""Which judgement takes which value, and who approves one up to which amount."""

import re
from typing import Final

from recobro.office.approvals.rules import WITHOUT_END, limits_of
from recobro.office.people.enums import Role
from recobro.terms.codes import Judgement
from recobro.terms.grades import GRADE_OF_CODE

LIMITS: Final = limits_of("judgement", {Role.RISK: WITHOUT_END, Role.MANAGEMENT: WITHOUT_END})
"""What may be outstanding of a loan whose judgement each role approves."""

_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?")


def fits(kind: Judgement, value: str) -> bool:
    """Tell whether a judgement of a kind may have a value, as in a delivery's table judgements."""
    if kind is Judgement.GRADE:
        return value in GRADE_OF_CODE
    if kind is Judgement.ECL_SHARE:
        return bool(_SHARE.fullmatch(value))
    return not value
