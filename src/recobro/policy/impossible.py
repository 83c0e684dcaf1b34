"""A value that no policy can have."""


class Impossible(ValueError):
    """Say what is wrong with a value; a subclass for each reason stands beside what raises it.

    `meant` is a likely value, `beside` the key of the same section that it clashes with.
    """

    def __init__(self, wrong: str, *, meant: str | None = None, beside: str | None = None) -> None:
        self.wrong, self.meant, self.beside = wrong, meant, beside
        super().__init__(wrong)
