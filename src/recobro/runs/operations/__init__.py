"""What changes the book: a load, a close, a settlement; and why they may be refused."""

from recobro.engine.backends.spark import JavaMissing, SparkMissing
from recobro.intake import DeliveryRefused
from recobro.runs.operations.close import InvariantBroken, close
from recobro.runs.operations.load import load
from recobro.runs.operations.sweep import BookUnknown

__all__ = [
    "BookUnknown",
    "DeliveryRefused",
    "InvariantBroken",
    "JavaMissing",
    "SparkMissing",
    "close",
    "load",
]
