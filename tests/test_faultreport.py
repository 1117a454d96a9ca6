"""The report of an unexpected error, and the command line that prints one."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import __version__, cli, faultreport, racefile


def fault_of(error: BaseException) -> faultreport.Fault:
    try:
        raise error
    except BaseException as caught:
        return faultreport.fault(caught)


def test_it_says_what_where_and_on_what() -> None:
    race = racefile.dumps(racefile.find("ravine"))
    text = faultreport.compose([fault_of(ValueError("odd"))], race, ["a painter is still at work"])
    assert text.startswith(f"optim-race {__version__}: report of an unexpected error\n")
    for part in ("ValueError: odd", "in fault_of", "Python 3.", "numpy ", "a painter is still at work", race.rstrip()):
        assert part in text


def test_the_same_place_is_the_same_error_whatever_it_says() -> None:
    first, second = fault_of(ValueError("1")), fault_of(ValueError("2"))
    assert first.place == second.place
    assert fault_of(KeyError("1")).place != first.place


def test_errors_that_resist_are_reported_too() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def deep() -> None:
        deep()

    assert "Mute" in fault_of(Mute()).what
    with pytest.raises(RecursionError) as caught:
        deep()
    assert len(faultreport.fault(caught.value).trace) < 1.1 * faultreport.LONGEST_TRACE
    long = fault_of(ValueError("x" * 100_000))
    assert len(long.what) <= 300 and len(long.trace) < 1.1 * faultreport.LONGEST_TRACE


def test_the_persons_name_is_not_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada.lovelace"))
    text = faultreport.compose([fault_of(ValueError("/home/ada.lovelace/races/mine.toml"))])
    assert "ada" not in text
    assert "~/races/mine.toml" in text


def test_a_fault_of_a_command_is_reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli, "_dispatch", broken)
    assert cli.main(["list", "races"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"optim-race {__version__}: report of an unexpected error")
    assert "ZeroDivisionError: division by zero" in err and "in broken" in err
