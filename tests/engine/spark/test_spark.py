import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recobro.engine.arithmetic import total
from recobro.engine.backends.duck import Duck
from recobro.engine.backends.java import JavaMissing, JavaTooOld
from recobro.engine.backends.spark import Spark, SparkFailed, SparkMissing, settings
from recobro.engine.tables import LOANS
from tests.engine.spark.books import Files, closed, delivered, settled, shelf, written
from tests.engine.spark.needed import CONF, needs_spark
from tests.engine.workbench import policy_of
from tests.oracle.rules import SMALL_BUSINESS, Rules

ON = date(2025, 3, 31)
PRESET = Rules()
STRICT = Rules(
    grace_days=3,
    tolerance=Decimal("0.05"),
    allocation=("principal", "fees", "interest"),
    window_months=24,
    matrix=SMALL_BUSINESS,
    cure_applies_to=("person", "company", "village_group"),
    old_before=date(2024, 1, 1),
)
AMOUNTS = ibis.schema({"amount": "int64", "on": "date"})


@pytest.fixture(scope="module")
def needs() -> None:
    needs_spark()


@pytest.fixture(scope="module")
def session(needs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """Java starts once in a process; a session is one at a time, so it ends with the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(CONF / "local"))
        opened = Spark(tmp_path_factory.mktemp("spark"), master="local[2]")
    with opened:
        yield opened


@pytest.fixture
def spark(session: Spark, tmp_path: Path) -> Spark:
    session.scratch = tmp_path / "Dépôt 贷款"
    return session


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path / "duck") as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Two thousand loans."""
    folder = tmp_path_factory.mktemp("facts")
    with Duck(folder / "duck") as duck:
        return delivered(shelf(190, apart=(0, 37, -91, 182)), duck, folder)


def amounts(file: Path, *rows: tuple[int | None, date]) -> Path:
    found = [{"amount": amount, "on": on} for amount, on in rows]
    pq.write_table(pa.Table.from_pylist(found, schema=AMOUNTS.to_pyarrow()), file)
    return file


def test_two_thousand_loans_stand_where_duckdb_says(files: Files, duck: Duck, spark: Spark) -> None:
    policy = policy_of(STRICT)
    expected = closed(files, policy, ON, duck)
    found = closed(files, policy, ON, spark)
    assert pq.read_metadata(files["loans"]).num_rows >= 2_000
    assert expected.num_rows > 1_500
    assert found.schema == expected.schema
    assert found.sort_by("loan_id").to_pylist() == expected.sort_by("loan_id").to_pylist()


def test_settlement_without_a_tolerance_is_the_same(files: Files, duck: Duck, spark: Spark) -> None:
    policy = policy_of(PRESET)
    settled(files, policy, duck)
    settled(files, policy, spark)
    expected, found = (written(desk.kept("portions")) for desk in (duck, spark))
    assert found.schema == expected.schema
    assert found.to_pylist() == expected.to_pylist()


def test_a_table_is_read_from_a_list_of_files(spark: Spark, tmp_path: Path) -> None:
    one = amounts(tmp_path / "one.parquet", (1, date(2026, 1, 1)))
    two = amounts(tmp_path / "two.parquet", (2, date(1066, 10, 14)), (None, date(9999, 12, 31)))
    spark.keep("rows", [spark.read([one, str(two)], AMOUNTS).order_by("on")])
    assert written(spark.kept("rows")).to_pylist() == [
        {"amount": 2, "on": date(1066, 10, 14)},
        {"amount": 1, "on": date(2026, 1, 1)},
        {"amount": None, "on": date(9999, 12, 31)},
    ]


def test_tables_are_kept_one_after_another(spark: Spark, tmp_path: Path) -> None:
    one = spark.read([amounts(tmp_path / "one.parquet", (1, ON))], AMOUNTS)
    two = spark.read([amounts(tmp_path / "two.parquet", (2, ON))], AMOUNTS)
    both = spark.keep("both", [one, two])
    assert [row["amount"] for row in written(spark.kept("both")).to_pylist()] == [1, 2]
    assert spark.number(both.amount.sum()) == 3


def test_no_files_are_no_rows_and_no_number_is_0(spark: Spark) -> None:
    nothing = spark.read([], LOANS)
    assert spark.number(nothing.count()) == 0
    assert spark.number(nothing.principal.max()) == 0
    kept = spark.keep("nothing", [nothing])
    assert kept.columns == nothing.columns
    assert written(spark.kept("nothing")).num_rows == 0


def test_a_sum_that_does_not_fit_is_an_error(spark: Spark, tmp_path: Path) -> None:
    file = amounts(tmp_path / "much.parquet", (2**63 - 1, ON), (1, ON))
    with pytest.raises(Exception, match="ARITHMETIC_OVERFLOW"):
        spark.number(total(spark.read([file], AMOUNTS).amount))


def test_only_a_cluster_s_workers_may_reach_the_driver(tmp_path: Path) -> None:
    here, cluster = (settings(one, tmp_path) for one in ("local[*]", "spark://head:7077"))
    assert dict(here.items() - cluster.items()) == {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.local.dir": str(tmp_path / "spill"),
    }
    assert cluster.items() <= here.items()


def test_without_the_extra_it_says_how_to_install_it(
    needs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SparkMissing, match=r"pip install 'recobro\[spark\]'"):
        Spark(tmp_path)


def test_a_session_that_spark_cannot_start_says_what_spark_says(
    needs: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In a process of its own: here Java may run already."""
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text("spark.driver.memory 1x\n")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        refused = processes.submit(refusal, tmp_path, conf).result()
    assert refused.startswith("Spark gave up: “Invalid maximum heap size: -Xmx1x Error: Could not")
    assert capfd.readouterr() == ("", "")


def refusal(scratch: Path, conf: Path) -> str:
    os.environ["SPARK_CONF_DIR"] = str(conf)
    with pytest.raises(SparkFailed) as refused:
        Spark(scratch)
    return str(refused.value)


def test_a_fault_of_ours_stays_one_and_a_java_that_dies_is_named(
    needs: None, tmp_path: Path
) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        refused = processes.submit(refusal_without_java, tmp_path).result()
    assert refused.startswith("Spark gave up: “the driver's Java process has ended; it was killed")


def refusal_without_java(scratch: Path) -> str:
    """Whoever is killed does not tidy up: its temporary files lie in the test's own folder."""
    os.environ["SPARK_CONF_DIR"] = str(CONF / "local")
    os.environ["JAVA_TOOL_OPTIONS"] = f"-Djava.io.tmpdir={scratch}"
    with pytest.raises(ValueError, match="our own"), Spark(scratch, master="local[1]"):
        int("our own")
    with pytest.raises(SparkFailed) as refused, Spark(scratch, master="local[1]") as spark:
        count_without_java(spark)
    return str(refused.value)


def count_without_java(spark: Spark) -> None:
    jvm: Any = spark.session.sparkContext._jvm  # noqa: SLF001 - Python is not told of the process
    os.kill(jvm.java.lang.ProcessHandle.current().pid(), signal.SIGKILL)
    spark.number(spark.read([], AMOUNTS).count())


@pytest.mark.parametrize("home", ["", "nowhere"])
def test_without_java_it_says_how_to_install_it(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", home)
    monkeypatch.setenv("PATH", str(tmp_path))
    where = "nowhere/bin, where JAVA_HOME points" if home else "the folders of PATH"
    with pytest.raises(JavaMissing) as refused:
        Spark(tmp_path)
    assert str(refused.value) == (
        f"Spark needs Java 17 or later, and there is none in {where}; nothing was computed. "
        "Install one (Debian, Ubuntu: apt install default-jre-headless) and let JAVA_HOME name "
        "it, or close with --backend duckdb."
    )


@pytest.mark.parametrize(
    ("said", "reason", "found"),
    [
        ('java version "1.8.0_402"', JavaTooOld, "is Java 8"),
        ('openjdk version "11.0.22" 2024-01-16', JavaTooOld, "is Java 11"),
        ('openjdk version "16" 2021-03-16', JavaTooOld, "is Java 16"),
        ("damaged", JavaMissing, "does not say which one it is"),
    ],
)
def test_a_java_too_old_or_damaged_is_named(
    said: str,
    reason: type[JavaMissing],
    found: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(JavaMissing) as refused:
        Spark(tmp_path)
    told = str(JavaMissing(found=f"{java} {found}"))
    assert (type(refused.value), str(refused.value)) == (reason, told)
