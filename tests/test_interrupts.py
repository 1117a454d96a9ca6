import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from simulator import interrupts
from simulator.export import csv
from simulator.export.formats import FORMATS, Shot
from simulator.studies import workers
from tests import interrupted
from tests.commandline import write_race
from tests.places import ROOT


def test_an_interrupt_waits_until_it_may_come() -> None:
    done: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts.held():
        signal.raise_signal(signal.SIGINT)
        done.append("the whole of it")
    assert done == ["the whole of it"]
    assert signal.getsignal(signal.SIGINT) is before


def test_nothing_comes_of_itself_and_errors_pass() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts.held():
        pass
    with pytest.raises(ValueError, match="mine"), interrupts.held():
        raise ValueError("mine")
    assert signal.getsignal(signal.SIGINT) is before


def test_who_ignores_interrupts_goes_on_ignoring_them() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_holds_nothing_and_does_not_fail() -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with interrupts.held():
                pass
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not failed


def test_a_bit_of_a_file_is_written_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def writer(shot: Shot, stream: BinaryIO) -> Iterator[float]:
        try:
            yield 0.1
            signal.raise_signal(signal.SIGINT)
            done.append("the bit")
            yield 0.5
        finally:
            done.append("cleared up")

    monkeypatch.setattr(csv, "export", writer)
    work = FORMATS["csv"].write(Shot(None), BytesIO())  # type: ignore[arg-type]
    assert next(work) == 0.1
    with pytest.raises(KeyboardInterrupt):
        next(work)
    assert done == ["the bit", "cleared up"]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send")
@pytest.mark.parametrize("command", [["export", "ravine", "a.png"], ["gui", "ravine"], ["lesson", "step_size"]])
def test_an_interrupt_while_qt_is_loaded_ends_quietly(command: list[str], tmp_path: Path) -> None:
    """It falls into the Python that shiboken runs on its way, whose failure ends the process by abort()."""
    pytest.importorskip("PySide6")
    code = (
        "import signal, sys\n"
        "from simulator import cli\n"
        "sent = []\n"
        "def look(frame, event, arg):\n"
        "    if not sent and 'signature_bootstrap' in frame.f_code.co_filename:\n"
        "        sent.append(frame); signal.raise_signal(signal.SIGINT)\n"
        "sys.setprofile(look)\n"
        "code = cli.main(sys.argv[1:])\n"
        "assert sent\n"
        "sys.exit(code)"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=tmp_path, env=environment, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, b"")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send")
@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("simulator/cli.py", "<module>"), ("commands/run.py", "<module>"), ("numpy/__init__.py", "<module>"),
        ("optimizers/momentum.py", "<module>"), ("engine.py", "_advance"), ("export/csv.py", "export"),
    ],
)  # fmt: skip
def test_an_interrupt_while_modules_are_read_or_later_ends_quietly(where: str, what: str, tmp_path: Path) -> None:
    race = write_race(tmp_path)
    code = (
        "import signal, sys\n"
        "from simulator import __main__ as entry\n"
        "sent = []\n"
        "def look(frame, event, arg):\n"
        "    code = frame.f_code\n"
        f"    if not sent and code.co_name == {what!r} and code.co_filename.endswith({where!r}):\n"
        "        sent.append(frame); signal.raise_signal(signal.SIGINT)\n"
        "sys.setprofile(look)\n"
        "code = entry.main()\n"
        "sys.exit(code if sent else 'no interrupt came')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", race, "--csv", "a.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    )
    assert (done.returncode, done.stderr) == (130, b"")
    assert not done.stdout or where == "export/csv.py"  # written once the table is told
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send")
def test_an_interrupt_after_the_end_says_nothing() -> None:
    code = (
        "import atexit, signal, sys\n"
        "from simulator import __main__ as entry\n"
        "atexit.register(signal.raise_signal, signal.SIGINT)\n"
        "sys.argv[1:] = ['--version']\n"
        "sys.exit(entry.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


def _masked(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="it cannot be kept from a process there")
def test_a_worker_hears_no_interrupt_from_its_first_moment_on() -> None:
    """It would print a traceback for each module it is in the midst of."""
    assert list(workers.spread(_masked, [0], 1)) == [True]
    assert not _masked(0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="goes aside by forks")
def test_an_interrupt_at_any_line_is_heard(tmp_path: Path) -> None:
    """At one line in thirty here, at every second in the long tests."""
    lines, faults = interrupted.tried(tmp_path, 30, "run", write_race(tmp_path), "--csv", "a.csv")
    assert lines > 500 and not faults


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="goes aside by forks")
def test_an_interrupt_that_is_lost_is_found(tmp_path: Path) -> None:
    planted = (
        "from simulator import recording\n"
        "judge = recording.judge\n"
        "def forgetting(*given):\n"
        "    try:\n"
        "        judge(*given)\n"
        "    except KeyboardInterrupt:\n"
        "        pass\n"
        "recording.judge = forgetting\n"
    )
    _, faults = interrupted.tried(tmp_path, 30, "run", write_race(tmp_path), planted=planted)
    assert any("referee.py" in where and ended == 0 for where, ended, *_ in faults)
