"""The five grades of a loan and the buckets of days past due."""

from enum import IntEnum


class Grade(IntEnum):
    """The five-level classification, ordered from best to worst.

    CBIRC and PBoC order 2023 no. 1, article 6.
    """

    NORMAL = 0
    SPECIAL_MENTION = 1
    SUBSTANDARD = 2
    DOUBTFUL = 3
    LOSS = 4

    @property
    def code(self) -> str:
        """The grade's name in files and in the API."""
        return self.name.lower()

    @property
    def nonperforming(self) -> bool:
        """Whether a loan of this grade is non-performing."""
        return self >= Grade.SUBSTANDARD


GRADE_OF_CODE: dict[str, Grade] = {grade.code: grade for grade in Grade}

BUCKETS: tuple[str, ...] = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7")
"""M0 is 0 days past due, M1 to M6 are thirty days each, M7 is all that is later."""

BUCKET_DAYS = 30
