"""An identity provider on this machine: OpenID Connect as the standard has it, and its faults."""

import hashlib
import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "recobro", "a secret: of both"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Bank:
    """What a provider knows: who is before it, what it gave out, and what it does wrong."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"preferred_username": "risk"})
    faults: dict[str, Any] = field(default_factory=dict)
    """Claims that it gets wrong; `key` signs with another, `error` refuses, `mute` answers junk."""
    grants: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The key that it tells."""
        return _key()

    def discovery(self) -> dict[str, Any]:
        """Return what it tells of itself."""
        return {
            "issuer": self.faults.get("issuer", self.address),
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": self.faults.get("jwks_uri", f"{self.address}/keys"),
        }

    def keys(self) -> dict[str, Any]:
        """Return its public key."""
        told = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [told | {"kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, told: dict[str, str]) -> str:
        """Return where the browser is sent back to: the person has said yes."""
        right = told["response_type"] == "code" and told["client_id"] == CLIENT
        if not right or told["code_challenge_method"] != "S256" or "openid" not in told["scope"]:
            return f"{told['redirect_uri']}?{urlencode({'error': 'invalid_request'})}"
        if "error" in self.faults:
            answer = {"error": self.faults["error"], "state": told["state"]}
            return f"{told['redirect_uri']}?{urlencode(answer)}"
        code = secrets.token_urlsafe()
        self.grants[code] = told
        return f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state']})}"

    def token(self, told: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        """Return an id token for a code, once, to whoever knows the secret and the verifier."""
        known = "Basic " in basic and b64decode(basic.removeprefix("Basic ")).decode()
        if known != f"{CLIENT}:{SECRET.replace(' ', '+').replace(':', '%3A')}":
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(told["code"], None)
        digest = hashlib.sha256(told["code_verifier"].encode()).digest()
        shown = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if grant is None or grant["redirect_uri"] != told["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if grant["code_challenge"] != shown:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self._signed(grant["nonce"]), "token_type": "Bearer"}

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.address, "aud": CLIENT, "sub": "7", "nonce": nonce}
        claims = {**claims, "iat": now, "exp": now + 300} | self.person | self.faults
        if "none" in self.faults:
            return jwt.encode(claims, "", algorithm="none")
        key = _key() if "key" in self.faults else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


@contextmanager
def opened() -> Iterator[Bank]:
    """Open a provider on a free port, and shut it."""
    bank = Bank()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bank.asked.append(self.path)
            place = urlsplit(self.path)
            if place.path == "/authorize":
                told = {name: values[0] for name, values in parse_qs(place.query).items()}
                self.send_response(302)
                self.send_header("Location", bank.authorize(told))
                self.end_headers()
            elif place.path == "/keys":
                self._answer(200, bank.keys())
            else:
                self._answer(200, bank.discovery())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told = parse_qs(self.rfile.read(length).decode())
            one = {name: values[0] for name, values in told.items()}
            self._answer(*bank.token(one, self.headers.get("Authorization", "")))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, told: object) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"junk" if "mute" in bank.faults else json.dumps(told).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bank.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield bank
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
