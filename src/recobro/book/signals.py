"""What the book tells to whoever wants to know."""

from django.dispatch import Signal

close_shown = Signal()
"""A close has become rows; sent inside their transaction, with `close` and `at`."""
