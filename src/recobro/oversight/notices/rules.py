from datetime import date, timedelta

STEP = timedelta(days=3)
"""So long after the day by which it was due a notice goes to the next superior."""


def steps_up(due_on: date, on: date) -> int:
    """Return to which superior a notice has gone by a day that nobody signs off: 0, the first head.

    The first on the day after it was due, one more after each STEP.
    """
    late = (on - due_on).days
    return 0 if late <= 0 else 1 + (late - 1) // STEP.days
