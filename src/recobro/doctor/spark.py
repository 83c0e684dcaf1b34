"""Spark and Java: only a bank that outgrew one machine needs them."""

from importlib.metadata import version

from recobro.doctor import machine
from recobro.doctor.diagnosis import Diagnosis, see_to, well
from recobro.runs.java import java_missing


def spark() -> Diagnosis:
    """Tell whether a close could run on Spark."""
    (name, bounds), *_ = machine.asked("spark").items()
    why = machine.unfit(name, bounds)
    if why == "is not installed.":
        return well("spark", "not installed; DuckDB closes the book (Spark is for very large ones)")
    if why:
        return see_to("spark", f"{name} {why}", "pip install 'recobro[spark]'")
    missing = java_missing()
    if missing is None:
        return well("spark", f"{name} {version(name)} with Java")
    return see_to("spark", str(missing), "Nothing, if you never close with --backend spark.")
