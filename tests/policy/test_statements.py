from hypothesis import given
from hypothesis import strategies as st

from recobro.policy.statements import Statement, statements

TEXT = '''
# The top.
name = "a # b"
order = [  # over lines
    "x]",
    "y",
]

# Lost: a blank line parts it from the key.

[ "the section" ]
# Two lines
#   of comment.
a.b = 1
a.c = { d = 2 }
long = """
[not.a.section]
"""
[[row]]
[[row]]
key = 1
'''


def test_each_key_with_its_first_line_and_comment() -> None:
    assert list(statements(TEXT)) == [
        Statement(("name",), 3, "The top."),
        Statement(("order",), 4, ""),
        Statement(("the section",), 11, ""),
        Statement(("the section", "a"), 14, "Two lines of comment."),
        Statement(("the section", "a", "b"), 14, "Two lines of comment."),
        Statement(("the section", "a"), 15, ""),
        Statement(("the section", "a", "c"), 15, ""),
        Statement(("the section", "a", "c", "d"), 15, ""),
        Statement(("the section", "long"), 16, ""),
        Statement(("row", 0), 19, ""),
        Statement(("row", 1), 20, ""),
        Statement(("row", 1, "key"), 21, ""),
    ]


def test_windows_lines_are_lines() -> None:
    assert list(statements("a = 1\r\nb = 2\r\n")) == [
        Statement(("a",), 1, ""),
        Statement(("b",), 2, ""),
    ]


@given(st.integers(0, 50))
def test_lines_are_counted_from_one(blank: int) -> None:
    assert list(statements("\n" * blank + "a = 1")) == [Statement(("a",), blank + 1, "")]
