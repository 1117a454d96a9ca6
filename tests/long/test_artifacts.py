"""What is handed out: really built, installed, run without and with a screen, compared with the source, and removed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import debian
import licences
import prune
import pytest
import tools
import trial
from targets import deb, portable, target

from simulator import display, racefile
from simulator.export.formats import FORMATS

LINUX = sys.platform.startswith("linux")
TYPES = {
    "ravine.race.toml": "application/x-optim-race+toml",
    "ravine.toml": "application/toml",  # whatever is in it
    "first.lesson.toml": "application/x-optim-race-lesson+toml",
    "pyproject.toml": "application/toml",
}


def test_wheel_and_source_archive(tmp_path: Path) -> None:
    wheel = target("wheel")
    empty = tmp_path / "empty"
    empty.mkdir()
    for artifact in wheel.build(empty, tmp_path):
        done = trial.tried(wheel, artifact)
        assert_screens(done.screens)
        assert done.artifact < 6e6


@pytest.mark.skipif(not LINUX, reason="an archive for Linux")
def test_portable_archive(frozen: Path, tmp_path: Path) -> None:
    (archive,) = portable.build(frozen, tmp_path)
    done = trial.tried(target("portable"), archive)
    assert_screens(done.screens)
    assert done.artifact < 85e6 and done.installed < 200e6
    place = tmp_path / "ein Ordner, ορισμένος 場所"
    place.mkdir()
    program = portable.install(archive, place)
    assert_holds_everything(program)
    with read_only(place):
        assert_races(program, tmp_path)
        assert_has_what_is_seldom_loaded(program, tmp_path)
    assert portable.uninstall(archive, place) == []


@pytest.mark.skipif(not LINUX or not shutil.which("dpkg-shlibdeps"), reason="dpkg-dev is not here")
@pytest.mark.skipif(not debian.is_root(), reason="only root can install a package")
def test_debian_package(frozen: Path, tmp_path: Path) -> None:
    """In one, for a machine has a package once."""
    (package,) = deb.build(frozen, tmp_path)
    assert tools.size(package) <= 55e6
    checked("lintian", "--fail-on", "error", "--suppress-tags", "no-changelog", package)
    place = tmp_path / "nothing"
    place.mkdir()
    program = deb.install(package, place)
    try:
        assert_screens(trial.selftested(program, tmp_path))
        trial.compared(program, tmp_path)
        share = Path("/usr/share")
        assert any(one.startswith("libc6 (>= 2.") for one in depends(package))
        window = {packages[0] for packages in (display.ANY_WINDOW | display.X11_WINDOW).values()}
        assert window <= {one.split(" ")[0] for one in depends(package)}
        assert tools.run("dpkg", "--verify", "optim-race") == ""
        checked("desktop-file-validate", share / "applications" / "optim-race.desktop")
        lenient = "--override=cid-desktopapp-is-not-rdns=info"  # the program has no domain of its own
        checked("appstreamcli", "validate", "--no-net", lenient, share / "metainfo" / "optim-race.metainfo.xml")
        checked("man", "--warnings", "--local-file", share / "man" / "man1" / "optim-race.1.gz")
        assert_types(tmp_path)
        assert_opens(share / "applications" / "optim-race.desktop", tmp_path)
    finally:
        left = deb.uninstall(package, place)
    assert left == []


def assert_screens(seen: tuple[str, ...]) -> None:
    assert seen == ("offscreen", "Xvfb") or not shutil.which("Xvfb")


def checked(command: str, *arguments: str | Path) -> None:
    """A validator agrees, where there is one."""
    if shutil.which(command):
        tools.run(command, *arguments)


def depends(package: Path) -> list[str]:
    return tools.run("dpkg-deb", "--field", package, "Depends").strip().split(", ")


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Nobody may write there; root, who may write anywhere, is told of it by what has changed."""
    before = {path: path.lstat().st_mtime_ns for path in place.rglob("*")}
    folders = [path for path in [place, *place.rglob("*")] if path.is_dir() and not path.is_symlink()]
    for path in folders:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path in folders:
            path.chmod(0o755)
    assert {path: path.lstat().st_mtime_ns for path in place.rglob("*")} == before


def assert_races(program: Path, tmp_path: Path) -> None:
    """Its numbers are those of the source, and it draws and writes pictures."""
    env = tools.plain_environment(tmp_path / "home") | {"QT_QPA_PLATFORM": "offscreen"}
    trial.compared(program, tmp_path)
    tools.run(program, "run", "ravine", "--quiet", "--csv", "theirs.csv", "--png", "race.png", cwd=tmp_path, env=env)
    has_ffmpeg = shutil.which("ffmpeg")  # which wants its own libraries, not the program's
    files = [f"race.{kind}" for kind, known in FORMATS.items() if has_ffmpeg or not known.needs_ffmpeg]
    tools.run(program, "export", "ravine", *files, cwd=tmp_path, env=env)
    ours = [sys.executable, "-m", "simulator", "run", "ravine", "--quiet", "--csv", tmp_path / "ours.csv"]
    tools.run(*ours, cwd=tools.ROOT, env=env)
    assert (tmp_path / "theirs.csv").read_bytes() == (tmp_path / "ours.csv").read_bytes()
    assert racefile.find(tmp_path / "race.png") == racefile.find("ravine")


