"""Of whom a second factor is demanded."""

from recobro.office.people.enums import Role
from recobro.terms.refusal import Refusal


class RoleUnknown(Refusal):
    """A second factor is demanded of a role that there is not."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"RECOBRO_SECOND_FACTOR names {name!r}, which is no role; nothing was changed. Name "
            f"some of {', '.join(Role)}, parted by commas, or all."
        )


def roles_with_second_factor(told: str) -> frozenset[Role]:
    """Return the roles of which a second factor is demanded: `all`, or their names.

    Raises RoleUnknown.
    """
    names = [name.strip() for name in told.split(",") if name.strip()]
    if names == ["all"]:
        return frozenset(Role)
    for name in names:
        if name not in set(Role):
            raise RoleUnknown(name)
    return frozenset(Role(name) for name in names)
