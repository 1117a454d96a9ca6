"""``optim-race export`` and the table of formats it is made from."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from simulator import racefile, resources
from simulator.cli import main
from simulator.commands import output
from simulator.engine import Engine
from simulator.export import mp4
from simulator.export.formats import FORMATS, Format, Shot, ending, texts
from simulator.export.options import OPTIONS, Options
from tests.commandline import ok, process, refused, with_qt, without_qt, write_race
from tests.exports import READERS
from tests.places import ROOT

TABLES = [name for name, known in FORMATS.items() if not known.needs_qt]
DRAWN = [name for name, known in FORMATS.items() if known.needs_qt and not known.needs_ffmpeg]
DATED = ("mp4", "pdf")  # ffmpeg's version and Qt's date are in them
SMALL = {"size": "480x360", "frames": "4"}


@pytest.fixture
def race(tmp_path: Path) -> str:
    return write_race(tmp_path)


def small(name: str) -> list[str]:
    """Options that make a picture or movie quick to draw."""
    return [word for key, value in SMALL.items() if key in FORMATS[name].options for word in (f"--{key}", value)]


# The table.


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_all_that_is_asked_of_it(name: str) -> None:
    known = FORMATS[name]
    assert known.a.split()[0] in ("a", "an") and known.title
    assert known.purpose and not known.purpose.endswith(".")
    assert set(known.options) <= set(OPTIONS)
    assert name in READERS, "tests/exports.py must know how to read it back"
    module, _, function = known.writer.partition(":")
    source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text()
    assert f"\ndef {function}(shot: Shot, stream: BinaryIO) -> Generator[float]:" in source


def test_an_ending_is_read_in_any_case() -> None:
    assert [ending(path) for path in ("a.PNG", "b.tar.gif", "c", ".csv", "-")] == ["png", "gif", "", "", ""]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("sample", resources.sample_races())
def test_every_sample_is_written_as_every_table(sample: str, name: str, tmp_path: Path) -> None:
    path, steps = tmp_path / f"a.{name}", "20"
    assert main(["export", sample, str(path), "--steps", steps, "--quiet"]) == 0
    data = racefile.load_data(sample) | {"steps": 20}
    READERS[name](path, racefile.from_data(data))


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("sample", ["ravine", "flip-network", "step-size", "mini-batches", "sudden-shift"])
def test_samples_are_written_as_every_picture(sample: str, name: str, tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    path = tmp_path / f"a.{name}"
    assert main(["export", sample, str(path), "--steps", "20", "--quiet", *small(name)]) == 0
    data = racefile.load_data(sample) | {"steps": 20}
    READERS[name](path, racefile.from_data(data))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_a_race_is_written_as_a_video(race: str, tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    assert main(["export", race, str(tmp_path / "a.mp4"), "--quiet", *small("mp4"), "--size", "481x361"]) == 0
    READERS["mp4"](tmp_path / "a.mp4", racefile.find(race))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in DATED])
def test_the_same_race_gives_the_same_bytes(name: str, race: str, tmp_path: Path) -> None:
    if FORMATS[name].needs_qt:
        pytest.importorskip("PySide6")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert main(["export", race, str(tmp_path / folder / f"x.{name}"), "--quiet", *small(name)]) == 0
    assert (tmp_path / "a" / f"x.{name}").read_bytes() == (tmp_path / "b" / f"x.{name}").read_bytes()


# The command.


def test_run_and_export_write_the_same(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in TABLES:
        one, other = tmp_path / f"run.{name}", tmp_path / f"export.{name}"
        ok(capsys, "run", race, f"--{name}", str(one), "--quiet")
        assert ok(capsys, "export", race, str(other)) == f"{other}: {FORMATS[name].title}\n"
        assert one.read_bytes() == other.read_bytes()


def test_a_picture_says_what_its_curves_count(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("PySide6")
    path = tmp_path / "a.svg"
    ok(
        capsys,
        "export",
        race,
        str(path),
        "--axis",
        "cost",
        "--weights",
        "0.5,4",
        "--curve",
        "gradient",
        "--scale",
        "linear",
    )
    said = path.read_text()
    assert "cost: gradients + 0.5 · losses + 4 · Hessians →" in said and "‖∇f‖, linear scale" in said
    ok(capsys, "export", race, str(path), "--axis", "evaluations")
    assert "gradient evaluations →" in path.read_text()


def test_several_files_at_once_and_changes(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(tmp_path / name) for name in ("a.csv", "b.CSV", "c.json")]
    changes = ("--steps", "7", "--set", "SGD.lr=0.5", "--seed", "3")
    ok(capsys, "export", race, *files, *changes)
    assert Path(files[0]).read_bytes() == Path(files[1]).read_bytes()
    assert len(Path(files[0]).read_text().splitlines()) == 1 + 4 * 8


def test_standard_output(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in TABLES:
        assert ok(capsys, "export", race, "-", "--as", name) == ok(capsys, "run", race, "--quiet", f"--{name}", "-")


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["{tmp}/a.gfi"], ["{tmp}/a.gfi: no export is called .gfi; did you mean 'gif'?; there are {all}"]),
        (["{tmp}/a"], ["{tmp}/a: has no ending to say what it shall be; there are {all}"]),
        (["{tmp}/no/a.csv"], ["FILE: cannot write {tmp}/no/a.csv: there is no folder {tmp}/no"]),
        (["{tmp}/a.csv", "{tmp}/./a.csv"], ["FILE: {tmp}/./a.csv is given to FILE as well"]),
        (["-"], ["FILE: - needs --as, which must be {texts}"]),
        (["-", "--as", "jsn"], ["--as: must be {texts}, got 'jsn'; did you mean 'json'?"]),
        (["{tmp}/a.csv", "--as", "csv"], ["--as: says what - shall be, and no FILE is -"]),
        (["{tmp}/a.csv", "--fps", "9"], ["--fps: is for .gif, .mp4, and no FILE is one of these"]),
        (["{tmp}/a.png", "--step", "41"], ["--step: this race has steps 0 to 40, got 41"]),
        (
            ["{tmp}/a.gif", "--step", "5", "--from", "6"],
            ["--from: must not be after the last step shown, 5, got 6"],
        ),
        (
            ["{tmp}/a.png", "--size", "4000x4000", "--dpi", "600"],
            ["{tmp}/a.png: 25000 × 25000 are more than 64,000,000 pixels; take a smaller --dpi or --size"],
        ),
        (
            ["{tmp}/a.gif", "--size", "9x9", "--dpi", "x", "--theme", "pink", "--fps", "99", "--seconds", "nan"],
            [
                "--size: must be WxH, such as 800x600, each side from 320 to 4000, got '9x9'",
                "--dpi: must be a whole number from 48 to 600, got 'x'",
                "--theme: must be one of light, dark, projector, got 'pink'",
                "--fps: must be a whole number from 1 to 50, got '99'",
                "--seconds: must be a number from 1 to 120, got 'nan'",
            ],
        ),
        (
            ["{tmp}/a.png", "--axis", "cot", "--curve", "f", "--scale", "x", "--weights", "1,-1"],
            [
                "--curve: must be one of loss, gradient, lr, got 'f'",
                "--axis: must be one of steps, evaluations, cost, got 'cot'",
                "--scale: must be one of log, linear, got 'x'",
                "--weights: must be two numbers from 0 to 1000, such as 0.333,2, got '1,-1'",
            ],
        ),
        (["{tmp}/a.png", "--axis", "steps", "--weights", "1,1"], ["--weights: are those of --axis cost"]),
        (
            ["{tmp}/a.png", "--axis", "cost", "--weights", "nan,1"],
            ["--weights: must be two numbers from 0 to 1000, such as 0.333,2, got 'nan,1'"],
        ),
        (
            ["{tmp}/a.csv", "--axis", "cost"],
            ["--axis: is for .png, .svg, .pdf, .gif, .mp4, .html, and no FILE is one of these"],
        ),
        (
            ["{tmp}/a.gif", "--frames", "9", "--seconds", "2"],
            ["--seconds: the length is given by --frames as well"],
        ),
        (
            ["{tmp}/x.y", "--step", "-1", "--set", "stpes=3"],
            [
                "--step: must be a whole number from 0, got '-1'",
                "{tmp}/x.y: no export is called .y; there are {all}",
                "stpes: no entrant and no key of a race is called 'stpes'; did you mean 'steps'?",
            ],
        ),
    ],
)
def test_every_fault_has_a_line_of_its_own(
    words: list[str],
    lines: list[str],
    race: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with_qt(monkeypatch)
    monkeypatch.setitem(sys.modules, "PIL", with_a_spec("PIL"))
    known = {"tmp": tmp_path, "all": ", ".join(f".{name}" for name in FORMATS), "texts": ", ".join(texts())}
    given = [word.format(**known) for word in words]
    assert refused(capsys, "export", race, *given) == [line.format(**known) for line in lines]
    assert [path.name for path in tmp_path.iterdir()] == ["two.toml"]


def test_the_race_itself_is_never_written_over(race: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "race.csv"
    Path(race).rename(table)
    assert refused(capsys, "export", str(table), str(table)) == [f"FILE: {table} is given to RACE as well"]


def test_without_qt_or_ffmpeg_one_line_each(
    race: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_qt(monkeypatch)
    monkeypatch.setitem(sys.modules, "PIL", with_a_spec("PIL"))
    monkeypatch.setattr(mp4.shutil, "which", lambda name: None)
    qt, ffmpeg = refused(capsys, "export", race, str(tmp_path / "a.gif"), str(tmp_path / "a.mp4"))
    assert qt.startswith("a GIF movie needs Qt and pyqtgraph: pip install")
    assert ffmpeg.startswith("an MP4 movie needs ffmpeg, which is not on the PATH: ")


def with_a_spec(name: str) -> ModuleType:
    """A module that is found, whether it is installed or not."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    return module


