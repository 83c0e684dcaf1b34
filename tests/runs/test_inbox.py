"""What lies in the inbox is seen, and what is sent comes into it whole or not at all."""

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from recobro.runs.home import Home
from recobro.runs.inbox import (
    AT_REST,
    MappingUnknown,
    NotInInbox,
    UploadRefused,
    inbox,
    mapping_of,
    mappings,
    path_of,
    put_away,
    take_up,
    waiting,
    waiting_as,
)
from recobro.terms.codes import DeliveryKind
from tests.runs.bank import Bank

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def home(bank: Bank) -> Home:
    return bank.home


def at(path: Path, moment: datetime) -> None:
    """Let a file be of a moment."""
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def lay(home: Home, name: str, *files: str) -> Path:
    """Put a folder of files, or a file, into the inbox; all of it an hour old."""
    path = inbox(home) / name
    if files:
        path.mkdir()
        for file in files:
            (path / file).write_text("a\n", encoding="utf-8")
    else:
        path.write_text("a\n", encoding="utf-8")
    for each in (path, *(path.iterdir() if files else ())):
        at(each, AT - timedelta(hours=1))
    return path


def names(home: Home) -> list[str]:
    return [each.name for each in waiting(home)]


def sent(home: Home, *files: tuple[str, bytes], name: str = "") -> str:
    parts: Iterable[tuple[str, Iterable[bytes]]] = (
        (file, [content[:1], content[1:]]) for file, content in files
    )
    return take_up(home, parts, at=AT, name=name)


def test_nothing_lies_in_a_new_one(home: Home) -> None:
    assert waiting(home) == []
    assert inbox(home).stat().st_mode & 0o077 == 0


def test_folders_and_workbooks_are_deliveries(home: Home) -> None:
    lay(home, "2026-06-30 full", "loans.csv", "payments.csv")
    lay(home, "日终20260701.xlsx")
    for other in (".hidden", "notes.txt", ".uploaded-x"):
        lay(home, other)
    (inbox(home) / "link").symlink_to("/etc")
    folder, book = waiting(home)  # by the days of their figures
    assert (folder.name, folder.files, folder.size) == ("2026-06-30 full", 2, 4)
    assert (folder.kind, folder.delivered_on) == (DeliveryKind.FULL, date(2026, 6, 30))
    assert folder.changed_at == AT - timedelta(hours=1)
    assert (book.name, book.kind, book.delivered_on) == (
        "日终20260701.xlsx",
        None,
        date(2026, 7, 1),
    )


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("delta-2026-02-30", None),
        ("delta-12026-02-03", None),
        ("x 2026-13-01 2026-12-01", date(2026, 12, 1)),
        ("DELTA_20260228", date(2026, 2, 28)),
        ("branch 10011231", None),
    ],
)
def test_a_day_in_a_name(name: str, day: date | None, home: Home) -> None:
    lay(home, name, "loans.csv")
    (seen,) = waiting(home)
    assert seen.delivered_on == day


def test_a_delivery_is_at_rest_once_nothing_of_it_changes(home: Home) -> None:
    path = lay(home, "now", "loans.csv")
    assert [each.at_rest(AT) for each in waiting(home)] == [True]
    at(path / "loans.csv", AT)
    (seen,) = waiting(home)
    assert not seen.at_rest(AT)
    assert not seen.at_rest(AT + AT_REST - timedelta(seconds=1))
    assert seen.at_rest(AT + AT_REST)


def test_other_content_has_another_mark(home: Home) -> None:
    path = lay(home, "now", "loans.csv")
    marks = {waiting(home)[0].mark}
    at(path / "loans.csv", AT)
    marks.add(waiting(home)[0].mark)
    assert len(marks) == 2


@pytest.mark.parametrize("name", ["../lake", "..", ".", "", "/etc", "none", "a/b", "now\0"])
def test_no_name_leads_out_of_it(name: str, home: Home) -> None:
    lay(home, "now", "loans.csv")
    with pytest.raises(NotInInbox, match="nothing was changed"):
        path_of(home, name)


def test_what_was_loaded_lies_among_the_delivered(home: Home) -> None:
    lay(home, "now", "loans.csv")
    path = put_away(home, "now", as_="000001-now")
    assert path == home.path / "delivered" / "000001-now"
    assert [file.name for file in path.iterdir()] == ["loans.csv"]
    assert waiting(home) == []


def test_tables_that_are_sent_are_one_delivery(home: Home) -> None:
    called = sent(home, ("loans.csv", b"one"), ("payments.PARQUET", b"two"), name=" July delta ")
    assert (called, names(home)) == ("July delta", ["July delta"])
    found = {file.name: file.read_bytes() for file in path_of(home, called).iterdir()}
    assert found == {"loans.csv": b"one", "payments.PARQUET": b"two"}
    assert all(file.stat().st_mode & 0o077 == 0 for file in path_of(home, called).iterdir())


