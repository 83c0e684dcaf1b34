"""Who else may look into the bank's folder."""

import stat

from recobro.doctor.diagnosis import Diagnosis, see_to, well
from recobro.runs.home import Home

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def rights(home: Home) -> Diagnosis:
    """Tell whether users other than the folder's own get into it: loans are personal data."""
    mode = home.path.stat().st_mode
    if not mode & _OTHERS:
        return well("rights", "only its own user gets in")
    return see_to(
        "rights",
        f"Other users of this machine get into {home.path} ({stat.filemode(mode)}).",
        f"chmod 700 {home.path}; leave it where others are to, such as the workers of a Spark "
        "cluster (docs/operators/spark.md).",
    )
