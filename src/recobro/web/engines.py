"""How many of a process's requests may ask an engine at once."""

from threading import BoundedSemaphore
from typing import Final

ENGINES: Final = BoundedSemaphore(2)
"""Held while an engine is asked: each takes memory of its own."""
