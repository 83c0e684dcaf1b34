"""OpenID Connect: who somebody is, as the bank's own identity provider says.

The authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636). Nothing is kept
between two sign-ins but what the provider tells of itself, for some minutes, in the process.
"""

import hashlib
import json
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlencode
from urllib.request import Request, urlopen

import jwt

from recobro.office.identity_provider import Provider, Told, is_safe
from recobro.terms.refusal import Refusal

_WITHIN: Final = 10
"""Seconds within which a provider answers."""

_LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""

_MOST: Final = 1 << 20
"""Bytes of an answer that are read."""

_KEPT: Final = 5 * 60
"""Seconds for which is believed what a provider tells of itself, without asking again."""

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures that nobody makes who has the public key alone."""


class ProviderUnreachable(Refusal):
    """The identity provider does not answer."""

    says = "The identity provider does not answer at {address}: {reason}."

    def __init__(self, address: str, reason: object) -> None:
        super().__init__(address=address, reason=reason)


class ProviderNotBelieved(Refusal):
    """The identity provider, or whoever poses as it, says what cannot be believed."""

    says = "What the identity provider says is not believed: {reason}."

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser is sent away with, and must come back with."""

    state: str
    nonce: str
    verifier: str


class _Memory:
    """What was answered at some addresses in the last minutes."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, dict[str, Any]]] = {}

    def get(self, address: str) -> dict[str, Any] | None:
        """Return what was answered at an address, while it is believed."""
        until, found = self._found.get(address, (0.0, None))
        return found if time.monotonic() < until else None

    def keep(self, address: str, found: dict[str, Any]) -> None:
        """Believe an answer for some minutes."""
        self._found[address] = (time.monotonic() + _KEPT, found)

    def forget(self) -> None:
        """Ask anew."""
        self._found.clear()


MEMORY: Final = _Memory()


def begin(provider: Provider, *, back: str) -> tuple[str, Attempt]:
    """Return the address to which a browser is sent, and what it must come back with.

    Raises ProviderUnreachable, ProviderNotBelieved.
    """
    attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid profile email",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    address = _discovered(provider, "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", attempt


def finish(provider: Provider, attempt: Attempt, *, code: str, back: str) -> Told:
    """Return who has come back with a code, as the provider signs it.

    Raises ProviderUnreachable, ProviderNotBelieved.
    """
    told = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": attempt.verifier,
    }
    headers = {}
    if provider.secret:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        told["client_id"] = provider.client_id
    address = _discovered(provider, "token_endpoint")
    answer = _asked(address, data=urlencode(told).encode(), headers=headers)
    return _who(provider, attempt, str(answer.get("id_token", "")))


def _who(provider: Provider, attempt: Attempt, token: str) -> Told:
    """Return whom an id token names, after everything of it has been looked at (§3.1.3.7)."""
    address = _discovered(provider, "jwks_uri")
    try:
        key = _key_at(address, jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=_ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise ProviderNotBelieved(str(error)) from error
    return _claimed(provider, attempt, claims)


def _key_at(address: str, name: str | None) -> jwt.PyJWK:
    """Return the key that a token names; a provider that has new ones is asked once more."""
    kept = MEMORY.get(address)
    key = _key(kept, name) if kept is not None else None
    if key is not None:
        return key
    keys = _asked(address)
    key = _key(keys, name)
    if key is None:
        reason = "it signs with a key that it does not tell"
        raise ProviderNotBelieved(reason)
    MEMORY.keep(address, keys)
    return key


def _key(keys: dict[str, Any], name: str | None) -> jwt.PyJWK | None:
    """Return the key of a name among some; a provider with a single one need not name it."""
    found = [key for key in jwt.PyJWKSet.from_dict(keys).keys if name in {None, key.key_id}]
    return found[0] if len(found) == 1 else None


def _claimed(provider: Provider, attempt: Attempt, claims: Mapping[str, Any]) -> Told:
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
        reason = "it answers another request"
        raise ProviderNotBelieved(reason)
    if claims.get("azp", provider.client_id) != provider.client_id:
        reason = "it answers another client"
        raise ProviderNotBelieved(reason)
    if provider.claim == "email" and claims.get("email_verified") is not True:
        reason = "it has not verified the email address"
        raise ProviderNotBelieved(reason)
    who = claims.get(provider.claim)
    if not isinstance(who, str) or not who:
        reason = f"it does not tell {provider.claim}"
        raise ProviderNotBelieved(reason)
    return Told(issuer=provider.issuer, subject=str(claims["sub"]), name=who)


def _discovered(provider: Provider, name: str) -> str:
    """Return an address that the provider tells of itself (OpenID Connect Discovery 1.0 §4)."""
    place = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    told = MEMORY.get(place) or _asked(place)
    if told.get("issuer") != provider.issuer:
        reason = f"it calls itself {told.get('issuer')!r}, not {provider.issuer!r}"
        raise ProviderNotBelieved(reason)
    address = told.get(name)
    if not isinstance(address, str) or not is_safe(address):
        reason = f"its {name} is neither https nor on this machine"
        raise ProviderNotBelieved(reason)
    if MEMORY.get(place) is None:
        MEMORY.keep(place, told)
    return address


def _asked(
    address: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    told = Request(address, data=data, headers=dict(headers or {}))  # noqa: S310 - is_safe has looked at it
    told.add_header("Accept", "application/json")
    try:
        with urlopen(told, timeout=_WITHIN) as answer:  # noqa: S310 - the same
            found = json.loads(answer.read(_MOST))
    except HTTPError as error:
        reason = f"{address} answers {error.code}: {error.read(200).decode(errors='replace')}"
        raise ProviderNotBelieved(reason) from error
    except OSError as error:
        raise ProviderUnreachable(address, error) from error
    except ValueError as error:
        reason = f"{address} does not answer in JSON"
        raise ProviderNotBelieved(reason) from error
    if not isinstance(found, dict):
        reason = f"{address} does not answer as it should"
        raise ProviderNotBelieved(reason)
    return found
