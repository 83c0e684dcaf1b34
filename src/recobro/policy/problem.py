"""What is wrong with a policy file, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Say which key of which line is wrong, how, and what was probably meant.

    `line` is empty where no line is to blame, `key` where the whole file is.
    """

    file: str
    line: int | None
    key: str
    wrong: str
    meant: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        what = f"{self.key} {self.wrong}" if self.key else self.wrong
        return f"{place}: {what}" + (f"; perhaps meant: {self.meant}" if self.meant else "")
