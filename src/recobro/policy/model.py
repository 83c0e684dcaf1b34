"""A bank's rules, whole, as one frozen object."""

from hashlib import sha256
from typing import Annotated

from recobro.policy.literal import table
from recobro.policy.sections import (
    Allocation,
    Contagion,
    Cure,
    Grades,
    LocalGrade,
    Missed,
    Overdue,
    Provision,
    Restructuring,
    Section,
    Segments,
)
from recobro.policy.values import Word, one_of

PRESETS = ("cn", "eu", "in")
"""The rules that come with Recobro: China, the European Union, India."""


class Policy(Section):
    """Everything that a close of a day needs to know of the bank's rules.

    Equal policies have the same text and the same hash, however their files were written.
    """

    name: Word
    """What the bank calls this policy."""
    extends: Annotated[str, one_of(PRESETS)]
    """The preset that the bank's file starts from."""
    local_grades: tuple[LocalGrade, ...]
    """The preset's own words, the first that fits; where none does, the grade itself."""
    overdue: Overdue
    """When an instalment counts as late."""
    allocation: Allocation
    """What a payment settles first."""
    missed: Missed
    """How many missed instalments put a loan under special watch."""
    grades: Grades
    """The ladder of days past due, and what else grades a loan by itself."""
    contagion: Contagion
    """How the bad loans of a company affect its other loans."""
    restructuring: Restructuring
    """How long a restructured loan of a debtor in difficulty is observed."""
    cure: Cure
    """How long the grade of a non-performing loan holds after its arrears are paid."""
    provision: Provision
    """What must be set aside, as parts of the outstanding principal."""
    segments: Segments
    """How the book is parted for separate reporting."""

    @property
    def text(self) -> str:
        """The whole policy as TOML, what it extends written out; reading it gives it back."""
        return table(self.model_dump(exclude_none=True))

    @property
    def hash(self) -> str:
        """The SHA-256 of the text, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()
