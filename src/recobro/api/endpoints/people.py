from datetime import datetime

from ninja import Query, Router

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.endpoints.me import PostHeld, post_held
from recobro.api.gate import Token
from recobro.api.inputs import Paging
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import colleagues

router = Router()


class Person(Answer):
    """Somebody with an account."""

    username: str
    name: str
    posts: list[PostHeld]
    """Those held now in institutions that you see."""
    last_signed_in_at: datetime | None


def _told(user: User) -> Person:
    held: list[Post] = getattr(user, "held", [])
    return Person(
        username=user.username,
        name=user.name,
        posts=[post_held(post) for post in held],
        last_signed_in_at=user.last_login,
    )


@router.get("/people", response=Page[Person], auth=Token(Right.PEOPLE))
def people(request: Asked, paging: Query[Paging]) -> Page[Person]:
    """List who holds a post in your institutions, by user name."""
    caller = request.auth
    rows = colleagues(caller.scope(Right.PEOPLE), on=caller.on)
    return page(rows[part(paging)], _told, paging, total=len(rows))
