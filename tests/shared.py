import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1].parent / "shared"


def shared(*parts: str) -> Path:
    """Return a file of the folder `shared` beside the repository.

    Its absence skips the test, and fails it where CI is true.
    """
    path = _ROOT.joinpath(*parts)
    if path.exists():
        return path
    missing = f"this test reads {'/'.join(('shared', *parts))} beside the repository: not there"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
