"""How often somebody may ask, counted in the memory of each process."""

from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from time import monotonic
from typing import Final

from django.conf import settings

from recobro.terms.refusal import Refusal

_A_MINUTE: Final = 60.0
_MOST_KEYS: Final = 10_000
"""So many are remembered before those are forgotten that have nothing left to wait for."""


class AskedTooOften(Refusal):
    """Somebody asks more often than they may."""

    def __init__(self, wait: float) -> None:
        self.seconds = max(1, ceil(wait))
        super().__init__(
            f"You have asked too often; nothing was done. Wait {self.seconds} seconds, and ask no "
            "more often than the limit allows."
        )


@dataclass
class Limit:
    """So many times a minute, as a setting says, all at once or one after the other.

    Of each key one moment is kept: when all that it has used will have come back to it.
    """

    setting: str
    _free_at: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, key: str, *, now: float | None = None) -> None:
        """Count one more; `now` is a monotonic clock's. Raises AskedTooOften."""
        now = monotonic() if now is None else now
        step = _A_MINUTE / getattr(settings, self.setting)
        with self._lock:
            if len(self._free_at) > _MOST_KEYS:
                self._free_at = {name: at for name, at in self._free_at.items() if at > now}
            free_at = max(self._free_at.get(key, now), now) + step
            if free_at - now > _A_MINUTE + step / 2:  # half a step: sums of floats are not exact
                raise AskedTooOften(free_at - now - _A_MINUTE)
            self._free_at[key] = free_at

    def forget(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._free_at.clear()


REQUESTS: Final = Limit("API_REQUESTS_A_MINUTE")
"""Of one token."""

FAILURES: Final = Limit("API_FAILURES_A_MINUTE")
"""Of one address that shows no good token."""
