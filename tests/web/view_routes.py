"""The addresses of saved views, and who they open to; none of them has a view by that number."""

from typing import Any, Final

from recobro.office.people.enums import Right

_DOES: Final = {"opens_to": frozenset({Right.DEBTORS}), "method": "post"}
ROUTES: Final[dict[str, dict[str, Any]]] = {
    "view-add": _DOES | {"address": "/views/add/", "status": 422},
    "view-opens": _DOES | {"address": "/views/99/opens/", "status": 404},
    "view-opens-no-more": _DOES | {"address": "/views/loans/opens-no-more/", "status": 302},
    "view-forget": _DOES | {"address": "/views/99/forget/", "status": 404},
}