def assert_has_what_is_seldom_loaded(program: Path, tmp_path: Path) -> None:
    """Recorded runs to compare with, the laws of lessons, writers of scripts, settings."""
    env = tools.plain_environment(tmp_path / "home") | {"QT_QPA_PLATFORM": "offscreen"}
    for words in (
        "selftest --full",
        "lesson write step_size my.lesson.toml",
        "lesson check my.lesson.toml",
        "code ravine --for numpy --out path.py",
        "describe adam",
        "settings theme=dark",
    ):
        tools.run(program, *words.split(), cwd=tmp_path, env=env)
    assert 'theme = "dark"' in (tmp_path / "home" / "settings" / "settings.toml").read_text(encoding="utf-8")


def assert_holds_everything(program: Path) -> None:
    """Every module of ours, every file of assets, every library that another asks for, and a licence a package."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    held = set(archive.open_embedded_archive("PYZ.pyz").toc)
    package = tools.ROOT / "simulator"
    ours = {".".join(path.relative_to(tools.ROOT).with_suffix("").parts) for path in package.rglob("*.py")}
    assert {name.removesuffix(".__init__") for name in ours} - {"simulator.__main__"} <= held
    inside = program.parent / "_internal"
    for name in prune.assets():
        shipped = {path.name for path in (tools.ROOT / "assets" / name).rglob("*") if path.is_file()}
        shipped -= {"render.py"} | {path for path in shipped if path.endswith(".pyc")}
        assert shipped <= {path.name for path in (inside / "assets" / name).rglob("*")}
    env = {**os.environ, "LD_LIBRARY_PATH": str(inside)}
    linked = [tools.run("ldd", path, env=env) for path in inside.rglob("*.so*") if debian.is_elf(path)]
    assert [line for said in linked for line in said.splitlines() if "not found" in line] == []
    assert [path for path in inside.rglob("*") if path.is_symlink() and not path.exists()] == []
    known = {path.name for path in (inside / "licences").iterdir()}
    assert {"optim-race", "python", "numpy", "pillow", "pyside6-essentials", "pyqtgraph"} <= known
    for package in prune.carried():  # each text, also where many have one name
        texts = [Path(str(path.locate())) for path in licences.told(package)]
        texts += [tools.PACKAGING / "licences" / name for name in licences.TEXTS.get(package, ())]
        shipped = [path for path in (inside / "licences" / package).rglob("*") if path.is_file()]
        assert sorted(path.read_bytes() for path in texts) == sorted(path.read_bytes() for path in shipped), package
    if shutil.which("dpkg-query"):
        assert list((inside / licences.SYSTEM).glob("libglib2.0-0*.txt"))  # Ubuntu has added letters


def assert_types(tmp_path: Path) -> None:
    """A desktop knows our files by their names, and leaves all other TOML what it is."""
    if not all(map(shutil.which, ("gio", "update-mime-database", "update-desktop-database"))):
        return
    race = racefile.dumps(racefile.find("ravine"))
    for name, kind in TYPES.items():
        (tmp_path / name).write_text(race if "ravine" in name else "title = 1\n", encoding="utf-8")
        said = tools.run("gio", "info", "--attributes=standard::fast-content-type", tmp_path / name)
        assert f"standard::fast-content-type: {kind}\n" in said, name
    (tmp_path / "ravine").write_text(race, encoding="utf-8")  # without an ending, what it begins with counts
    said = tools.run("gio", "info", "--attributes=standard::content-type", tmp_path / "ravine")
    assert "standard::content-type: application/x-optim-race+toml\n" in said
    assert "optim-race.desktop" in tools.run("gio", "mime", "application/x-optim-race+toml")


def assert_opens(entry: Path, tmp_path: Path) -> None:
    """A double click runs the entry's Exec with the file, and the window shows its race."""
    if not (shutil.which("xdotool") and shutil.which("Xvfb")):
        return
    race = tmp_path / "Doppelklick auf αβ.race.toml"
    text = racefile.dumps(racefile.find("ravine"))
    race.write_text(re.sub(r"^title = .*$", 'title = "Opened by a click"', text, flags=re.M), encoding="utf-8")
    command = re.search(r"^Exec=(.*)$", entry.read_text(encoding="utf-8"), re.M)
    assert command
    words = [str(race) if word == "%f" else word for word in shlex.split(command[1])]
    with trial.screen() as screen:
        assert screen
        env = tools.plain_environment(tmp_path / "home") | {"DISPLAY": screen, "PATH": "/usr/bin:/bin"}
        with subprocess.Popen(words, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as program:
            look = ["timeout", "60", "xdotool", "search", "--sync", "--name", "Opened by a click"]
            try:
                assert tools.run(*look, env={**os.environ, "DISPLAY": screen}).strip()
            finally:
                program.send_signal(signal.SIGINT)
                said = program.communicate(timeout=60)[1]
        assert (program.returncode, said) == (0, "")
