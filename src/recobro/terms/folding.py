"""Texts as they are looked for: what is only another way to write the same is left out."""

import unicodedata


def folded(text: str) -> str:
    """Return a text without letter case, accents, full width, and with single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    parted = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(sign for sign in parted if not unicodedata.combining(sign))
    return " ".join(unicodedata.normalize("NFC", kept).split())
