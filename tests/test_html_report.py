"""The page for handing in: well-formed, true to the table, and safe whatever a race calls itself."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import racefile, resources
from simulator.engine import Engine
from simulator.export.report import Seen, report
from simulator.export.table import cells
from simulator.race import Race
from tests.exports import XHTML, is_html
from tests.pictures import minimal_png

HOSTILE = '<script>alert("1")</script> \' & ]]> <!-- \x7f'


def page_of(race: Race, step: int | None = None) -> str:
    recording = Engine(race).run()
    many = len(race.entrants)
    seen = Seen(minimal_png(), ["Step 3 of 40", "no noise"], ["#d55e00"] * many, ["η = 0.1"] * many)
    return report(recording, race.steps if step is None else step, seen)


def texts(page: str, tag: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(page).iter(f"{XHTML}{tag}")]


@pytest.mark.parametrize("sample", resources.sample_races())
def test_every_sample_makes_a_well_formed_page(sample: str, tmp_path: Path) -> None:
    race = replace(racefile.find(sample), steps=5)
    (path := tmp_path / "a.html").write_text(page_of(race), encoding="utf-8")
    is_html(path, race)


@pytest.mark.skipif(shutil.which("tidy") is None, reason="tidy is not installed")
def test_tidy_finds_nothing(tmp_path: Path) -> None:
    (path := tmp_path / "a.html").write_text(page_of(racefile.find("ravine")), encoding="utf-8")
    done = subprocess.run(["tidy", "-q", "-e", "-utf8", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_whatever_a_race_calls_itself_stays_text() -> None:
    race = racefile.find("ravine")
    race = replace(race, title=HOSTILE, entrants=(replace(race.entrants[0], label=HOSTILE), *race.entrants[1:]))
    page = page_of(race)
    assert "<script" not in page.lower()
    assert page.count("<!--") == 0
    assert texts(page, "title") == [HOSTILE]
    assert HOSTILE in " ".join(texts(page, "h3"))
    assert any(HOSTILE in cell for cell in texts(page, "td"))
    (image,) = ET.fromstring(page).iter(f"{XHTML}img")
    assert HOSTILE in image.attrib["alt"]


def test_the_results_are_those_of_run() -> None:
    race = racefile.find("ravine")
    for step in (7, race.steps):
        page = page_of(race, step)
        recording = Engine(race).run()
        expected = [cell for row in cells(recording, step) for cell in row]
        assert texts(page, "td")[: len(expected)] == expected
        assert f"Results at step {step}" in texts(page, "h2")


def test_the_race_can_be_taken_out_again_both_ways() -> None:
    race = racefile.find("schedules")
    page = page_of(race)
    (link,) = ET.fromstring(page).iter(f"{XHTML}a")
    assert link.attrib["download"].endswith(".toml")
    content = base64.b64decode(link.attrib["href"].partition("base64,")[2]).decode()
    assert racefile.parse(content) == race
    assert racefile.parse(texts(page, "pre")[-1]) == race


def test_every_racer_has_its_formula_and_a_script_or_the_reason_why_not() -> None:
    race = racefile.find("ravine")
    page = page_of(race)
    pres, summaries = texts(page, "pre"), texts(page, "summary")
    for entrant in race.entrants:
        assert entrant.optimizer.formula in pres
    assert summaries.count("The same path as a script for PyTorch") == len(race.entrants)
    for source in (text for text in pres if "import torch" in text):
        compile(source, "script", "exec")
    without = page_of(replace(racefile.find("matrix-memory"), steps=5))
    scripts = sum("as a script for" in summary for summary in texts(without, "summary"))
    reasons = sum(text.startswith("There is no script: ") for text in texts(without, "p"))
    assert scripts + reasons == len(racefile.find("matrix-memory").entrants)


def test_a_name_and_a_date_can_be_filled_in_and_nothing_is_dated() -> None:
    page = page_of(racefile.find("ravine"))
    assert [label.strip() for label in texts(page, "label")] == ["Name", "Date"]
    assert len(list(ET.fromstring(page).iter(f"{XHTML}input"))) == 2
    assert not re.search(r"\b20\d\d-\d\d-\d\d", page)
