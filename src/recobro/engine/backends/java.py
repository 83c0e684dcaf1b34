"""The Java that Spark would run on."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from recobro.terms.refusal import Refusal

OLDEST = 17
"""The oldest Java that Spark runs on."""


class JavaMissing(Refusal):
    """There is no Java that Spark can run on."""

    def __init__(self, *, found: str) -> None:
        super().__init__(
            f"Spark needs Java {OLDEST} or later, and {found}; nothing was computed. Install one "
            "(Debian, Ubuntu: apt install default-jre-headless) and let JAVA_HOME name it, or "
            "close with --backend duckdb."
        )


class JavaTooOld(JavaMissing):
    """There is a Java, from before the oldest that Spark runs on."""

    def __init__(self, *, java: str, version: int) -> None:
        super().__init__(found=f"{java} is Java {version}")


def check() -> None:
    """Look where Spark looks: an old Java would end in pages of errors that do not say so.

    Raises JavaMissing, JavaTooOld.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        where = f"{home}/bin, where JAVA_HOME points" if home else "the folders of PATH"
        raise JavaMissing(found=f"there is none in {where}")
    asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - what Spark will run
    # Before 9 the second number is the one that counts: 1.8 is Java 8.
    version = re.search(r'version "(?:1\.)?(\d+)', asked.stderr)
    if version is None:
        raise JavaMissing(found=f"{java} does not say which one it is")
    if int(version[1]) < OLDEST:
        raise JavaTooOld(java=java, version=int(version[1]))
