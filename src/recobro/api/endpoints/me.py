from datetime import date

from ninja import Router

from recobro.api.answers import Answer
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.book.queries import Scope
from recobro.office.people.enums import Right
from recobro.office.people.models import Post

router = Router()


class PostHeld(Answer):
    """A role at an institution, with all below it."""

    role: str
    institution: str
    """The institution's id."""
    from_on: date
    until_on: date | None
    """The first day on which it is held no more."""


class TokenShown(Answer):
    """The token that the program shows."""

    name: str
    may_write: bool
    until_on: date
    """The first day on which it is good no more."""


class Me(Answer):
    """Whose token it is, and what it opens."""

    username: str
    name: str
    language: str
    posts: list[PostHeld]
    rights: dict[str, list[str]]
    """Each right with the institutions, by id, below which it holds."""
    token: TokenShown


def post_held(post: Post) -> PostHeld:
    """Return a post as answers have it."""
    return PostHeld(
        role=post.role,
        institution=post.institution_id,
        from_on=post.from_on,
        until_on=post.until_on,
    )


@router.get("/me", response=Me, auth=Token())
def me(request: Asked) -> Me:
    """Say whose token it is, which posts they hold, and what these open."""
    caller = request.auth
    ids = {post.institution.path: post.institution_id for post in caller.posts}

    def named(scope: Scope) -> list[str]:
        return [ids[path] for path in scope.paths]

    return Me(
        username=caller.user.username,
        name=caller.user.name,
        language=caller.user.language,
        posts=[post_held(post) for post in caller.posts],
        rights={right: named(caller.scope(right)) for right in Right if right in caller.rights},
        token=TokenShown(
            name=caller.token.name,
            may_write=caller.token.may_write,
            until_on=caller.token.until_on,
        ),
    )