def test_a_workbook_that_is_sent_is_a_delivery_of_its_own(home: Home) -> None:
    assert sent(home, ("book.xlsx", b"x"), name="July") == "July.xlsx"
    assert sent(home, ("book.xlsx", b"x"), name="August.xlsx") == "August.xlsx"
    assert path_of(home, "July.xlsx").read_bytes() == b"x"


def test_without_a_name_it_is_called_by_the_moment(home: Home) -> None:
    assert sent(home, ("loans.csv", b"x")) == "sent 01.07.2026 08.00.00"
    (found,) = waiting(home)
    assert found.delivered_on is None


CSV = ("loans.csv", b"x")


@pytest.mark.parametrize(
    ("files", "name", "why"),
    [
        ([], "", "No file was sent."),
        ([CSV, CSV], "", "'loans.csv' was sent twice."),
        ([("loans.exe", b"x")], "", "'loans.exe' is no table."),
        ([("../loans.csv", b"x")], "", "'../loans.csv' is no table."),
        ([(".csv", b"x")], "", "'.csv' is no table."),
        ([CSV, ("b.xlsx", b"x")], "", "A workbook is a delivery of its own; 'b.xlsx' was sent"),
        ([CSV], "../x", "'../x' cannot name a delivery:"),
        ([CSV], "x" * 201, f"'{'x' * 201}' cannot name a delivery:"),
        ([CSV], "日" * 67, f"'{'日' * 67}' cannot name a delivery:"),
        ([("b.xlsx", b"x")], "x" * 196, f"'{'x' * 196}.xlsx' cannot name a delivery:"),
        ([CSV], "there", "The inbox has a delivery 'there' already."),
    ],
)
def test_what_cannot_be_a_delivery_leaves_nothing(
    files: list[tuple[str, bytes]], name: str, why: str, home: Home
) -> None:
    lay(home, "there", "loans.csv")
    with pytest.raises(UploadRefused) as refused:
        sent(home, *files, name=name)
    assert str(refused.value).startswith(why)
    assert "Nothing was kept." in str(refused.value)
    assert [entry.name for entry in inbox(home).iterdir()] == ["there"]


def test_what_breaks_off_leaves_nothing(home: Home) -> None:
    def torn() -> Iterable[bytes]:
        yield b"a"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        take_up(home, [("loans.csv", torn())], at=AT)
    assert [*inbox(home).iterdir()] == []


def test_a_mapping_is_one_of_the_banks(home: Home) -> None:
    assert mappings(home) == []
    (home.path / "mappings").mkdir()
    file = home.path / "mappings" / "core.toml"
    file.write_text("", encoding="utf-8")
    assert (mappings(home), mapping_of(home, "core"), mapping_of(home, "")) == (
        ["core"],
        file,
        None,
    )
    for name in ("other", "../mappings/core"):
        with pytest.raises(MappingUnknown, match="nothing was changed"):
            mapping_of(home, name)


def test_they_come_in_the_order_of_their_days(home: Home) -> None:
    for name in ("a full", "delta-2026-06-30", "full-2026-06-29"):
        lay(home, name, "loans.csv")
    assert names(home) == ["full-2026-06-29", "delta-2026-06-30", "a full"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("full_1", DeliveryKind.FULL),
        ("1-Delta", DeliveryKind.DELTA),
        ("fullerton", None),
        ("deltas", None),
    ],
)
def test_a_kind_is_a_word_of_a_name(name: str, kind: DeliveryKind | None, home: Home) -> None:
    lay(home, name, "loans.csv")
    assert waiting(home)[0].kind == kind


def test_one_that_cannot_be_read_is_told_and_left_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system lets its own user read everything, so the refusal is ours."""
    path = lay(home, "theirs", "loans.csv")
    lay(home, "ours", "loans.csv")
    listed = Path.iterdir

    def iterdir(folder: Path) -> Iterable[Path]:
        if folder == path:
            raise PermissionError
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    ours, theirs = waiting(home)
    assert (ours.readable, theirs.readable) == (True, False)
    assert not theirs.at_rest(AT + timedelta(days=1))
    with pytest.raises(NotInInbox):
        waiting_as(home, "theirs")


def test_the_disk_keeps_a_reserve(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recobro.runs.inbox.RESERVE", 2**62)
    with pytest.raises(UploadRefused, match=r"^There is no room for 'loans.csv': the disk"):
        sent(home, CSV)
    assert waiting(home) == []


def test_what_a_killed_upload_left_is_swept_a_day_later(home: Home) -> None:
    old, new = inbox(home) / ".uploaded-old", inbox(home) / ".uploaded-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (1, 1))
    sent(home, CSV)
    assert (old.exists(), new.exists()) == (False, True)
