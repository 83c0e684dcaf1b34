"""Who may decide what: up to which amount each role does, and where one person is enough."""

from collections.abc import Mapping
from typing import Final

from recobro.office.people.enums import Role
from recobro.office.settings.rules import Amounts, Known, Limit, known

AmountsOf = Mapping[str, int]
"""What something is worth: minor units by currency."""


def within(amounts: AmountsOf, limit: Limit) -> bool:
    """Tell whether amounts reach no further than a limit, each in its own currency.

    A currency of which the limit says nothing is beyond it, where anything is owed in it.
    """
    return limit is None or all(
        units <= limit.get(currency, 0) for currency, units in amounts.items()
    )


def limits_of(kind: str, defaults: Mapping[Role, Limit]) -> Mapping[Role, Known[Limit]]:
    """Add a setting for each role that decides a kind of request: up to which amount it does."""
    return {
        role: known(f"approvals.{kind}.{role.value}", Amounts(), limit)
        for role, limit in defaults.items()
    }


def alone(kind: str, default: Limit) -> Known[Limit]:
    """Add the setting up to which amount one person is enough for a kind of act."""
    return known(f"approvals.{kind}.alone", Amounts(), default)


def whatever_it_is_worth(*roles: Role) -> Mapping[Role, Known[Limit]]:
    """Let roles decide a kind of request that is worth no amount; it is no setting."""
    return {role: Known("approvals.whatever-it-is-worth", Amounts(), None) for role in roles}


MODEST: Final[Limit] = {"CNY": 500_000_00, "EUR": 60_000_00, "INR": 6_000_000_00, "USD": 70_000_00}
LARGE: Final[Limit] = {
    "CNY": 5_000_000_00,
    "EUR": 600_000_00,
    "INR": 60_000_000_00,
    "USD": 700_000_00,
}
WITHOUT_END: Final[Limit] = None
