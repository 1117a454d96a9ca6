"""What the artifacts are made from: what is left out, what is taken along, and what the recipe says."""

from __future__ import annotations

import os
import subprocess
import sys

import prune
import pytest
import tools
from targets import names, target

from tests.conftest import HAS_QT
from tests.places import ROOT


def test_what_is_left_out_has_a_reason_and_no_line_stands_twice() -> None:
    cuts = prune.cuts()
    assert len(cuts) > 40
    assert all(len(cut.reason) > 5 for cut in cuts)
    assert len({(cut.kind, cut.pattern) for cut in cuts}) == len(cuts)
    with pytest.raises(ValueError, match="line 2: wanted"):
        prune.cuts("module  ssl  no network\nmodule ssl\n")


def test_nothing_of_ours_or_of_what_the_program_needs_is_left_out() -> None:
    out = set(prune.modules())
    assert {"simulator", "numpy", "PySide6", "pyqtgraph", "tomli_w", "platformdirs", "PIL"}.isdisjoint(out)
    assert {"pytest", "ssl"} <= out


def test_every_module_of_ours_can_be_imported_without_what_is_left_out() -> None:
    """Nor does a library that it imports ask for it: half of the standard library imports the other half."""
    ours = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "simulator").rglob("*.py"))
    names = sorted(".".join(path.parts).removesuffix(".__init__") for path in ours if path.name != "__main__.py")
    if not HAS_QT:
        names = [name for name in names if not name.startswith("simulator.ui")]
    cuts = [cut.pattern for cut in prune.cuts() if cut.kind == "module" and cut.here]
    program = (
        f"import sys, importlib\nsys.modules.update(dict.fromkeys({cuts}))\n"
        f"for name in {names}:\n    importlib.import_module(name)\n"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, encoding="utf-8")
    assert said.returncode == 0, said.stderr


def test_files_go_by_pattern_and_libraries_with_who_asked_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    files = [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/x/libqxcb.so", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", "/x/libqvnc.so", "BINARY"),
        ("libxcb.so.1", "/x/libxcb.so.1", "BINARY"),
        ("libvncserver.so.1", "/x/libvncserver.so.1", "BINARY"),
        ("libpython3.11.so.1.0", "/x/libpython3.11.so.1.0", "BINARY"),
    ]
    needs = {"/x/libqxcb.so": ["libxcb.so.1"], "/x/libqvnc.so": ["libvncserver.so.1"], "/x/libpython3.11.so.1.0": []}
    kept = prune.without_orphans(prune.kept(files), needs.__getitem__)
    assert [one[0] for one in kept] == [files[0][0], "libxcb.so.1", "libpython3.11.so.1.0"]
    links = [("a.so.1", "libxcb.so.1", "SYMLINK"), ("b.so.1", "libvncserver.so.1", "SYMLINK")]
    assert prune.without_loose_ends(links, kept) == links[:1]


def test_every_folder_of_assets_ships() -> None:
    folders = {path.name for path in (ROOT / "assets").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(prune.assets())


def test_the_version_stands_in_one_place() -> None:
    import simulator

    assert tools.version() == simulator.__version__


def test_every_target_says_what_it_is() -> None:
    assert {"wheel", "portable", "deb"} <= set(names())
    for name in names():
        one = target(name)
        assert one.SUMMARY and one.SYSTEM in ("", "linux", "win32", "darwin")


def recipe(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "packaging" / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)


def test_the_recipe_refuses_what_it_cannot_build_in_a_line() -> None:
    elsewhere = "windows" if sys.platform.startswith("linux") else "deb"
    if elsewhere not in names():
        pytest.skip("no target of another system")
    said = recipe(elsewhere)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(f"{elsewhere} is built on ") and said.stderr.count("\n") == 1


def test_the_recipe_lists_its_targets() -> None:
    said = recipe("--help").stdout
    assert all(f"\n  {name} " in said for name in names())
    assert "invalid choice: 'rpm'" in recipe("rpm").stderr
