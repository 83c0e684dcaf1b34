"""Whether Spark would find a Java; asked without a database."""

from recobro.engine.backends import java
from recobro.engine.backends.java import JavaMissing


def java_missing() -> JavaMissing | None:
    """Return what hinders Spark about this machine's Java; nothing where it is well."""
    try:
        java.check()
    except JavaMissing as missing:
        return missing
    return None
