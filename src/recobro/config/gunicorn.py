"""How the pages are served: a few processes with a few threads each, and a worker beside them."""

import os
import signal
import subprocess
import sys
from typing import Any

bind = f"127.0.0.1:{os.environ.get('RECOBRO_PORT', '8000')}"
workers = int(os.environ.get("RECOBRO_WEB_PROCESSES", "2"))
threads = 4
timeout = 60
graceful_timeout = 10
accesslog = None  # addresses name debtors
errorlog = "-"
loglevel = "warning"
control_socket_disable = True  # one for all banks of a user, and nobody needs it
_beside: list["subprocess.Popen[bytes]"] = []


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401, ARG001 - as gunicorn calls it
    """Leave Ctrl C to the process that leads, and load whole before being told to end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGQUIT})


def post_worker_init(worker: Any) -> None:  # noqa: ANN401 - as gunicorn calls it
    """Take note of the end between two things that it does.

    gunicorn's own handler breaks off whatever runs right then: an import, whose trace is shown,
    or the pool of threads as it takes a request, and then waits for the lock that this one holds.
    """
    signal.signal(signal.SIGQUIT, worker.handle_exit)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGQUIT})


def when_ready(server: Any) -> None:  # noqa: ANN401, ARG001 - as gunicorn calls it
    """Start the worker that brings the pages to each new close."""
    if os.environ.get("RECOBRO_WORKER", "1") == "1":
        command = "from recobro.cli.main import app; app()"
        words = [sys.executable, "-c", command, "worker", "--home", os.environ["RECOBRO_HOME"]]
        # Ctrl C reaches all of a terminal at once; the worker is told by on_exit alone.
        _beside.append(subprocess.Popen(words, process_group=0))  # noqa: S603 - our own command


def on_exit(server: Any) -> None:  # noqa: ANN401, ARG001 - as gunicorn calls it
    """End the worker with the pages; what it is at begins anew with the next one."""
    for worker in _beside:
        worker.terminate()
        try:
            worker.wait(graceful_timeout)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
