from ninja import Path, Query, Router

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Paging, Text
from recobro.book import models
from recobro.office.people.enums import Right
from recobro.office.people.queries import posts_at

router = Router()


class Institution(Answer):
    """A node of the bank's tree."""

    institution: str
    """Its id, as core banking delivers it."""
    parent: str | None
    """The id of the one right above; none has the head office."""
    name: str
    kind: str


class Colleague(Answer):
    """Somebody with a post."""

    username: str
    name: str
    role: str
    institution: str
    """Where the post is: of a head that may be above."""


class InstitutionWithPeople(Answer):
    """A node of the bank's tree, and who works there."""

    institution: Institution
    people: list[Colleague]
    """Where nobody heads it, with who heads the nearest above."""


def _told(one: models.Institution) -> Institution:
    return Institution(
        institution=one.pk, parent=one.parent_id, name=one.name or one.pk, kind=one.kind
    )


@router.get("/institutions", response=Page[Institution], auth=Token())
def institutions(request: Asked, paging: Query[Paging]) -> Page[Institution]:
    """List the institutions at which you hold a post, and those below, from the top down."""
    rows = models.Institution.objects.filter(request.auth.everywhere.within())
    return page(rows[part(paging)], _told, paging, total=rows.count())


@router.get(
    "/institutions/{institution_id}", response=InstitutionWithPeople, auth=Token(Right.FIGURES)
)
def institution(request: Asked, institution_id: Path[Text]) -> InstitutionWithPeople:
    """Show an institution, and who holds a post there."""
    caller = request.auth
    node = caller.node(Right.FIGURES, institution_id)
    return InstitutionWithPeople(
        institution=_told(node),
        people=[
            Colleague(
                username=post.user.username,
                name=str(post.user),
                role=post.role,
                institution=post.institution_id,
            )
            for post in posts_at(node, on=caller.on)
        ],
    )
