"""What is asked for twice under one key is done once."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final

from django.http import HttpResponse
from ninja import Header
from pydantic import Field

from recobro.api.answers import Answer
from recobro.api.caller import Asked
from recobro.office.tokens.operations import once

Key = Annotated[
    Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[!-~]+$")] | None,
    Header(
        alias="Idempotency-Key",
        description="Chosen by you, new for each thing that is to be done: asked again with the "
        "same key and body within a day, it is not done again, and answered the same.",
    ),
]

CREATED: Final = 201
ACCEPTED: Final = 202
"""It is to happen once a second person has approved it."""


def created(
    asked: Asked,
    key: str | None,
    do: Callable[[datetime], Answer],
    *,
    status: Callable[[Answer], int] = lambda _: CREATED,
) -> HttpResponse:
    """Do what is asked for, once where it comes with a key, and answer with what came of it."""
    at = datetime.now(tz=UTC)

    def done() -> tuple[int, str]:
        answer = do(at)
        return status(answer), answer.model_dump_json()

    if key is None:
        code, body = done()
    else:
        code, body = once(
            token=asked.auth.token, key=key, request=_fingerprint(asked), at=at, do=done
        )
    return HttpResponse(body, status=code, content_type="application/json; charset=utf-8")


def _fingerprint(asked: Asked) -> str:
    told = f"{asked.method} {asked.get_full_path()}\n".encode() + asked.body
    return hashlib.sha256(told).hexdigest()
