"""The command line where files cannot be: full, gone, of another person, or called what the locale cannot spell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from simulator import racefile
from simulator.cli import NOWHERE
from tests.commandline import ROOT, refused

POSIX = pytest.mark.skipif(os.name != "posix", reason="another system's ways")
UNPREPARED = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# In the folder that is named first; the folder goes once the program is there, if that is asked for.
START = """
import os, sys
os.chdir(sys.argv[1])
if sys.argv[2] == "gone":
    os.rmdir(sys.argv[1])
from simulator.cli import main
if sys.argv[2] == "nobody":
    main(["run", "ravine", "--quiet"])  # reads what nobody may read
    os.setuid(65534)
sys.exit(main(sys.argv[3:]))
"""


def start(folder: Path, how: str, *argv: str, **env: str) -> tuple[int, str, bytes]:
    """Exit code, standard error, standard output."""
    command = [sys.executable, "-P", "-c", START, str(folder), how, *argv]
    ended = subprocess.run(command, capture_output=True, timeout=60, env=os.environ | {"PYTHONPATH": str(ROOT)} | env)
    return ended.returncode, ended.stderr.decode(errors="replace"), ended.stdout


@POSIX
def test_the_folder_it_was_started_in_is_gone(tmp_path: Path) -> None:
    for argv, code in ((["run", "ravine", "--csv", "a.csv"], 1), (["run", "ravine", "--quiet"], 0)):
        here = tmp_path / "here"
        here.mkdir()
        got, err, _ = start(here, "gone", *argv)
        assert got == code
        assert err == (f"{NOWHERE}\n" if code else "")


@POSIX
@pytest.mark.parametrize("locale", [{}, UNPREPARED], ids=["utf-8", "C"])
def test_names_that_the_locale_cannot_spell(tmp_path: Path, locale: dict[str, str]) -> None:
    race = tmp_path / "η 競走 سباق.toml"
    shutil.copy(racefile.locate("ravine"), race)
    code, err, out = start(tmp_path, "here", "run", str(race), "--csv", "🏁.csv", **locale)
    assert (code, err) == (0, "")
    assert out
    # A decimal comma would be a column more.
    assert len({line.count(",") for line in (tmp_path / "🏁.csv").read_text().splitlines()}) == 1
    code, err, _ = start(tmp_path, "here", "run", str(race), "--csv", "no/🏁.csv", **locale)
    assert (code, err.count("\n")) == (2, 1)
    assert "there is no folder" in err


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can be another person")
def test_another_persons_folder_is_read_only() -> None:
    with tempfile.TemporaryDirectory() as made:  # above pytest's own, which no other person may enter
        place = Path(made)
        place.chmod(0o755)
        own = place / "a.csv"
        own.write_text("")
        own.chmod(0o666)  # the file may be written, but what takes its place cannot be
        for name in ("a.csv", "b.csv"):
            code, err, _ = start(place, "nobody", "run", "ravine", "--csv", name)
            assert (code, err) == (2, f"--csv: cannot write {name}: the folder {place} is read-only\n")


def test_a_name_too_long_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(capsys, "run", "ravine", "--csv", str(tmp_path / ("é" * 200)))
    assert line.endswith("File name too long: choose a shorter one")
