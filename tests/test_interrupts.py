import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from simulator import interrupts

ROOT = Path(__file__).parents[1]


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


def test_who_ignores_interrupts_goes_on_ignoring_them(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send")
def test_an_interrupt_while_qt_is_loaded_ends_quietly(tmp_path: Path) -> None:
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
        "code = cli.main(['export', 'ravine', sys.argv[1]])\n"
        "assert sent\n"
        "sys.exit(code)"
    )
    written = str(tmp_path / "a.png")
    done = subprocess.run([sys.executable, "-c", code, written], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, b"")
    assert not list(tmp_path.iterdir())
