from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a post is for."""

    ACCOUNT_MANAGER = "account_manager"
    BRANCH_HEAD = "branch_head"
    BUSINESS = "business"
    RISK = "risk"
    LEGAL = "legal"
    ARCHIVE = "archive"
    INSPECTOR = "inspector"
    MANAGEMENT = "management"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PERSONNEL = "personnel"
    OFFICE = "office"
    PLANNING = "planning"


class Right(StrEnum):
    """What a post lets its holder see or do, in the subtree of its institution."""

    DEBTORS = "debtors"
    """See who owes what: loans, borrowers, households."""

    COLLECT = "collect"
    """Be responsible for cases."""

    ASSIGN = "assign"
    """Say who is responsible for a case."""

    JUDGE = "judge"
    """Propose what a close is to judge of a loan."""

    APPROVE = "approve"
    """Decide what somebody else asked for, up to the amount of the role."""

    SIGN_OFF = "sign_off"
    """Sign off what a branch is told, and what it reports."""

    FIGURES = "figures"
    """See what they add up to."""

    RUNS = "runs"
    """See loads, closes and their findings, without debtors."""

    START = "start"
    """Start loads and closes, and say when they run by themselves."""

    JOURNAL = "journal"
    """Read what was decided, by whom and why."""

    PEOPLE = "people"
    """See who has an account and which posts."""

    APPOINT = "appoint"
    """Give people an account and a post."""

    SETTINGS = "settings"
    """Change limits, terms and deadlines of the bank."""

    WEBHOOKS = "webhooks"
    """Say which programs are told of what happens."""


_DEBTORS = frozenset({Right.DEBTORS, Right.FIGURES})
_COLLECTS = _DEBTORS | {Right.COLLECT}
_LEADS = _COLLECTS | {Right.ASSIGN, Right.APPROVE, Right.JUDGE}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ACCOUNT_MANAGER: _COLLECTS,
    Role.BRANCH_HEAD: _LEADS | {Right.SIGN_OFF},
    Role.BUSINESS: _LEADS,
    Role.RISK: _LEADS | {Right.RUNS, Right.START},
    Role.LEGAL: _COLLECTS,
    Role.ARCHIVE: _DEBTORS,
    Role.INSPECTOR: _DEBTORS,
    Role.MANAGEMENT: _LEADS | {Right.SIGN_OFF, Right.RUNS, Right.JOURNAL},
    Role.AUDITOR: _DEBTORS | {Right.RUNS, Right.PEOPLE, Right.JOURNAL},
    Role.ADMINISTRATOR: frozenset(
        {
            *(Right.RUNS, Right.START, Right.PEOPLE, Right.APPOINT),
            *(Right.SETTINGS, Right.WEBHOOKS),
        }
    ),
    Role.PERSONNEL: frozenset({Right.FIGURES}),
    Role.OFFICE: frozenset({Right.FIGURES}),
    Role.PLANNING: frozenset({Right.FIGURES}),
}
"""What each role may see and do. An auditor sees everything and changes nothing; an administrator
sees no debtor."""


APPOINTED_HERE: frozenset[Role] = frozenset(Role) - {
    *(Role.MANAGEMENT, Role.AUDITOR, Role.ADMINISTRATOR),
}
"""Roles that somebody is appointed to from the pages; to the others by whoever runs the machine.

An administrator sees no debtor, and must not come to see all by an account of their own making: a
role that sees debtors is not given from the pages over the whole bank either (`queries.gives`).
"""

NOT_DELEGATED: frozenset[Right] = frozenset(
    {Right.APPOINT, Right.JOURNAL, Right.SETTINGS, Right.WEBHOOKS}
)
"""What nobody does for another: to give accounts away, read whom the journal tells of, set limits.

Whoever appoints in another's name could give themselves what outlasts the absence, and so could
whoever lets a program be told; the journal is the control of those who act, its reader is not
chosen by them; limits bind whoever acts.
"""
