"""The bank's identity provider, as the environment names it: read at every start, asked at none."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from recobro.terms.refusal import Refusal


class OidcSettingsWrong(Refusal):
    """What is said of the identity provider cannot be used."""

    says = (
        "OpenID Connect cannot be used: {reason}; nothing was changed. Set RECOBRO_OIDC_ISSUER, "
        "RECOBRO_OIDC_CLIENT_ID and RECOBRO_OIDC_SECRET_FILE, or none."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


@dataclass(frozen=True, slots=True)
class Provider:
    """The bank's identity provider, and how it knows Recobro."""

    issuer: str
    client_id: str
    secret: str
    claim: str
    """What of a person is compared with the user name."""
    name: str
    """What the button calls it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who has come back, as the provider signs it; `subject` never becomes another's."""

    issuer: str
    subject: str
    name: str


def provider_of(told: Mapping[str, str]) -> Provider | None:
    """Return the provider that the environment names; None where it names none.

    Raises OidcSettingsWrong.
    """
    issuer = told.get("RECOBRO_OIDC_ISSUER", "")
    if not issuer:
        return None
    if not is_safe(issuer):
        reason = f"{issuer} is neither https nor on this machine"
        raise OidcSettingsWrong(reason)
    client_id = told.get("RECOBRO_OIDC_CLIENT_ID", "")
    if not client_id:
        reason = "RECOBRO_OIDC_CLIENT_ID is missing"
        raise OidcSettingsWrong(reason)
    return Provider(
        issuer=issuer,
        client_id=client_id,
        secret=_secret(told.get("RECOBRO_OIDC_SECRET_FILE", "")),
        claim=told.get("RECOBRO_OIDC_CLAIM", "") or "preferred_username",
        name=told.get("RECOBRO_OIDC_NAME", "") or str(urlsplit(issuer).hostname),
    )


def is_safe(address: str) -> bool:
    """Tell whether nobody on the way can read what goes to an address."""
    told = urlsplit(address)
    here = told.hostname in {"localhost", "127.0.0.1", "::1"}
    return told.scheme == "https" or (told.scheme == "http" and here)


def _secret(file: str) -> str:
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = f"{file} cannot be read"
        raise OidcSettingsWrong(reason) from error
