from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from recobro.journal.models import Chain, Entry
from recobro.journal.operations import NOBODY, record

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_an_entry_follows_the_one_before_it() -> None:
    for number in (1, 2):
        record(chain="case:7", act="case.noted", subject="7", by="wang", at=AT, reason=str(number))
    record(chain="case:8", act="case.noted", subject="8", by=NOBODY, at=AT)
    places = Entry.objects.order_by("id").values_list("chain", "position", "by", "reason")
    assert list(places) == [
        ("case:7", 1, "wang", "1"),
        ("case:7", 2, "wang", "2"),
        ("case:8", 1, "recobro", ""),
    ]
    heads = dict(Chain.objects.values_list("name", "position"))
    assert heads == {"case:7": 2, "case:8": 1}


def test_the_same_entry_elsewhere_has_another_digest() -> None:
    for chain in ("case:7", "case:7", "case:8"):
        record(chain=chain, act="case.noted", subject="7", by="wang", at=AT)
    assert len(set(Entry.objects.values_list("digest", flat=True))) == 3


def test_before_and_after_are_read_as_they_were_written() -> None:
    made = record(
        chain="case:7",
        act="case.moved",
        subject="7",
        by="wang",
        at=AT + timedelta(microseconds=1),
        before={"owner": "王伟", "on": date(2026, 7, 1)},
        after={"owner": None, "n": 1, "shares": [0.5]},
    )
    kept = Entry.objects.get()
    assert kept.content == made.content
    assert kept.before == {"owner": "王伟", "on": "2026-07-01"}


class Failed(Exception):
    pass


def decide_and_fail() -> None:
    record(chain="case:7", act="case.noted", subject="7", by="wang", at=AT)
    raise Failed


@pytest.mark.django_db(transaction=True)
def test_an_entry_stands_and_falls_with_what_it_is_about() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        record(chain="case:7", act="case.noted", subject="7", by="wang", at=AT)
    with pytest.raises(Failed), transaction.atomic():
        decide_and_fail()
    assert (Entry.objects.count(), Chain.objects.count()) == (0, 0)


def test_no_two_entries_have_one_place() -> None:
    first = record(chain="case:7", act="case.noted", subject="7", by="wang", at=AT)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)
