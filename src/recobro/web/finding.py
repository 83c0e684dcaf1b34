"""What somebody may be looking for: pages and acts, households, loans, institutions, people."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from recobro.book.models import Findable, Institution, Loan
from recobro.book.queries import search
from recobro.book.rules import findable, fits, sought
from recobro.casework.case.queries import open_cases_of
from recobro.office.people.enums import Right
from recobro.office.people.models import Post
from recobro.office.people.queries import colleagues
from recobro.terms.folding import folded
from recobro.web.desk import Desk
from recobro.web.render import PLACES

_ACTS: Final = {
    "absence": "absence.title",
    "sessions": "sessions.title",
    "second-factor": "factor.title",
    "tokens": "tokens.title",
    "password": "password.title",
}
"""What everybody can do for themselves, by route, and what it is called."""

_SHORTEST: Final = 2
"""Letters without which everything would fit."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: where it leads, what it is called, what else tells it apart."""

    address: str
    """Empty where there is no page."""
    name: str
    more: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    word: str
    hits: Sequence[Hit]


def is_enough(text: str) -> bool:
    """Tell whether a text says enough to look for: two letters, or one sign of Chinese."""
    words = folded(text).split()
    return any(len(word) >= _SHORTEST or not word.isascii() for word in words)


def find(desk: Desk, text: str, *, most: int) -> list[Group]:
    """Return what somebody may see of what fits a text, up to so many of each kind."""
    if not is_enough(text):
        return []
    scope = desk.scope(Right.DEBTORS)
    loans = search.found(scope, text, most=most) if scope else []
    others = search.numbered(scope, text.strip(), most=most) if scope else []
    groups = [
        Group("pages", _pages(desk, text)[:most]),
        Group("institutions", _institutions(desk, text)[:most]),
        Group("people", _people(desk, text)[:most]),
        Group("cases", _cases(desk, loans)),
        Group("loans", loan_hits(loans)),
        Group("others", [_no_problem(one) for one in others]),
    ]
    return [group for group in groups if group.hits]


def loan_hits(loans: Iterable[Findable]) -> list[Hit]:
    """Return problem loans as what was found."""
    return [
        Hit(
            address=reverse("loan", args=[one.loan_id]),
            name=str(one.borrower),
            more=" · ".join(
                part
                for part in (one.loan.loan_id, one.borrower.village, str(one.institution))
                if part
            ),
            grade=one.grade,
        )
        for one in loans
    ]


def _no_problem(loan: Loan) -> Hit:
    return Hit("", loan.loan_id, f"{loan.borrower} · {loan.institution}")


def _cases(desk: Desk, loans: Sequence[Findable]) -> list[Hit]:
    """Return the open cases of the households of some loans, in their order."""
    names: dict[str, str] = {}
    for one in loans:
        names.setdefault(one.household_id, str(one.borrower))
    if not names:
        return []
    scope = desk.scope(Right.DEBTORS)
    cases = {case.household_id: case for case in open_cases_of(scope, names)}
    return [
        Hit(
            address=reverse("case", args=[cases[household].pk]),
            name=name,
            more=f"{cases[household].institution} · {cases[household].responsible}",
        )
        for household, name in names.items()
        if household in cases
    ]


def _pages(desk: Desk, text: str) -> list[Hit]:
    say = desk.language.say
    places = {place.name: f"place.{place.name}" for place in PLACES if place.opens_to(desk)}
    parts = sought(text)
    told = {route: say(key) for route, key in (places | _ACTS).items()}
    return [
        Hit(reverse(route), name) for route, name in told.items() if fits(findable(name), parts)
    ]


def _institutions(desk: Desk, text: str) -> list[Hit]:
    scope, parts = desk.scope(Right.FIGURES), sought(text)
    rows = Institution.objects.filter(scope.within()) if scope else ()
    return [
        Hit(reverse("institution", args=[one.pk]), str(one), desk.language.say(f"kind.{one.kind}"))
        for one in rows
        if fits(findable(one.name, one.pk), parts)
    ]


def _people(desk: Desk, text: str) -> list[Hit]:
    scope, parts = desk.scope(Right.PEOPLE), sought(text)
    rows = colleagues(scope, on=desk.on) if scope else []
    return [
        Hit(
            reverse("person", args=[user.username]),
            str(user),
            " · ".join(dict.fromkeys(map(_post_told(desk), _held(user)))),
        )
        for user in rows
        if fits(findable(user.name, user.username), parts)
    ]


def _held(user: object) -> Sequence[Post]:
    held: Sequence[Post] = getattr(user, "held", ())
    return held


def _post_told(desk: Desk) -> Callable[[Post], str]:
    return lambda post: f"{desk.language.say(f'role.{post.role}')}, {post.institution}"
