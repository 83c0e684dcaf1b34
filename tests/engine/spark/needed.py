"""What the tests of Spark need beside Python."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

CONF = Path(__file__).parent / "conf"


def needs_spark() -> None:
    """Skip a test where Spark or Java is missing; fail it where CI is true."""
    if find_spec("pyspark") and shutil.which("java"):
        return
    missing = "needs Spark and Java 17: make setup-spark, apt install default-jre-headless"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
