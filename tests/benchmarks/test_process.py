import os
import sys

import pytest

from benchmarks.process import Failed, run

MEGABYTES = 1 << 20


def _python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_a_run_is_timed_from_its_first_line_to_its_last() -> None:
    """
    0.2 s of nothing, "one", 0.3 s, "two", 0.1 s, "three" on standard error
    """
    done = run(
        _python(
            "import sys, time\n"
            "for pause, line in ((0.2, 'one'), (0.3, 'two'), (0.1, 'three')):\n"
            "    time.sleep(pause); print(line, file=sys.stderr)\n"
            "print('output')"
        )
    )
    assert done.output == "output\n"
    assert [*done.steps] == ["one", "two"]
    assert done.steps["one"] >= 0.2  # the first line may be read late
    assert 0.3 <= done.inside <= done.seconds - 0.2
    assert done.inside == pytest.approx(sum(done.steps.values()))


def test_memory_is_that_of_the_whole_tree() -> None:
    """
    a process of 100 MB that starts another of 100 MB, together for half a second
    """
    child = "held = bytearray(100 << 20); import time; time.sleep(0.5)"
    done = run(
        _python(
            "import subprocess, sys\n"
            "held = bytearray(100 << 20)\n"
            f"subprocess.run([sys.executable, '-c', {child!r}], check=True)"
        )
    )
    assert 200 * MEGABYTES < done.peak < 300 * MEGABYTES


def test_the_memory_of_who_measures_does_not_count() -> None:
    """
    400 MB held here, next to nothing there
    """
    held = bytearray(os.urandom(MEGABYTES) * 400)
    done = run(_python("import sys, time; time.sleep(0.3); print('done', file=sys.stderr)"))
    assert done.peak < len(held) / 4


def test_processor_seconds_are_those_of_the_run() -> None:
    """
    half a second of work, half a second of sleep
    """
    done = run(_python("import time\nwhile time.process_time() < 0.5: pass\ntime.sleep(0.5)"))
    assert 0.5 <= done.processor < 0.8
    assert done.seconds >= 1.0


def test_a_command_that_does_not_do_its_work_is_told() -> None:
    with pytest.raises(Failed, match=r"ended with 2; nothing was measured\.\nno such bank"):
        run(_python("import sys; print('no such bank', file=sys.stderr); sys.exit(2)"))
