"""Icon, version and programs as Windows and macOS get them, and what their setup program is built with."""

from __future__ import annotations

import runpy
import struct
import sys
import types
from pathlib import Path

import pytest

pytest.importorskip("PIL")

import inno

from tests.places import ROOT

SCRIPT = ROOT / "packaging" / "windows" / "optim-race.iss"


def test_the_setup_program_is_given_what_its_script_asks_for(monkeypatch, tmp_path):
    from targets import windows

    commands = []
    monkeypatch.setattr(windows, "run", lambda *command: commands.append([str(word) for word in command]))
    (setup,) = windows.build(tmp_path / "frozen", tmp_path)
    (command,) = commands
    passed = dict(word[2:].split("=", 1) for word in command if word.startswith("/D"))
    assert passed.keys() == inno.PASSED.keys()
    assert f"/O{tmp_path}" in command and Path(command[-1]) == SCRIPT
    name = inno.Script(SCRIPT.read_text(encoding="utf-8")).setup["OutputBaseFilename"]
    assert setup.name == name.replace("1.2.3", passed["AppVersion"]) + ".exe"


def test_icons_hold_each_size_as_it_was_drawn(tmp_path):
    from badge import WINDOWS_SIZES, icon
    from PIL import Image

    with Image.open(icon(tmp_path / "icon.ico")) as found:
        for size in WINDOWS_SIZES:
            with Image.open(ROOT / "assets" / "icon" / f"icon-{size}.png") as drawn:
                assert found.ico.getimage((size, size)).tobytes() == drawn.convert("RGBA").tobytes()
    blocks, at = {}, 8
    data = icon(tmp_path / "icon.icns").read_bytes()
    while at < len(data):
        kind, length = struct.unpack(">4sI", data[at : at + 8])
        blocks[kind], at = length, at + length
    assert {b"ic07", b"ic08", b"ic09", b"ic11", b"ic12"} <= blocks.keys(), "128, 256, 512, and twice 16 and 32"


def test_windows_shows_the_version(tmp_path, monkeypatch):
    import badge

    monkeypatch.setattr(badge, "version", lambda: "2.10rc1")
    text = badge.version_resource(tmp_path / "version.txt", "optim-race.exe").read_text(encoding="utf-8")
    record = {name: lambda *args, **named: (args, named) for name in ("VSVersionInfo", "FixedFileInfo", "VarFileInfo")}
    pairs: dict[str, str] = {}
    record |= {name: lambda *args: args for name in ("StringFileInfo", "StringTable", "VarStruct")}
    record["StringStruct"] = lambda key, value: pairs.update({key: value})
    _, info = eval(text, record)
    assert info["ffi"][1]["filevers"] == info["ffi"][1]["prodvers"] == (2, 10, 0, 0)
    assert pairs["ProductVersion"] == pairs["FileVersion"] == "2.10rc1"
    assert pairs["OriginalFilename"] == "optim-race.exe"
    monkeypatch.setattr(badge, "version", lambda: "next")
    with pytest.raises(badge.Trouble, match="'next' is no version"):
        badge.four_numbers()


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_the_spec_makes_what_each_system_wants(platform, tmp_path, monkeypatch):
    made: list[tuple[str, dict]] = []

    def maker(kind):
        def make(*args, **options):
            made.append((kind, options))
            return types.SimpleNamespace(pure=[], binaries=[], datas=[], scripts=[])

        return make

    hooks = types.SimpleNamespace(collect_data_files=lambda name: [], copy_metadata=lambda name: [])
    imports = types.SimpleNamespace(get_imports=lambda path: set())
    # The real one asks this Python and this system.
    licences = types.SimpleNamespace(collected=lambda: [], of_the_system=lambda binaries: [])
    for name, module in (("utils.hooks", hooks), ("depend.bindepend", imports)):
        monkeypatch.setitem(sys.modules, f"PyInstaller.{name}", module)
    monkeypatch.setitem(sys.modules, "licences", licences)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "platform", platform)
    kinds = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    given = {"SPECPATH": str(ROOT / "packaging"), "workpath": str(tmp_path)}
    runpy.run_path(str(ROOT / "packaging" / "optim-race.spec"), {kind: maker(kind) for kind in kinds} | given)
    programs = {options["name"]: options for kind, options in made if kind == "EXE"}
    bundles = [options for kind, options in made if kind == "BUNDLE"]
    if platform == "win32":
        assert {name: options["console"] for name, options in programs.items()} == {
            "optim-race": False,
            "optim-race-cli": True,
        }
        assert {f"{name}.exe" for name in programs} <= set(inno.FROZEN)
        assert all(
            Path(options["version"]).is_file() and Path(options["icon"]).is_file() for options in programs.values()
        )
    else:
        assert list(programs) == ["optim-race"]
    assert len(bundles) == (platform == "darwin")
    if platform == "darwin":
        assert not programs["optim-race"]["console"]
        assert Path(programs["optim-race"]["entitlements_file"]).is_file()
        assert bundles[0]["name"] == "optim-race.app" and Path(bundles[0]["icon"]).is_file()
        assert bundles[0]["info_plist"]["CFBundleVersion"].count(".") == 2
