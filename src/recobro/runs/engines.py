"""How many engines answer questions at once."""

from threading import BoundedSemaphore
from typing import Final

ENGINES: Final = BoundedSemaphore(2)
"""Held by a question while it asks, so many in a process: each takes memory of its own."""
