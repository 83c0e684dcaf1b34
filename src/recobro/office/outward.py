"""Send something to an address outside, and to no place that an address must not lead to."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from recobro.terms.refusal import Refusal

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CONNECTS_WITHIN: Final = 5.0
ANSWERS_WITHIN: Final = 15.0
"""Seconds for all of it, however slowly somebody answers."""
_PORTS: Final = {"https": 443, "http": 80}


class Trouble(StrEnum):
    """Why nothing was answered."""

    UNKNOWN_HOST = "unknown_host"
    PRIVATE = "private"
    """The address leads into a network that it must not lead into."""
    UNREACHABLE = "unreachable"
    NOT_TRUSTED = "not_trusted"
    """The certificate is not one that this machine trusts for the host."""
    TOO_SLOW = "too_slow"
    NO_ANSWER = "no_answer"
    """What came is no answer."""


class NotAnswered(Refusal):
    """Something could not be sent, or was not answered."""

    says = "Nothing was answered: {trouble}."

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble=trouble)
        self.trouble = trouble


class NetworkUnreadable(Refusal):
    """What is named as a network is none."""

    says = (
        "{name} names {told!r}, which is no network. Write one such as 10.1.0.0/16, or several, "
        "parted by commas."
    )

    def __init__(self, name: str, told: str) -> None:
        super().__init__(name=name, told=told)


def networks(name: str, told: str) -> tuple[Network, ...]:
    """Return the networks that a variable names, parted by commas.

    Raises NetworkUnreadable.
    """
    found = []
    for each in filter(None, (part.strip() for part in told.split(","))):
        try:
            found.append(ipaddress.ip_network(each))
        except ValueError:
            raise NetworkUnreadable(name, each) from None
    return tuple(found)


def post(
    url: str, content: bytes, headers: Mapping[str, str], *, allowed: Sequence[Network] = ()
) -> int:
    """Send JSON to an address, and return the status of the answer; no redirect is followed.

    The host must lead to public addresses, or into an `allowed` network. Raises NotAnswered.
    """
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or _PORTS[parts.scheme]
    place = _resolved(parts.hostname or "", port, allowed)
    connection = _Connection(parts.hostname or "", port, place, tls=parts.scheme == "https")
    try:
        connection.request("POST", path, content, {"Content-Type": "application/json", **headers})
        return connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        raise NotAnswered(Trouble.NOT_TRUSTED) from error
    except (OSError, HTTPException) as error:
        raise NotAnswered(connection.trouble(error)) from error
    finally:
        connection.close()


class _Connection(HTTPConnection):
    """A connection to the very address that was looked at, which ends after a while."""

    def __init__(self, host: str, port: int, place: Address, *, tls: bool) -> None:
        self.default_port = _PORTS["https" if tls else "http"]
        super().__init__(host, port, timeout=_CONNECTS_WITHIN)
        self._place = str(place)
        self._tls = ssl.create_default_context() if tls else None
        self._over = False
        self._timer = Timer(ANSWERS_WITHIN, self._end)
        self._timer.daemon = True

    def connect(self) -> None:
        """Connect to the address; the certificate must be that of the host."""
        self.sock = socket.create_connection((self._place, self.port), _CONNECTS_WITHIN)
        self.sock.settimeout(ANSWERS_WITHIN)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
        self._timer.start()
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def close(self) -> None:
        """Close it, and let nothing be left that would end it."""
        self._timer.cancel()
        super().close()

    def trouble(self, error: Exception) -> Trouble:
        """Tell what an error says of the other side."""
        if self._over or isinstance(error, TimeoutError):
            return Trouble.TOO_SLOW
        if isinstance(error, HTTPException | ConnectionResetError | ssl.SSLError):
            return Trouble.NO_ANSWER
        return Trouble.UNREACHABLE

    def _end(self) -> None:
        self._over = True
        with suppress(AttributeError, OSError):  # it may be closed in this moment
            self.sock.shutdown(socket.SHUT_RDWR)


def _resolved(host: str, port: int, allowed: Sequence[Network]) -> Address:
    """Return an address of a host. All of them must be such as may be reached.

    It is then connected to, not asked for again: a name may lead elsewhere a moment later.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAnswered(Trouble.UNKNOWN_HOST) from error
    places = [ipaddress.ip_address(str(where[0]).partition("%")[0]) for *_, where in found]
    if not all(_may_be_reached(place, allowed) for place in places):
        raise NotAnswered(Trouble.PRIVATE)
    return places[0]


def _may_be_reached(place: Address, allowed: Sequence[Network]) -> bool:
    if any(place in network for network in allowed):
        return True
    if isinstance(place, ipaddress.IPv6Address):
        if place.is_site_local:  # what networks of the inside were called before
            return False
        inner = place.ipv4_mapped or place.sixtofour
        if inner is not None:
            return _may_be_reached(inner, allowed)
    # What is reserved holds, among others, all that is translated into addresses of the old kind.
    return place.is_global and not place.is_multicast and not place.is_reserved
