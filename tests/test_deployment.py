"""The notes for administrators: what they tell people to type is what the installers and the program understand."""

import re
import sys
from pathlib import Path

import inno
import platformdirs.macos
import platformdirs.unix
import platformdirs.windows
import pytest

from simulator import arguments, cli, folders, options, preferences
from simulator.commands import settings
from tests.places import ROOT

NOTES = (ROOT / "packaging" / "DEPLOYMENT.md").read_text(encoding="utf-8")
COMMANDS = [line.strip() for line in re.findall(r"^    (\S.*)$", NOTES, re.M)]
SCRIPT = inno.Script((ROOT / "packaging" / "windows" / "optim-race.iss").read_text(encoding="utf-8"))
SWITCHES = {"VERYSILENT", "SUPPRESSMSGBOXES", "NORESTART", "CURRENTUSER", "ALLUSERS", "DIR", "TASKS", "LOG"}


def test_every_system_is_installed_checked_and_removed():
    sections = re.split(r"^## ", NOTES, flags=re.M)[1:]
    for section in sections[:4]:
        assert re.search(r"selftest$", section, re.M), section
        assert re.search(r"unins000\.exe|^    (sudo apt remove|rm )", section, re.M), section


def test_silent_switches_are_those_that_a_release_is_tried_with():
    from targets.windows import SILENT

    lines = [line for line in COMMANDS if "setup.exe" in line or "unins000" in line]
    assert len(lines) == 4
    for line in lines:
        assert all(switch in line.split() for switch in SILENT), line
    assert set(re.findall(r"(?<=[ `])/([A-Z]+)\b", NOTES)) == SWITCHES
    assert {"/CURRENTUSER", "/ALLUSERS"} == {line.split()[-1] for line in lines if "setup.exe" in line}


def test_tasks_are_those_of_the_setup_program():
    (named,) = re.findall(r'/TASKS="([^"]+)"', NOTES)
    assert set(named.split(",")) == {entry["Name"] for entry in SCRIPT.of("Tasks")}


def test_the_setup_program_installs_where_the_notes_look():
    assert SCRIPT.setup["DefaultDirName"] == r"{autopf}\optim-race"
    places = re.findall(r'"(%\w+%[^"]*)\\([^"\\]+)"', NOTES)
    assert {place for place, _ in places} == {r"%LOCALAPPDATA%\Programs\optim-race", r"%ProgramFiles%\optim-race"}
    assert {name for _, name in places} <= {*inno.FROZEN, "unins000.exe"}


@pytest.mark.parametrize("target, system, machine", [
    ("windows", "win32", "AMD64"),
    ("usb", "win32", "AMD64"),
    ("macos", "darwin", "arm64"),
    ("appimage", "linux", "x86_64"),
    ("portable", "linux", "x86_64"),
])  # fmt: skip
def test_artifacts_have_the_names_that_the_recipe_gives(target, system, machine, monkeypatch, tmp_path):
    import targets
    from tools import version

    if target == "windows":
        pytest.importorskip("PIL")
    one = targets.target(target)
    (tmp_path / "frozen").mkdir()
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(one, "run", lambda *command, **rest: Path(command[-1]).touch(), raising=False)
    (artifact,) = one.build(tmp_path / "frozen", tmp_path)
    assert artifact.name.replace(version(), "VERSION") in NOTES


def test_commands_of_the_program_are_commands_of_the_program():
    words = re.findall(r"(?:optim-race|AppImage|optim-race-cli\.exe\"?) ([a-z-]+)$", "\n".join(COMMANDS), re.M)
    assert words.count("selftest") >= 6
    assert set(words) - {"optim-race"} <= set(cli.COMMANDS)
    named = re.findall(r"`optim-race ([a-z]+)(?: [a-z]+)?`", NOTES)
    assert named and set(named) <= set(cli.COMMANDS)
    for option in re.findall(r"`selftest (--[\w-]+)`", NOTES):
        assert arguments.parser().parse_args(["selftest", option])


def test_settings_are_where_the_notes_say(monkeypatch):
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", {
        "CSIDL_LOCAL_APPDATA": "%LOCALAPPDATA%", "CSIDL_COMMON_APPDATA": "%ProgramData%",
    }.__getitem__)  # fmt: skip
    monkeypatch.setenv("HOME", "/HOME")
    for name in ("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.delenv(name, raising=False)
    systems = {
        "Windows": platformdirs.windows.Windows,
        "macOS": platformdirs.macos.MacOS,
        "Linux": platformdirs.unix.Unix,
    }
    for system, kind in systems.items():
        dirs = kind(folders.NAME, appauthor=False)
        own, shared = (path.replace("/HOME", "~") for path in (dirs.user_config_dir, dirs.site_config_dir))
        if system == "Windows":
            own, shared = own.replace("/", "\\"), shared.replace("/", "\\")
        assert f"| {system} | `{own}` | `{shared}` |" in NOTES


def test_files_are_called_as_the_notes_say():
    assert NOTES.count(f"`{preferences.FILE}`") == 2
    assert preferences.LOCKED in NOTES and settings.EXAMPLE in NOTES
    (locked,) = re.findall(r'`locked = \["(\w+)"\]`', NOTES)
    assert locked in options.OPTIONS


def test_variables_are_those_that_the_program_reads():
    assert set(re.findall(r"OPTIM_RACE_\w+", NOTES)) == {folders.OWN, folders.SHARED}
