"""What is told to whoever asked, in place of doing it."""


class Refusal(Exception):
    """Nothing was changed; the message says why, and what to do next.

    A subclass for each reason stands beside what raises it. A door shows the message and nothing
    else; any other exception is a fault of the program.
    """
