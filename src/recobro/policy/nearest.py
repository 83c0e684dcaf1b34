"""What somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the one of the words that is spelled most like the given one, if any is close."""
    return next(iter(get_close_matches(word.lower(), list(words), n=1)), None)
