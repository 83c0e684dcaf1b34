"""Run a command as a process of its own: how long it took, how much memory its tree held."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

ROOT: Final = Path(__file__).parents[1]
RECOBRO: Final = (sys.executable, "-c", "from recobro.cli.main import app; app()")

_DONE: Final = {0, 1}  # recobro's 1: done, with findings
_SAMPLED_EVERY: Final = 0.1  # seconds; looking through /proc takes some milliseconds
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_LAST_WORDS: Final = 20


class Failed(RuntimeError):
    """A measured command ended without doing its work."""

    def __init__(self, command: Sequence[str], code: int, words: Sequence[str]) -> None:
        said = "\n".join(words[-_LAST_WORDS:])
        super().__init__(f"{' '.join(command)} ended with {code}; nothing was measured.\n{said}")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a command.

    `inside` is the time from the first line that it told to the last: the operation without the
    start of Python. `peak` is the most bytes that its process tree held.
    """

    command: str
    seconds: float
    inside: float
    processor: float
    processor_inside: float
    peak: int
    steps: Mapping[str, float]
    output: str


def run(command: Sequence[str], *, database: str | None = None) -> Run:
    """Run a command from the project's folder; raise Failed where it does not do its work.

    `database` is the address of the one that it uses; none: the file in the bank's folder.
    """
    began = time.perf_counter()
    # A session of its own, by which the whole tree of it is known.
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command,
        cwd=ROOT,
        env=_environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process, _Watch(process.pid) as watch:
        told = list(_told(process, watch))
        assert process.stdout is not None  # noqa: S101 - a pipe, see above
        output = process.stdout.read()
        # Here, not in Popen: only this way does the kernel say what the process used.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
    if process.returncode not in _DONE:
        raise Failed(command, process.returncode, [line for line, _, _ in told])
    processor = used.ru_utime + used.ru_stime
    first = told[0] if told else ("", began, 0.0)
    last = told[-1] if told else ("", began + seconds, 0.0)
    return Run(
        command=_shown(command),
        seconds=seconds,
        inside=last[1] - first[1],
        processor=processor,
        processor_inside=processor - first[2],
        peak=watch.peak,
        steps=_steps(told),
        output=output,
    )


def _environment(database: str | None) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return others | ({"DATABASE_URL": database} if database else {})


def _shown(command: Sequence[str]) -> str:
    words = " ".join(command)
    return words.replace(" ".join(RECOBRO), "recobro").replace(sys.executable, "python")


def _told(process: subprocess.Popen[str], watch: "_Watch") -> Iterator[tuple[str, float, float]]:
    """Yield each line of standard error, when it came, and the processor seconds until then."""
    assert process.stderr is not None  # noqa: S101 - a pipe
    for line in process.stderr:
        watch.look()
        yield line.rstrip(), time.perf_counter(), _processor(process.pid)


def _steps(told: Sequence[tuple[str, float, float]]) -> dict[str, float]:
    """Return the seconds from each line to the next one."""
    steps: dict[str, float] = {}
    for (line, began, _), (_, ended, _) in pairwise(told):
        steps[line] = steps.get(line, 0.0) + ended - began
    return steps


def _stat(pid: int | str) -> list[str]:
    """Return the fields of a process from its state on; nothing where it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _highest(pid: str) -> int:
    """Return the most bytes that a process has held so far."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def _processor(pid: int) -> float:
    stat = _stat(pid)
    return (int(stat[11]) + int(stat[12])) / _TICKS if stat else 0.0


class _Watch:
    """Sample the resident memory of all processes of a session, from a thread.

    Between two samples the kernel's own record of each process helps (VmHWM). Its record for
    whoever waits for a process (ru_maxrss) does not: it begins with the parent's memory.
    """

    def __init__(self, session: int) -> None:
        self.session = str(session)
        self._samples: list[int] = []
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    @property
    def peak(self) -> int:
        """The highest sample, in bytes."""
        return max(self._samples, default=0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLED_EVERY):
            self.look()

    def look(self) -> None:
        """Take one sample."""
        held = {
            entry.name: int(stat[21]) * _PAGE
            for entry in os.scandir("/proc")
            if entry.name.isdigit() and (stat := _stat(entry.name)) and stat[3] == self.session
        }
        self._samples.append(max(sum(held.values()), *map(_highest, held), 0))
