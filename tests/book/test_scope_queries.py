import pytest
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Institution
from recobro.book.queries import Scope, closes_in_force, shown_closes
from tests.book.shelf import close, institution

pytestmark = pytest.mark.django_db

PATHS = ("0001", "00010001", "000100010001", "000100010002", "00010002", "00010010", "0002")


@pytest.fixture(autouse=True)
def tree() -> None:
    for path in PATHS:
        above = Institution.objects.filter(path=path[:-4]).first()
        institution(path, above)


def seen(*paths: str) -> list[str]:
    """Return the paths of the institutions that a scope of some subtrees has."""
    scope = Scope.of(paths)
    found = list(Institution.objects.filter(scope.within()).values_list("path", flat=True))
    assert found == [one.path for one in Institution.objects.all() if scope.has(one)]
    return found


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ((), []),
        (("0001",), [*PATHS[:-1]]),
        (("00010001",), [*PATHS[1:4]]),
        (("000100010002",), ["000100010002"]),
        (("00010001", "0002"), [*PATHS[1:4], "0002"]),
        (("0001", "00010001"), [*PATHS[:-1]]),
        (("0003",), []),
    ],
)
def test_a_scope_has_its_subtrees(paths: tuple[str, ...], expected: list[str]) -> None:
    assert seen(*paths) == expected


def test_the_last_child_that_a_path_can_tell_has_its_subtree() -> None:
    top = Institution.objects.get(path="0002")
    institution("00029999", top)
    assert seen("00029999") == ["00029999"]
    assert seen("0002") == ["0002", "00029999"]


def test_a_subtree_within_another_adds_nothing() -> None:
    assert Scope.of(["00010001", "0001", "000100010002", "0002", "0002"]) == Scope(("0001", "0002"))
    assert (bool(Scope()), bool(Scope(("0001",)))) == (False, True)


def test_a_scope_leads_along_other_rows() -> None:
    scope = Scope.of(["00010001"])
    children = Institution.objects.filter(scope.within("parent__path"))
    assert list(children.values_list("path", flat=True)) == ["000100010001", "000100010002"]


def test_the_newest_close_of_each_day_is_in_force() -> None:
    old, other, new = close("2026-03-31"), close("2026-02-28"), close("2026-03-31")
    assert closes_in_force() == [other, new]
    assert old not in closes_in_force()


def test_closes_that_are_shown(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first, second = close("2026-02-28"), close("2026-03-31")
    close("2026-04-30", shown=False)
    with django_assert_num_queries(1):
        assert shown_closes() == [second, first]
