from ninja import Query, Router

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Paging
from recobro.book import models

router = Router()


class Institution(Answer):
    """A node of the bank's tree."""

    institution: str
    """Its id, as core banking delivers it."""
    parent: str | None
    """The id of the one right above; none has the head office."""
    name: str
    kind: str


def _told(one: models.Institution) -> Institution:
    return Institution(
        institution=one.pk, parent=one.parent_id, name=one.name or one.pk, kind=one.kind
    )


@router.get("/institutions", response=Page[Institution], auth=Token())
def institutions(request: Asked, paging: Query[Paging]) -> Page[Institution]:
    """List the institutions at which you hold a post, and those below, from the top down."""
    rows = models.Institution.objects.filter(request.auth.everywhere.within())
    return page(rows[part(paging)], _told, paging, total=rows.count())
