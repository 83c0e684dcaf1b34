"""A program that is told of what happens: a real server on this machine, as it should not be."""

import datetime as dt
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recobro.office.outward import Network

HERE: tuple[Network, ...] = (ip_network("127.0.0.0/8"),)


@dataclass(frozen=True)
class Request:
    """What was sent to it."""

    path: str
    headers: dict[str, str]
    content: bytes


@dataclass
class Receiver:
    """A server, what it answers, and what it was sent."""

    port: int
    status: int = 204
    heard: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told"


@contextmanager
def receiver(*, certificate: Path | None = None) -> Iterator[Receiver]:
    """Give a server that listens, with a certificate by https."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append(Request(self.path, dict(self.headers), content))
            self.send_response(made.status)
            self.send_header("Location", f"http://127.0.0.1:{made.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made = Receiver(server.server_port)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def talker(said: bytes, *, every: float = 0.0) -> Iterator[int]:
    """Give the port of a server that says something to whoever comes, sign by sign if so."""
    server = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        client, _ = server.accept()
        with client:
            client.recv(65536)
            try:
                for at in range(len(said)) if every else ():
                    client.sendall(said[at : at + 1])
                    time.sleep(every)
                client.sendall(b"" if every else said)
            except OSError:  # the other side has had enough
                return

    thread = Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
        thread.join(5)


def certificate(folder: Path, host: str) -> Path:
    """Write a certificate of our own for a host, with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = dt.datetime.now(tz=dt.UTC)
    names: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        names = x509.IPAddress(ip_address(host))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
