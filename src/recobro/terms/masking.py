"""Personal numbers as everybody may see them."""

from typing import Final

_SHOWN: Final = 4
"""Signs of a masked number that are not hidden."""


def masked(text: str) -> str:
    """Hide all of a number but its last four signs; a short one whole."""
    if len(text) <= _SHOWN:
        return "•" * len(text)
    return "•" * (len(text) - _SHOWN) + text[-_SHOWN:]
