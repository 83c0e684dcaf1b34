"""What is asked of the book."""

from recobro.book.queries.closes import NoClose, close_of, closes_in_force, shown_closes
from recobro.book.queries.scope import Scope

__all__ = ["NoClose", "Scope", "close_of", "closes_in_force", "shown_closes"]
