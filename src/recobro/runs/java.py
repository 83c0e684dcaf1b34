"""Whether Spark would find a Java; asked without a database."""

from recobro.engine.backends.spark import JavaMissing, check_java


def java_missing() -> JavaMissing | None:
    """Return what hinders Spark about this machine's Java; nothing where it is well."""
    try:
        check_java()
    except JavaMissing as missing:
        return missing
    return None
