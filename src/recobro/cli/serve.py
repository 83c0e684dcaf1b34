import os
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from recobro.cli.console import Steps, refusals, refuse, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, open_home

if TYPE_CHECKING:
    from recobro.runs.home import Home

PORT = 8000

_WORDS = {"show": "Bringing the pages to the newest close"}


def serve(
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port on this machine.")] = PORT,
    worker: Annotated[
        bool, typer.Option(help="Run a worker too; without it, run recobro worker apart.")
    ] = True,
) -> None:
    """Open the pages on this machine, until they are ended with Ctrl C."""
    require_free(port)
    bank = open_home(home)
    from recobro.office.people.models import User  # noqa: PLC0415 - needs Django's settings

    bring_up_to_date(bank)
    if not User.objects.exists():
        say(
            "Nobody can sign in yet. Give somebody an account: recobro user add NAME --role "
            f"administrator --institution ID{again(home)}"
        )
    open_pages(bank, port=port, worker=worker)


def require_free(port: int) -> None:
    """Refuse a port that the pages could not be opened at, before anything is done."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            pass
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        refuse(
            f"Port {port} of this machine cannot be used: {reason}. Nothing was started. "
            "Name another one with --port, or end what listens there."
        )


def bring_up_to_date(bank: "Home") -> None:
    """Show the closes in force, and what has never been looked for before."""
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        operations.show(home=bank, at=datetime.now(tz=UTC), progress=progress)


def open_pages(bank: "Home", *, port: int, worker: bool = True) -> NoReturn:
    """Serve the pages in the place of this process."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django's settings

    from recobro.office.secret_key import make_secret_key  # noqa: PLC0415 - the same

    with refusals(), bank.told():
        make_secret_key(bank.path)
        call_command("collectstatic", verbosity=0, interactive=False)
    say(f"The pages are open at http://localhost:{port}. Ctrl C ends them.")
    os.environ |= {
        "RECOBRO_HOME": str(bank.path),
        "RECOBRO_PORT": str(port),
        "RECOBRO_WORKER": str(int(worker)),
    }
    sys.stdout.flush()
    words = ["--config", "python:recobro.config.gunicorn", "recobro.config.wsgi:application"]
    # A fresh process: nothing of this one's connections and threads is shared by those that serve.
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *words])  # noqa: S606 - no shell, our own words
