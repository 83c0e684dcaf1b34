import pytest

from recobro.book.models import Institution
from recobro.book.queries import Scope
from tests.office.conftest import TREE

Tree = dict[str, Institution]


def scope(*names: str) -> Scope:
    """Return the scope of some institutions' subtrees."""
    return Scope.of(TREE[name] for name in names)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], ()),
        (["0001"], ("0001",)),
        (["0001", "0001"], ("0001",)),
        (["00010002", "0001"], ("0001",)),
        (["0001000100010001", "00010001"], ("00010001",)),
        (["00010002", "00010001"], ("00010001", "00010002")),
        (["00010010", "00010001"], ("00010001", "00010010")),
        (["00010002", "000100010001", "000100020003"], ("000100010001", "00010002")),
    ],
)
def test_a_subtree_within_another_adds_nothing(paths: list[str], expected: tuple[str, ...]) -> None:
    assert Scope.of(paths) == Scope(expected)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["bank"], [*TREE]),
        (["east"], ["east", "east-1", "east-1-a", "east-2"]),
        (["east-1"], ["east-1", "east-1-a"]),
        (["east-1-a"], ["east-1-a"]),
        (["east-2"], ["east-2"]),
        (["west"], ["west", "west-1"]),
        (["tenth"], ["tenth"]),
        (["west-1", "east-1"], ["east-1", "east-1-a", "west-1"]),
    ],
)
def test_a_scope_is_its_subtrees(names: list[str], expected: list[str], tree: Tree) -> None:
    """
    east, 0001, and west, 0002, are siblings; tenth, 0010, begins as neither
    """
    own = scope(*names)
    rows = Institution.objects.filter(own.within())
    assert [row.pk for row in rows] == expected
    assert [name for name, row in tree.items() if own.has(row)] == expected
    assert bool(own) is bool(expected)


def test_a_condition_is_led_to_the_path(tree: Tree) -> None:
    rows = Institution.objects.filter(scope("east").within("parent__path"))
    assert [row.pk for row in rows] == ["east-1", "east-1-a", "east-2"]
