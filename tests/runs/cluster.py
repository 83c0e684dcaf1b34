"""A cluster of Spark's own kind on this machine: a master and two workers of one core each."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.runs.program import PATIENCE

SMALL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dspark.deploy.maxExecutorRetries=1"
"""What a test waits for is the start of Java and its compilers, and a cluster's patience."""


@dataclass(frozen=True)
class Cluster:
    """Where its master listens, and the processes of its workers."""

    master: str
    workers: tuple[int, ...]

    def executors(self) -> list[int]:
        """Return the processes in which the workers compute right now."""
        threads = (path for pid in self.workers for path in Path(f"/proc/{pid}/task").iterdir())
        return [int(pid) for one in threads for pid in (one / "children").read_text().split()]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start a master and two workers on loopback, and end them."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    with ExitStack() as running:
        head = ("master.Master", "--port", str(port), "--webui-port", "0")
        running.enter_context(_daemon(folder / "master", *head))
        _wait_for(folder / "master.log", "New state: ALIVE")
        ask = ("worker.Worker", "-c", "1", "-m", "1g", "--webui-port", "0")
        workers = [
            running.enter_context(_daemon(folder / name, *ask, "-d", str(folder / name), master))
            for name in ("one", "two")
        ]
        for name in ("one", "two"):
            _wait_for(folder / f"{name}.log", "Successfully registered with master")
        yield Cluster(master, tuple(workers))


@contextmanager
def _daemon(log: Path, what: str, *words: str) -> Iterator[int]:
    import pyspark  # noqa: PLC0415 - an extra

    home = Path(pyspark.__file__).parent
    told = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_JAVA_OPTS": SMALL,
    }
    with (
        log.with_suffix(".log").open("w") as out,
        subprocess.Popen(  # noqa: S603 - Spark's own program
            [
                home / "bin" / "spark-class",
                f"org.apache.spark.deploy.{what}",
                "--host",
                "127.0.0.1",
                *words,
            ],
            env=told,
            stdout=out,
            stderr=out,
        ) as daemon,
    ):
        try:
            yield daemon.pid
        finally:
            daemon.terminate()


def _wait_for(log: Path, sign: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while sign not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
