"""What changes the book: a load, a close, a compaction."""

from recobro.runs.operations.close import close
from recobro.runs.operations.compact import FILES, compact
from recobro.runs.operations.load import load
from recobro.runs.operations.show import show

__all__ = ["FILES", "close", "compact", "load", "show"]