def test_without_pillow_a_gif_says_what_to_install(
    race: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    path = str(tmp_path / "a.gif")
    assert refused(capsys, "export", race, path)[-1] == "a GIF movie needs Pillow: pip install Pillow"


def test_a_writer_that_fails_leaves_what_was_there(
    race: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: Format, shot: Shot, stream: object) -> object:
        stream.write(b"half")  # type: ignore[attr-defined]
        yield 0.5
        raise OSError("ffmpeg: no such encoder")

    monkeypatch.setattr(Format, "write", broken)
    (path := tmp_path / "a.csv").write_text("precious")
    assert refused(capsys, "export", race, str(path), code=1) == [f"cannot write {path}: ffmpeg: no such encoder"]
    assert path.read_text() == "precious"
    assert sorted(it.name for it in tmp_path.iterdir()) == ["a.csv", "two.toml"]


def test_pictures_are_drawn_without_a_display(race: str, tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = process("export", race, str(tmp_path / "a.gif"), *small("gif"), "--quiet", env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send")
def test_an_interrupt_leaves_no_half_file(race: str, tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    command = [sys.executable, "-m", "simulator", "export", race, str(tmp_path / "a.gif"), "--frames", "3000"]
    running = subprocess.Popen([*command, "--steps", "20000"], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60.0
    while not list(tmp_path.glob(".optim-race-*")) and time.monotonic() < end:
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "")
    assert [path.name for path in tmp_path.iterdir()] == ["two.toml"]


def test_progress_is_told_of_all_files_together(race: str, tmp_path: Path) -> None:
    shares: list[float] = []

    class Told:
        def at(self, share: float, what: str) -> None:
            shares.append(share)

    recording = Engine(racefile.find(race)).run()
    outputs = [output.Output("FILE", str(tmp_path / name), "csv", Options()) for name in ("a.csv", "b.csv")]
    output.write(outputs, recording, Told())  # type: ignore[arg-type]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < 0.5 < shares[-1] <= 1.0
