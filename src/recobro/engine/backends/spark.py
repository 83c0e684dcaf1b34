"""Spark: on this machine's cores, or on a cluster that sees the bank's folder at the same path."""

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis.backends.sql.datatypes import PySparkType

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "RECOBRO_SPARK_MASTER"
"""The variable that names a cluster (spark://host:port, yarn, k8s://…); without it: here."""

JAVA = 17
"""The oldest Java that Spark runs on."""

_SAME_ROWS = {
    "spark.sql.ansi.enabled": "true",  # a sum that overflows is an error, never a wrap
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 as they stand
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.compression.codec": "zstd",
}
"""What makes Spark find the rows that DuckDB finds, whatever a cluster's defaults are."""

_QUIET = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}

_THIS_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
"""Without a cluster nobody else has to reach the driver."""


class SparkMissing(ImportError):
    """The extra `spark` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Spark is not installed; nothing was computed. Install it with "
            "pip install 'recobro[spark]', or close with --backend duckdb."
        )


class JavaMissing(OSError):
    """There is no Java that Spark can run on."""

    def __init__(self, *, where: str, said: str) -> None:
        what = f"{where} says “{said.strip()}”" if said else f"there is none in {where}"
        super().__init__(
            f"Spark needs Java {JAVA} or later, and {what}; nothing was computed. Install one "
            "(Debian, Ubuntu: apt install default-jre-headless) and let JAVA_HOME name it, or "
            "close with --backend duckdb."
        )


class Spark:
    """A Spark session with a scratch folder that the driver and every worker write to."""

    name = "spark"

    def __init__(self, scratch: Path, *, master: str | None = None) -> None:
        """Start a session on `master`; by default on the one that MASTER names, else here.

        Raises SparkMissing, JavaMissing.
        """
        scratch.mkdir(parents=True, exist_ok=True)
        self.scratch = scratch
        self.session = _session(master or os.environ.get(MASTER) or "local[*]", scratch)
        with warnings.catch_warnings():
            # Spark warns of new versions of pandas, through which nothing passes here.
            warnings.simplefilter("ignore", FutureWarning)
            self.connection = ibis.pyspark.connect(self.session)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.disconnect()

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

    def write(self, table: ir.Table, folder: Path) -> Path:
        """Write a table's rows to Parquet files in a new folder, in its order, and return it."""
        self.connection.to_parquet(table, _uri(folder))
        return folder

    def keep(self, name: str, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema one after another; return their union, kept on disk."""
        folders = [
            self.write(table, self.scratch / name / f"{number:05}")
            for number, table in enumerate(tables)
        ]
        return self.read(folders, tables[0].schema())

    def kept(self, name: str) -> list[Path]:
        """Return the Parquet files of what was kept under a name, in the order of its rows."""
        return sorted((self.scratch / name).glob("*/part-*.parquet"))

    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""
        (row,) = self.session.sql(self.connection.compile(value)).collect()
        return int(row[0] or 0)


def _session(master: str, scratch: Path) -> "SparkSession":
    check_java()
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise SparkMissing from error
    builder = SparkSession.builder.master(master).appName("recobro")
    for key, value in settings(master, scratch).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def check_java() -> None:
    """Look where Spark looks: an old Java would end in pages of errors that do not say so.

    Raises JavaMissing.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        raise JavaMissing(where=f"{home}/bin" if home else "PATH", said="")
    asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - what Spark will run
    version = re.search(r'version "(\d+)', asked.stderr)
    if version is None or int(version[1]) < JAVA:
        raise JavaMissing(where=java, said=asked.stderr)


def settings(master: str, scratch: Path) -> dict[str, str]:
    """Return what Recobro asks of a session; all else is Spark's own spark-defaults.conf."""
    asked = _SAME_ROWS | _QUIET | {"spark.sql.warehouse.dir": _uri(scratch / "warehouse")}
    if master.startswith("local"):
        return asked | _THIS_MACHINE | {"spark.local.dir": str(scratch / "spill")}
    return asked


def _columns(schema: sch.Schema) -> str:
    return ", ".join(f"`{name}` {PySparkType.to_string(kind)}" for name, kind in schema.items())


def _uri(path: Path) -> str:
    # A cluster's own file system (HDFS) would be the default. Spark wants it unquoted.
    return f"file://{path.absolute()}"
