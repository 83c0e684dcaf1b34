"""What is asked of the book."""

from recobro.book.queries.closes import (
    NoClose,
    close_of,
    closes_in_force,
    latest_shown,
    shown_closes,
)
from recobro.book.queries.scope import GENERATION, Scope, climbed

__all__ = [
    "GENERATION",
    "NoClose",
    "Scope",
    "climbed",
    "close_of",
    "closes_in_force",
    "latest_shown",
    "shown_closes",
]
