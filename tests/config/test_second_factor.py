import pytest

from recobro.config.second_factor import RoleUnknown, roles_with_second_factor
from recobro.office.people.enums import Role


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", set()),
        ("all", set(Role)),
        ("management, auditor,", {Role.MANAGEMENT, Role.AUDITOR}),
    ],
)
def test_of_whom_it_is_demanded(told: str, expected: set[Role]) -> None:
    assert roles_with_second_factor(told) == expected


def test_a_role_that_there_is_not() -> None:
    with pytest.raises(RoleUnknown, match="'boss', which is no role"):
        roles_with_second_factor("management,boss")
