"""Spark: on this machine's cores, or on a cluster that sees the bank's folder at the same path."""

import os
import re
import textwrap
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import TYPE_CHECKING

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis.backends.sql.datatypes import PySparkType

from recobro.engine.backends import java
from recobro.engine.backends.backend import Backend
from recobro.terms.refusal import Refusal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "RECOBRO_SPARK_MASTER"
"""The variable that names a cluster (spark://host:port, yarn, k8s://…); without it: here."""

_SAME_ROWS = {
    "spark.sql.ansi.enabled": "true",  # a sum that overflows is an error, never a wrap
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 as they stand
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.compression.codec": "zstd",
}
"""What makes Spark find the rows that DuckDB finds, whatever a cluster's defaults are."""

_THIS_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
"""Without a cluster nobody else has to reach the driver."""

_LONGEST = 500  # characters of what Spark says that a message repeats


class SparkMissing(Refusal):
    """The extra `spark` is not installed."""

    says = (
        "Spark is not installed; nothing was computed. Install it with pip install "
        "'recobro[spark]', or close with --backend duckdb."
    )


class SparkFailed(Refusal):
    """Spark did not start, or gave up on the way."""

    says = (
        "Spark gave up: “{reason}”. Nothing was published; the earlier close stays in force. Mend "
        "the cause and close again (docs/operators/spark.md lists the usual ones), or close with "
        "--backend duckdb."
    )

    def __init__(self, said: str) -> None:
        super().__init__(reason=textwrap.shorten(said, _LONGEST, placeholder=" …"))


class Spark(Backend):
    """A Spark session with a scratch folder that the driver and every worker write to."""

    name = "spark"

    def __init__(self, scratch: Path, *, master: str | None = None) -> None:
        """Start a session on `master`; by default on the one that MASTER names, else here.

        Raises JavaMissing, SparkMissing, SparkFailed.
        """
        super().__init__(scratch)
        java.check()
        with warnings.catch_warnings():
            # Spark warns of new versions of pandas, through which nothing passes here.
            warnings.simplefilter("ignore", FutureWarning)
            self.session = _session(master or os.environ.get(MASTER) or "local[*]", scratch)
            self.connection = ibis.pyspark.connect(self.session)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the session.

        Raises SparkFailed where Spark is why it ends.
        """
        said = _said(error) if isinstance(error, _failures()) else ""
        with suppress(*_failures()):  # where Java has died there is nothing to end
            super().__exit__(kind, error, trace)
        if said:
            raise SparkFailed(said) from error

    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files as a table of the schema; no files: no rows.

        A folder stands for the files in it.
        """
        if files:
            frame = self.session.read.parquet(*(_uri(Path(file)) for file in files))
        else:
            frame = self.session.createDataFrame([], _columns(schema))
        rows = ibis.util.gen_name("rows")
        frame.createOrReplaceTempView(rows)
        return self.connection.table(rows).select(*schema.names)

    def write(self, table: ir.Table, file: Path) -> Path:
        """Write a table's rows to Parquet files in a new folder, in its order, and return it."""
        self.connection.to_parquet(table, _uri(file))
        return file

    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""
        (row,) = self.session.sql(self.connection.compile(value)).collect()
        return int(row[0] or 0)


def settings(master: str, scratch: Path) -> dict[str, str]:
    """Return what Recobro asks of a session; all else is Spark's own spark-defaults.conf."""
    asked = _SAME_ROWS | {
        "spark.sql.warehouse.dir": _uri(scratch / "warehouse"),
        "spark.ui.showConsoleProgress": "false",  # nobody sees it
    }
    if master.startswith("local"):
        return asked | _THIS_MACHINE | {"spark.local.dir": str(scratch / "spill")}
    return asked


def _session(master: str, scratch: Path) -> "SparkSession":
    try:
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra, slow to import
        from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - the same
        from pyspark.logger import PySparkLogger  # noqa: PLC0415 - the same
        from pyspark.sql import SparkSession  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise SparkMissing from error
    # It would print each error as JSON before raising it.
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    conf = SparkConf().setMaster(master).setAppName("recobro")
    conf.setAll(list(settings(master, scratch).items()))
    with TemporaryFile() as heard:  # Java chatters on, and a terminal belongs to its user
        try:
            gateway = SparkContext._gateway or launch_gateway(  # type: ignore[no-untyped-call]  # noqa: SLF001 - the Java of an earlier close runs on
                conf, {"stdout": heard, "stderr": heard}
            )
            return SparkSession(SparkContext(conf=conf, gateway=gateway))
        except _failures() as error:
            heard.seek(0)
            raise SparkFailed(_complaints(heard.read().decode()) or _said(error)) from error


def _failures() -> tuple[type[Exception], ...]:
    """Return what is raised where Spark gives up: by Java, or for want of it."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    return PySparkException, Py4JError, ConnectionError


def _said(error: BaseException) -> str:
    """Return what an error of Spark says, without the pages about where in Spark it was said."""
    from py4j.protocol import Py4JNetworkError  # noqa: PLC0415 - an extra

    lost = isinstance(error, (ConnectionError, Py4JNetworkError))
    if lost or "does not exist in the JVM" in str(error):
        return "the driver's Java process has ended; it was killed, or its memory did not suffice"
    said = str(error).split("\n\tat ")[0].split("\n\nJVM stacktrace")[0]
    return re.sub(r"^An error occurred while calling \S+\s*:?\s*", "", said)


def _complaints(heard: str) -> str:
    """Return the lines in which Java says what is wrong, out of all that it says."""
    wrong = re.compile(r"error|exception|invalid", re.IGNORECASE)
    lines = (line for line in heard.splitlines() if not line.startswith("\t"))
    return "\n".join(line for line in lines if wrong.search(line))


def _columns(schema: sch.Schema) -> str:
    return ", ".join(f"`{name}` {PySparkType.to_string(kind)}" for name, kind in schema.items())


def _uri(path: Path) -> str:
    # A cluster's own file system (HDFS) would be the default. Spark wants it unquoted.
    return f"file://{path.absolute()}"
