"""Give people of a generated bank accounts: `python -m benchmarks.people HOME PASSWORD`."""

import os
import sys
from datetime import UTC, datetime
from typing import Final

_BRANCHES: Final = range(2, 12)
_BELOW: Final = range(12, 42)


def main(home: str, password: str) -> None:
    """Add a president, a head for each branch, account managers below them; print their names."""
    os.environ |= {"RECOBRO_HOME": home, "DJANGO_SETTINGS_MODULE": "recobro.config.settings"}
    import django  # noqa: PLC0415 - needs the environment above

    django.setup()
    from recobro.office.people.enums import Role  # noqa: PLC0415 - needs Django
    from recobro.office.people.operations import add_user  # noqa: PLC0415 - the same

    wanted = [("president", Role.MANAGEMENT, 1)]
    wanted += [(f"head-{number}", Role.BRANCH_HEAD, number) for number in _BRANCHES]
    wanted += [(f"manager-{number}", Role.ACCOUNT_MANAGER, number) for number in _BELOW]
    for username, role, number in wanted:
        add_user(
            username=username,
            password=password,
            role=role,
            institution_id=f"I{number:04}",
            at=datetime.now(tz=UTC),
            name=username,
        )
        sys.stdout.write(f"{username}\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
