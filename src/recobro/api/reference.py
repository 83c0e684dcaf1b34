"""The API's description as a page for people: no script, nothing from elsewhere."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recobro.api.door import api
from recobro.api.inputs import MOST

Schema = Mapping[str, Any]

_A_PAGE: Final = re.compile(r"Page_(\w+)_")
_ONE_OF: Final = re.compile(r"\^\((-\?)?\(([\w|]+)\)\)\?\$")
"""How inputs.one_of writes which words there are."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that is sent or answered: its name, what it can be, and what it means."""

    name: str
    kind: str
    about: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What can be asked for."""

    name: str
    method: str
    path: str
    about: str
    fields: list[Field]
    body: str
    answer: str


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show everything that can be asked for, and what is answered."""
    return render(request, "api/reference.html", _told())


@cache
def _told() -> dict[str, Any]:
    schema = api.get_openapi_schema()
    parts = schema["components"]["schemas"]
    return {
        "info": schema["info"],
        "endpoints": list(_endpoints(schema["paths"])),
        "parts": [
            (name, parts[name].get("description", ""), list(_fields(parts[name])))
            for name in sorted(parts)
        ],
    }


def _endpoints(paths: Schema) -> Iterator[Endpoint]:
    for path, methods in paths.items():
        for method, one in methods.items():
            status = min(one["responses"], key=int)
            yield Endpoint(
                name=one["operationId"],
                method=method.upper(),
                path=path,
                about=one["description"],
                fields=[
                    Field(
                        each["name"],
                        kind(each["schema"]),
                        each.get("description", ""),
                        each["in"] if each["in"] != "query" else "",
                    )
                    for each in one["parameters"]
                ],
                body=_content(one.get("requestBody", {})),
                answer=_content(one["responses"][status]),
            )


def _content(told: Schema) -> str:
    """Return what a body or an answer is made of."""
    return "".join(kind(each["schema"]) for each in told.get("content", {}).values())


def _fields(part: Schema) -> Iterator[Field]:
    for name, each in part.get("properties", {}).items():
        yield Field(name, kind(each), each.get("description", ""))


def kind(schema: Schema) -> str:
    """Return what a value can be, in a few words."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _A_PAGE.sub(r"Page of \1", name)
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "items" in schema:
        return f"list of {kind(schema['items'])}"
    told = str(schema.get("format", schema.get("type", "any")))
    return told + _bounds(schema)


def _bounds(schema: Schema) -> str:
    """Return between what a number or the length of a text lies, or which words there are."""
    if one_of := _ONE_OF.fullmatch(schema.get("pattern", "")):
        sign, words = one_of.groups()
        return f": {words.replace('|', ', ')}" + (", each with a minus too" if sign else "")
    if "minimum" in schema:
        most = schema["maximum"]
        return " from 1" if most == MOST else f" {schema['minimum']} to {most}"
    return f" up to {schema['maxLength']}" if "maxLength" in schema else ""
