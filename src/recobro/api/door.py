"""The API: its endpoints, how it answers, and what it says of itself."""

from importlib.metadata import version
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from recobro.api.answers import renderer
from recobro.api.endpoints import (
    approvals,
    bridges,
    cases,
    closes,
    deadlines,
    figures,
    handovers,
    institutions,
    jobs,
    journal,
    judgements,
    loads,
    loans,
    me,
    notices,
    people,
    reports,
    responsibilities,
    teams,
    webhooks,
    why,
)
from recobro.api.problems import MEDIA_TYPE, Problem, answer_problems

_ABOUT: Final = (
    "What the pages show and do, for programs. A program shows a person's token and sees what that "
    "person's posts open. Amounts are decimal numbers in text; days are YYYY-MM-DD."
)
_ALWAYS: Final = (401, 403, 404, 422, 429, 500)
_OF_WRITES: Final = (400, 409, 413)
_WORDS: Final = {
    400: "The request cannot be read",
    401: "No good token",
    403: "The token or the posts do not open it",
    404: "Nothing there that the token opens",
    409: "Not as things stand",
    413: "Too large",
    422: "Something in the request is not as it must be, or is refused",
    429: "Asked too often; Retry-After says how many seconds to wait",
    500: "A fault of the program",
}


class Door(NinjaAPI):
    """An API that tells of its problems."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:  # noqa: ANN401 - as ninja has it
        """Return what the API says of itself, with what can go wrong at each endpoint."""
        schema = super().get_openapi_schema(**how)
        told = Problem.model_json_schema(ref_template=REF_TEMPLATE)
        schema["components"]["schemas"].update(told.pop("$defs"))
        schema["components"]["schemas"]["Problem"] = told
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                also = _OF_WRITES if method == "post" else ()
                operation["responses"].update({one: _answer(one) for one in (*_ALWAYS, *also)})
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation: that of its function."""
        return operation.view_func.__name__


def _answer(status: int) -> dict[str, Any]:
    schema = {"$ref": REF_TEMPLATE.format(model="Problem")}
    return {"description": _WORDS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


api = Door(
    title="Recobro",
    version=version("recobro"),
    description=_ABOUT,
    renderer=renderer(),
    openapi_url=None,  # see urls: made once, not at each call
    docs_url=None,
    urls_namespace="api",
)
answer_problems(api)
for room in (me, institutions, closes, figures, loans, why, cases, responsibilities):
    api.add_router("", room.router)
for room in (judgements, deadlines, handovers, approvals, notices, people, journal, loads, jobs):
    api.add_router("", room.router)
for room in (teams, webhooks, bridges, reports):
    api.add_router("", room.router)
