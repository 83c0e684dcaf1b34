import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from recobro.cli.console import JsonOption, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.terms.refusal import Refusal

if TYPE_CHECKING:
    from recobro.journal.models import Seal
    from recobro.runs.home import Home


_SEALS_EVERY = timedelta(minutes=5)


def worker(
    home: HomeOption = DEFAULT_HOME,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 5,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Do what the pages need done beside them: bring them to each new close."""
    bank = open_home(home)
    from django.db import connection  # noqa: PLC0415 - needs Django's settings

    if once:
        with refusals():
            _look(bank, as_json=as_json)
        return
    refused = ""
    with _until_ended() as ended:
        while not ended.is_set():
            try:
                _look(bank, as_json=as_json)
                refused = ""
            except Refusal as reason:  # it may be mended while this goes on
                if str(reason) != refused:
                    refused = str(reason)
                    say(refused, style="red")
            except Exception:  # noqa: BLE001 - whatever nobody foresaw must not end what others rest on
                traceback.print_exc()
            connection.close()  # a server that was started anew knows nothing of it
            ended.wait(every)


def _look(bank: "Home", *, as_json: bool) -> None:
    """Do what there is to do, and say so."""
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings

    shown = operations.show(home=bank, at=datetime.now(tz=UTC))
    for close in shown:
        say(f"The pages show the close of {close.as_of}.")
    sealed = _seal(bank)
    if as_json:
        print_json({"shown": [close.as_of for close in shown], "seal": sealed and sealed.number})


def _seal(bank: "Home") -> "Seal | None":
    """Seal the journal some minutes after it has grown: until then it could be written anew."""
    from recobro.journal import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.models import Seal  # noqa: PLC0415 - the same
    from recobro.journal.seals import key_of, seal_folder  # noqa: PLC0415 - the same

    now, last = datetime.now(tz=UTC), Seal.objects.last()
    if last is not None and now - last.sealed_at < _SEALS_EVERY:
        return None
    with bank.told():
        key = key_of(bank.path, made=last is not None)
        made = operations.seal(folder=seal_folder(bank.path), key=key, at=now)
    if made is not None:
        say(f"The journal is sealed: {made}.")
    return made


@contextmanager
def _until_ended() -> Iterator[Event]:
    """Give an event that is set once somebody asks this process to end."""
    ended = Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signals call it
        ended.set()

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for each, then in before.items():
            signal.signal(each, then)
