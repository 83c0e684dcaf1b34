from collections.abc import Iterable, Mapping

from recobro.book.models import Institution
from recobro.office.people.enums import Right
from recobro.office.people.models import Post
from recobro.terms.codes import InstitutionKind

LARGEST: Mapping[str, int] = {
    InstitutionKind.HEAD_OFFICE: 100,
    InstitutionKind.REGION: 50,
    InstitutionKind.BRANCH: 20,
    InstitutionKind.SUB_BRANCH: 10,
}
"""So many households of an institution are large, where nothing else is said, by its kind."""


def may_belong(posts: Iterable[Post], institution: Institution) -> bool:
    """Tell whether who holds some posts can belong to a team: at its institution, above or below.

    Whoever sees no debtor cannot: there would be nothing for them to do.
    """
    return any(
        Right.DEBTORS in post.rights and _beside(post.institution.path, institution.path)
        for post in posts
    )


def may_lead(posts: Iterable[Post], right: Right, institution: Institution) -> bool:
    """Tell whether who holds some posts can lead a team: with a right over all of its place."""
    return any(
        right in post.rights and institution.path.startswith(post.institution.path)
        for post in posts
    )


def largest_of(institution: Institution) -> int:
    """Return how many households of an institution are large where nothing else is said."""
    return LARGEST.get(institution.kind, min(LARGEST.values()))


def _beside(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
