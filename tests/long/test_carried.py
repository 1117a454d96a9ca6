"""The frozen program as it lies on a USB stick and in an AppImage: really built, run on a screen, and taken away.

Packing the folder into one file is the AppImage tool's work, which a release does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tools
import trial
from targets import appimage, usb

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folder of Linux")


def start(program: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it as a person who never named a folder for settings."""
    env = tools.plain_environment(home) | {"QT_QPA_PLATFORM": "offscreen"}
    del env["OPTIM_RACE_CONFIG"]
    command = [program, *arguments]
    return subprocess.run(command, cwd=home, env=env, capture_output=True, encoding="utf-8", timeout=120)


def written(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_a_stick_keeps_its_settings_and_leaves_none_on_the_machine(frozen: Path, tmp_path: Path) -> None:
    (archive,) = usb.build(frozen, tmp_path)
    stick, home = tmp_path / "stick", tmp_path / "home"
    stick.mkdir()
    program = usb.install(archive, stick)
    said = start(program, home, "settings", "theme=dark")
    assert said.returncode == 0, said.stderr
    assert "dark" in (program.parent / "settings" / "settings.toml").read_text(encoding="utf-8")
    assert list(written(home)) == []
    shutil.rmtree(program.parent / "settings")  # as the notes say: now they stay with the person
    assert start(program, home, "settings", "theme=dark").returncode == 0
    assert [path.name for path in written(home)] == ["settings.toml"]
    assert usb.uninstall(archive, stick) == []


def test_the_folder_of_an_appimage_runs_wherever_it_lies(frozen: Path, tmp_path: Path) -> None:
    appdir = appimage.laid_out(frozen, tmp_path / "a place" / "optim-race.AppDir")
    entry = (appdir / "optim-race.desktop").read_text(encoding="utf-8")
    assert "Icon=optim-race\n" in entry and (appdir / "optim-race.png").is_file()
    assert (appdir / ".DirIcon").resolve() == appdir / "optim-race.png"
    link = tmp_path / "AppRun"  # a mounted image is reached by another path each time
    link.symlink_to(appdir / "AppRun")
    screens = trial.selftested(link, tmp_path)
    trial.compared(link, tmp_path)
    assert "Xvfb" in screens or not shutil.which("Xvfb")
    if shutil.which("desktop-file-validate"):  # the tool refuses to pack what this refuses
        tools.run("desktop-file-validate", "--no-hints", appdir / "optim-race.desktop")


def test_the_appimage_is_packed_by_the_tool_or_refused_in_one_line(tmp_path: Path) -> None:
    if shutil.which("appimagetool"):
        pytest.skip("the tool is here: build.py appimage does it all")
    command = [sys.executable, tools.PACKAGING / "build.py", "appimage", "--out", tmp_path]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ, timeout=60)
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1 and "appimagetool is missing" in said.stderr
    assert list(tmp_path.iterdir()) == []
