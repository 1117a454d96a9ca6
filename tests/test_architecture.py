"""The shape of the program: who imports whom, what needs Qt, and that one file adds an entry."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

PACKAGE = ROOT / "simulator"
SOURCES = sorted(PACKAGE.rglob("*.py"))
CORE = [path for path in SOURCES if PACKAGE / "ui" not in path.parents and path.name != "__main__.py"]


def python(*arguments: str, cwd: Path = ROOT) -> str:
    """What a Python process says that imports the package from ``cwd``; a failure of it fails the test."""
    environment = {**os.environ, "PYTHONPATH": str(cwd), "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert run.returncode == 0, f"{arguments}\n{run.stdout}{run.stderr}"
    return run.stdout


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_all_but_the_window_can_be_imported_without_qt():
    absent = "import sys\nfor name in ('PySide6', 'shiboken6', 'pyqtgraph'): sys.modules[name] = None\n"
    python("-c", absent + "\n".join(f"import {module(path)}" for path in CORE))


def test_imports_point_one_way():
    pytest.importorskip("importlinter")
    python("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache', '--no-logo'])")


def test_files_stay_short():
    lines = {module(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: n for name, n in lines.items() if n > 300} == {}


def worked_examples() -> dict[str, str]:
    """The Python files that the documents spell out, text by path: blocks whose first line names the file."""
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    return {
        path: body for path, body in re.findall(r"^```python\n# (simulator/\S+\.py)\n(.*?)^```$", text, re.M | re.S)
    }


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program in which a newcomer has saved the documents' examples, and nothing else."""
    copy = tmp_path_factory.mktemp("extended")
    for folder in ("simulator", "assets"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for path, body in worked_examples().items():
        assert not (copy / path).exists(), f"{path} is in the program by now: choose another example"
        (copy / path).write_text(body, encoding="utf-8")
    return copy


def test_the_documents_show_one_entry_of_each_kind():
    kinds = [Path(path).parent.name for path in worked_examples()]
    assert sorted(kinds) == ["landscapes", "lessons", "optimizers", "schedules"]


@pytest.mark.parametrize("path", worked_examples())
def test_one_file_is_listed_and_described(path, extended):
    name, kind = Path(path).stem, Path(path).parent.name
    assert name in python("-m", "simulator", "list", kind, cwd=extended)
    described = json.loads(python("-m", "simulator", "describe", name, "--json", cwd=extended))
    assert described["name"] == name


def test_one_file_each_races(extended):
    race = extended / "race.toml"
    race.write_text(
        'steps = 80\n[landscape]\nname = "huber"\n'
        '[[entrant]]\noptimizer = "normalized"\nlr = 0.1\nschedule = { name = "staircase", stairs = 2 }\n',
        encoding="utf-8",
    )
    python("-m", "simulator", "run", "race.toml", "--quiet", "--csv", "race.csv", cwd=extended)
    with (extended / "race.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    here, there = ([float(row[f"theta_{i}"]) for i in (0, 1)] for row in rows[:2])
    assert sum((a - b) ** 2 for a, b in zip(here, there, strict=True)) ** 0.5 == pytest.approx(0.1)
    assert [float(rows[step]["lr"]) for step in (0, 39, 40, 79)] == [0.1, 0.1, 0.05, 0.05]
    assert float(rows[-1]["loss"]) < 0.01 * float(rows[0]["loss"])


def test_one_file_is_held_to_the_laws_of_its_kind(extended):
    """A new file is tested without a new test, and the documents' examples pass."""
    shutil.copytree(ROOT / "tests", extended / "tests", ignore=shutil.ignore_patterns("__pycache__", "ui"))
    laws = {Path(path).stem: f"tests/test_{Path(path).parent.name}.py" for path in worked_examples()}
    said = python("-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", " or ".join(laws), *laws.values(), cwd=extended)
    for name, law in laws.items():
        assert re.search(rf"^{law}::.*\b{name}\b.* PASSED", said, re.M), name
