"""Show the closes of a bank, and tell how long it took: `python -m benchmarks.inside HOME`.

With more words they are a command of Django's, done in that bank.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path


def main(home: str, *words: str) -> None:
    """Do it inside this process, so that what Python takes to start does not count."""
    os.environ |= {"RECOBRO_HOME": home, "DJANGO_SETTINGS_MODULE": "recobro.config.settings"}
    import django  # noqa: PLC0415 - needs the environment above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - needs Django

    if words:
        call_command(*words, verbosity=0)
        return
    from recobro.book.models import Standing  # noqa: PLC0415 - the same
    from recobro.book.queries import latest_shown  # noqa: PLC0415 - the same
    from recobro.casework.case.models import Case  # noqa: PLC0415 - the same
    from recobro.runs.home import Home  # noqa: PLC0415 - the same
    from recobro.runs.operations import show  # noqa: PLC0415 - the same

    began, used = time.perf_counter(), time.process_time()
    show(home=Home(Path(home)), at=datetime.now(tz=UTC))
    told = {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - used,
        "problems": Standing.objects.filter(close=latest_shown()).count(),
        "cases": Case.objects.filter(closed_on__isnull=True).count(),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
