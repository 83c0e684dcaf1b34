"""The few colours of print: each on white has a contrast of 4.5 : 1 or more."""

from recobro.terms.grades import Grade

INK = "#1f2933"
QUIET = "#5b6672"
LINE = "#d5dae0"
ACCENT = "#2458a6"
GOOD = "#1d7044"
BAD = "#b3261e"

GRADES: dict[Grade, str] = {
    Grade.NORMAL: "#56705f",
    Grade.SPECIAL_MENTION: "#8a6100",
    Grade.SUBSTANDARD: "#b34700",
    Grade.DOUBTFUL: "#b3261e",
    Grade.LOSS: "#76215f",
}


def mixed(colour: str, share: float) -> str:
    """Return a colour laid on white with so much of its strength, 0 to 1."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)
