"""Ask Fineract's API, page by page."""

import base64
import json
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from recobro.terms.refusal import Refusal

_A_PAGE: Final = 200
_ANSWERS_WITHIN: Final = 60
"""Seconds."""
AGAIN_AFTER: Final = (1.0, 5.0)
"""Seconds between attempts, where it is too busy."""
_BUSY: Final = {429, 502, 503, 504}

Told = Mapping[str, Any]
"""What an answer says; numbers are exact."""


class FineractRefused(Refusal):
    """Fineract did not answer as it must."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Fineract, asked for {path}: {reason}. Nothing was fetched.")


class _Busy(FineractRefused):
    """It may answer when it is asked again."""


class _NoRedirect(HTTPRedirectHandler):
    """Let no answer lead the password elsewhere."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


class Client:
    """An API at an address, for one tenant."""

    def __init__(self, address: str, *, tenant: str, user: str, password: str) -> None:
        proof = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._address = address
        self._headers = {
            "Accept": "application/json",
            "Authorization": f"Basic {proof}",
            "Fineract-Platform-TenantId": tenant,
        }
        self._opener = build_opener(_NoRedirect, ProxyHandler({}))

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401 - what JSON can hold
        """Return what the API answers; asked again where it is too busy.

        Raises FineractRefused.
        """
        for pause in AGAIN_AFTER:
            try:
                return self._asked(path, query)
            except _Busy:
                time.sleep(pause)
        return self._asked(path, query)

    def pages(self, path: str) -> Iterator[Told]:
        """Yield the rows of a list, whose pages hold few at a time.

        Raises FineractRefused.
        """
        offset, total = 0, 1
        while offset < total:
            told = self.get(path, offset=offset, limit=_A_PAGE, orderBy="id", sortOrder="ASC")
            rows = told["pageItems"]
            yield from rows
            offset, total = offset + len(rows), told["totalFilteredRecords"] if rows else 0

    def _asked(self, path: str, query: Mapping[str, object]) -> Any:  # noqa: ANN401 - the same
        asked = f"{self._address}/{path}" + (f"?{urlencode(query)}" if query else "")
        request = Request(asked, headers=self._headers)  # noqa: S310 - of a checked scheme
        try:
            with self._opener.open(request, timeout=_ANSWERS_WITHIN) as answer:
                return json.load(answer, parse_float=Decimal)
        except HTTPError as error:
            error.close()
            kind = _Busy if error.code in _BUSY else FineractRefused
            raise kind(path, f"it answers {error.code}") from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or str(error) or "no answer"
            raise _Busy(path, str(reason)) from error
        except ValueError as error:
            raise FineractRefused(path, "its answer is no JSON") from error
