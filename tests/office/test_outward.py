"""What is sent outside: to real servers on this machine, and never where it must not go."""

import socket
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from recobro.office import outward
from recobro.office.outward import NetworkUnreadable, NotAnswered, Trouble, networks, post
from tests.office.receiver import HERE, certificate, receiver, talker


def trouble(url: str, *, allowed: tuple[outward.Network, ...] = HERE) -> str:
    """Return why nothing was answered."""
    with pytest.raises(NotAnswered) as refused:
        post(url, b"{}", {}, allowed=allowed)
    return refused.value.trouble


@pytest.mark.parametrize("status", [200, 204, 302, 410, 500])
def test_the_status_is_told_and_no_redirect_followed(status: int) -> None:
    with receiver() as there:
        there.status = status
        url = f"http://127.0.0.1:{there.port}/told?by=us"
        assert post(url, b'{"a": 1}', {"X-Own": "1"}, allowed=HERE) == status
    (heard,) = there.heard
    assert (heard.path, heard.content) == ("/told?by=us", b'{"a": 1}')
    assert {name: heard.headers[name] for name in ("Host", "X-Own", "Content-Type")} == {
        "Host": f"127.0.0.1:{there.port}",
        "X-Own": "1",
        "Content-Type": "application/json",
    }


def test_a_name_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("127.0.0.1"))
    with receiver() as there:
        assert post(f"http://localhost:{there.port}", b"{}", {}, allowed=HERE) == 204
    assert there.heard[0].path == "/"


PRIVATE = (
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "0.0.0.0"),  # noqa: S104 - as somebody may write
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
    *("[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[ff02::1]"),
    *("[::10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[2001:0:a00:1::]", "255.255.255.255"),
)


@pytest.mark.parametrize("host", PRIVATE)
def test_private_networks_are_not_led_into(host: str) -> None:
    assert trouble(f"https://{host}/", allowed=()) == "private"


def answers(*places: str) -> Callable[..., list[tuple[object, ...]]]:
    """Return what asks for names, and always gets these addresses."""

    def asked(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in places]

    return asked


def test_a_name_that_leads_there_too_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One public address and one private one."""
    monkeypatch.setattr(socket, "getaddrinfo", answers("1.1.1.1", "10.0.0.1"))
    assert trouble("https://a.example/") == "private"
    monkeypatch.setattr(socket, "getaddrinfo", answers("fe80::1%eth0"))
    assert trouble("https://a.example/") == "private"


def test_a_name_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leads to this machine first, and elsewhere whenever it is asked for again."""
    asked = iter([answers("127.0.0.1")("a.example", 80)])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(asked))
    with receiver() as there:
        connect = socket.create_connection
        seen = []

        def connected(address: tuple[str, int], seconds: float) -> socket.socket:
            seen.append(address)
            monkeypatch.undo()
            return connect(address, seconds)

        monkeypatch.setattr(socket, "create_connection", connected)
        assert post(f"http://a.example:{there.port}/", b"{}", {}, allowed=HERE) == 204
    assert seen == [("127.0.0.1", there.port)]
    assert there.heard[0].headers["Host"] == f"a.example:{there.port}"


def test_an_allowed_network_is_led_into_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = networks("X", " 127.0.0.1/32, fd00::/8,")
    assert allowed == (ip_network("127.0.0.1/32"), ip_network("fd00::/8"))
    with receiver() as there:
        assert post(there.url, b"{}", {}, allowed=allowed) == 204
    monkeypatch.setattr(socket, "getaddrinfo", answers("::ffff:127.0.0.1"))
    with receiver() as there:
        assert trouble(f"http://localhost:{there.port}", allowed=(ip_network("10.0.0.0/8"),)) == (
            "private"
        )


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(NetworkUnreadable, match=r"X names '10\.0\.0\.1/8', which is no network"):
        networks("X", "10.0.0.1/8")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert trouble(f"http://127.0.0.1:{port}/") == "unreachable"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".example", "x..y"])
def test_a_host_that_nobody_knows(host: str) -> None:
    assert trouble(f"https://{host}/") == "unknown_host"


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n"])
def test_what_is_no_answer(said: bytes) -> None:
    with talker(said) as port:
        assert trouble(f"http://127.0.0.1:{port}/") == "no_answer"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let half a second be all that an answer may take."""
    monkeypatch.setattr(outward, "ANSWERS_WITHIN", 0.5)


@pytest.mark.usefixtures("hurried")
def test_who_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert trouble(f"http://127.0.0.1:{silent.getsockname()[1]}/") == "too_slow"
        assert time.monotonic() - began < 3


@pytest.mark.usefixtures("hurried")
def test_who_answers_sign_by_sign_is_not_waited_for() -> None:
    """Each sign comes within the time; all of it would take ten seconds."""
    with talker(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 80, every=0.1) as port:
        began = time.monotonic()
        assert trouble(f"http://127.0.0.1:{port}/") == "too_slow"
        assert time.monotonic() - began < 3


def test_a_certificate_must_be_trusted_and_of_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = (certificate(tmp_path, host) for host in ("127.0.0.1", "b.example"))
    with receiver(certificate=own) as there:
        url = f"https://127.0.0.1:{there.port}/"
        assert trouble(url) == "not_trusted"
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
        assert post(url, b"{}", {}, allowed=HERE) == 204
    with receiver(certificate=other) as there:
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        assert trouble(f"https://127.0.0.1:{there.port}/") == "not_trusted"


def test_who_speaks_no_tls() -> None:
    with talker(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert trouble(f"https://127.0.0.1:{port}/") == "no_answer"


def test_a_trouble_says_what_it_is() -> None:
    assert str(NotAnswered(Trouble.TOO_SLOW)) == "Nothing was answered: too_slow."
