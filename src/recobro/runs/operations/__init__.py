"""What changes the book: a load, a close, a compaction; and why they may be refused."""

from recobro.engine.backends.java import JavaMissing
from recobro.engine.backends.spark import SparkFailed, SparkMissing
from recobro.intake import DeliveryRefused
from recobro.runs.operations.close import InvariantBroken, close
from recobro.runs.operations.compact import FILES, compact
from recobro.runs.operations.load import load
from recobro.runs.operations.sweep import BookUnknown

__all__ = [
    "FILES",
    "BookUnknown",
    "DeliveryRefused",
    "InvariantBroken",
    "JavaMissing",
    "SparkFailed",
    "SparkMissing",
    "close",
    "compact",
    "load",
]
