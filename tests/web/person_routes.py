"""The pages of people, as `test_routes` asks them."""

from typing import Any, Final

from recobro.office.people.enums import Right

_APPOINT: Final = frozenset({Right.APPOINT})
_COLLECTOR: Final = "/people/account_manager"
"""Somebody of north, with open cases; theirs is the first post."""

_POSTS: Final = {"opens_to": _APPOINT, "method": "post"}
_ENDS: Final = {"opens_to": _APPOINT, "both": True, "other": 422}
ROUTES: Final[dict[str, dict[str, Any]]] = {
    "people": {"address": "/people/", "opens_to": frozenset({Right.PEOPLE})},
    "people-add": _POSTS | {"address": "/people/add/", "status": 422},
    "person": {"address": f"{_COLLECTOR}/", "opens_to": frozenset({Right.PEOPLE})},
    "person-end": _ENDS | {"address": f"{_COLLECTOR}/end/"},
    "person-password": _POSTS | {"address": f"{_COLLECTOR}/password/", "status": 422},
    "person-post": _POSTS | {"address": f"{_COLLECTOR}/posts/", "status": 422},
    "person-asked-withdraw": _POSTS
    | {"address": f"{_COLLECTOR}/asked/99/withdraw/", "status": 404},
    "person-post-end": _ENDS | {"address": f"{_COLLECTOR}/posts/1/end/"},
    "person-factor-remove": _POSTS
    | {"address": f"{_COLLECTOR}/second-factor/remove/", "status": 404},
    "person-sessions-end": _POSTS | {"address": f"{_COLLECTOR}/sessions/end/", "status": 302},
}
