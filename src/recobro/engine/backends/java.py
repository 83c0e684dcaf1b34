"""The Java that Spark would run on."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from recobro.terms.refusal import Phrase, Refusal

OLDEST = 17
"""The oldest Java that Spark runs on."""


class JavaMissing(Refusal):
    """There is no Java that Spark can run on."""

    says = (
        "Spark needs Java {oldest} or later, and {found}; nothing was computed. Install one "
        "(Debian, Ubuntu: apt install default-jre-headless) and let JAVA_HOME name it, or close "
        "with --backend duckdb."
    )

    def __init__(self, *, found: str) -> None:
        super().__init__(oldest=OLDEST, found=found)


class JavaTooOld(JavaMissing):
    """There is a Java, from before the oldest that Spark runs on."""

    def __init__(self, *, java: str, version: int) -> None:
        super().__init__(found=Phrase("{java} is Java {version}", java=java, version=version))


def check() -> None:
    """Look where Spark looks: an old Java would end in pages of errors that do not say so.

    Raises JavaMissing, JavaTooOld.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        nowhere = Phrase("there is none in the folders of PATH")
        there = Phrase("there is none in {folder}, where JAVA_HOME points", folder=f"{home}/bin")
        raise JavaMissing(found=there if home else nowhere)
    asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - what Spark will run
    # Before 9 the second number is the one that counts: 1.8 is Java 8.
    version = re.search(r'version "(?:1\.)?(\d+)', asked.stderr)
    if version is None:
        raise JavaMissing(found=Phrase("{java} does not say which one it is", java=java))
    if int(version[1]) < OLDEST:
        raise JavaTooOld(java=java, version=int(version[1]))
