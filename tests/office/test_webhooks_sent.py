"""What is due is sent to a real server: signed, to nobody again who has just failed."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from recobro.office.webhooks.models import Hook
from recobro.office.webhooks.operations import make_hook, pause_hook
from recobro.office.webhooks.tasks import send_due
from tests.office.receiver import HERE, Receiver, receiver
from tests.office.test_webhooks import AT, happens, made, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def sent(at: datetime = AT) -> list[Hook]:
    return [*send_due(lambda: at, allowed=HERE)]


def test_it_is_sent_and_signed(there: Receiver) -> None:
    hook, secret = make_hook(name="ledger", url=there.url, events=["job.ended"], at=AT, by="chief")
    happens(2)
    assert sent() == []
    assert told(hook) == [("job.ended", "delivered")] * 2
    assert Hook.objects.get().arrived_at == AT
    first, second = there.heard
    one, two = hook.deliveries.order_by("id")
    assert json.loads(first.content) == {
        "delivery": one.pk,
        "event": "job.ended",
        "at": "2026-07-01T08:00:00+00:00",
        "about": {"job": 0},
    }
    assert (second.headers["Recobro-Delivery"], second.headers["Recobro-Event"]) == (
        str(two.pk),
        "job.ended",
    )
    moment, proof = first.headers["Recobro-Signature"].split(",")
    message = moment.removeprefix("t=").encode() + b"." + first.content
    digest = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    assert proof == f"v1={digest}"


def test_whoever_fails_is_let_alone_for_a_while_and_the_others_are_told(there: Receiver) -> None:
    broken = made("http://127.0.0.1:1/", name="broken")
    well = made(there.url, name="well")
    happens(3)
    assert sent() == []
    assert [state for _, state in told(well)] == ["delivered"] * 3
    assert [one.attempts for one in broken.deliveries.order_by("id")] == [1, 0, 0]
    assert [(one.status, one.trouble) for one in broken.deliveries.order_by("id")] == [
        (None, "unreachable"),
        (None, ""),
        (None, ""),
    ]


@pytest.mark.parametrize("status", [199, 300, 302, 404, 500])
def test_another_answer_is_a_failure(status: int, there: Receiver) -> None:
    hook = made(there.url)
    there.status = status
    happens()
    sent()
    own = hook.deliveries.get()
    assert (own.state, own.attempts) == ("waiting", 1)
    assert [heard.path for heard in there.heard] == ["/told"]


def test_a_private_network_is_told_of_in_its_answer(there: Receiver) -> None:
    hook = made(there.url)
    happens()
    assert [*send_due(lambda: AT)] == []
    assert hook.deliveries.get().trouble == "private"
    assert there.heard == []


def test_the_hook_that_is_switched_off_is_returned() -> None:
    hook = made("http://127.0.0.1:1/")
    Hook.objects.update(failures=7, failing_since=AT - timedelta(days=2))
    happens()
    assert sent() == [hook]


def test_a_hundred_are_sent_in_one_go(there: Receiver) -> None:
    hook = made(there.url)
    happens(103)
    sent()
    assert hook.deliveries.filter(state="waiting").count() == 3


def test_after_thirty_days_nothing_is_kept() -> None:
    hook = made("http://127.0.0.1:1/")
    happens()
    pause_hook(hook=hook, at=AT, by="chief")
    sent(AT + timedelta(days=30))
    assert hook.deliveries.count() == 1
    sent(AT + timedelta(days=30, seconds=1))
    assert hook.deliveries.count() == 0
