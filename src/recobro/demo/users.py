"""People of the demonstration bank who can sign in: each role, and a head for each branch."""

import json
import os
import secrets
from datetime import datetime
from typing import Final, NamedTuple

from recobro.demo.places import HEAD_OFFICE
from recobro.office.people.enums import Role
from recobro.office.people.operations import add_user
from recobro.runs import operations
from recobro.runs.home import Home

FILE: Final = "demo-users.json"

_BRANCH: Final = f"{HEAD_OFFICE}-04"
"""Where the hail fell."""


class Person(NamedTuple):
    """Somebody who can sign in."""

    username: str
    role: Role
    institution: str
    name: str
    language: str = "zh"


PEOPLE: Final = (
    Person("collector", Role.ACCOUNT_MANAGER, f"{_BRANCH}-1", "许国庆"),
    Person("head", Role.BRANCH_HEAD, _BRANCH, "陶然"),
    Person("head2", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-06", "邹敏"),
    Person("head-01", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-01", "曹月娥"),
    Person("head-02", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-02", "魏长江"),
    Person("head-03", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-03", "金秀英"),
    Person("head-05", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-05", "姜红"),
    Person("head-07", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-07", "戚继明"),
    Person("head-08", Role.BRANCH_HEAD, f"{HEAD_OFFICE}-08", "窦建军"),
    Person("business", Role.BUSINESS, HEAD_OFFICE, "谢东"),
    Person("risk", Role.RISK, HEAD_OFFICE, "江海平"),
    Person("legal", Role.LEGAL, HEAD_OFFICE, "Rosa 罗莎", "es"),
    Person("archive", Role.ARCHIVE, HEAD_OFFICE, "童安"),
    Person("inspector", Role.INSPECTOR, HEAD_OFFICE, "柏青"),
    Person("president", Role.MANAGEMENT, HEAD_OFFICE, "严正", "en"),
    Person("auditor", Role.AUDITOR, HEAD_OFFICE, "水清", "en"),
    Person("admin", Role.ADMINISTRATOR, HEAD_OFFICE, "Susana", "en"),
    Person("personnel", Role.PERSONNEL, HEAD_OFFICE, "章丽"),
    Person("office", Role.OFFICE, HEAD_OFFICE, "云飞"),
    Person("planning", Role.PLANNING, HEAD_OFFICE, "喻强"),
)


def move_in(home: Home, *, at: datetime) -> list[dict[str, str]]:
    """Show what is closed, and give everybody an account with a password of its own.

    Return them; they are kept in a file in the home too, for its owner alone.
    """
    operations.show(home=home, at=at)
    made = []
    for person in PEOPLE:
        password = secrets.token_urlsafe(9)
        add_user(
            username=person.username,
            password=password,
            role=person.role,
            institution_id=person.institution,
            at=at,
            name=person.name,
            language=person.language,
        )
        made.append(
            {
                "username": person.username,
                "password": password,
                "role": person.role.value,
                "institution": person.institution,
            }
        )
    file = os.open(home.path / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        json.dump(made, stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    return made
