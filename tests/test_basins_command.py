"""``optim-race basins``: the table, the CSV, the picture, and what is refused."""

import csv
from pathlib import Path

import pytest

from simulator import cli


def test_every_start_is_in_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "b.csv"
    given = ["basins", "himmelblau", "--size", "8", "--steps", "30", "--entrant", "Adam", "--csv", str(out)]
    assert cli.main(given) == 0
    said = capsys.readouterr().out
    assert "Adam" in said and "SGD" not in said and "A (3, 2)" in said
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == 64 and {row["racer"] for row in rows} == {"Adam"}
    assert all(bool(row["steps"]) == (row["reaches"] == "minimum") for row in rows)


def test_the_table_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """What is for people is then beside it."""
    assert cli.main(["basins", "himmelblau", "--size", "8", "--steps", "9", "--csv", "-"]) == 0
    said = capsys.readouterr()
    assert len(list(csv.DictReader(said.out.splitlines()))) > 64 and "share of starts" in said.err


@pytest.mark.parametrize(("race", "part"), [("himmelblau", "-2,4,-1,3"), ("reddi", "-0.5,0.5")])
def test_a_part_is_mapped_and_drawn(race: str, part: str, tmp_path: Path) -> None:
    out = tmp_path / "b.csv"
    given = ["basins", race, "--size", "8", "--steps", "9", f"--part={part}", "--quiet"]
    assert cli.main([*given, "--csv", str(out)]) == 0
    low, high, *_ = map(float, part.split(","))
    xs = sorted({float(row["x"]) for row in csv.DictReader(out.read_text().splitlines())})
    assert xs == pytest.approx([low + (high - low) * (i + 0.5) / 8 for i in range(8)])
    pytest.importorskip("PySide6")
    whole, picture = tmp_path / "whole.png", tmp_path / "b.png"
    assert cli.main([*given, "--png", str(picture)]) == 0
    assert cli.main([*given[:-2], "--quiet", "--png", str(whole)]) == 0
    assert picture.read_bytes() != whole.read_bytes()


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    out = tmp_path / "b.png"
    assert cli.main(["basins", "himmelblau", "--size", "8", "--steps", "9", "--png", str(out), "--quiet"]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--size", "3"], "--size: must be a whole number from 8 to 1,024, got 3"),
        (["--entrant", "Adm"], "--entrant: no racer is called 'Adm'; did you mean 'Adam'?"),
        (["--part", "2,4,1"], "--part: must be X0,X1,Y0,Y1, numbers from low to high, got '2,4,1'"),
        (["--part", "2,4,3,1"], "--part: must be X0,X1,Y0,Y1, numbers from low to high, got '2,4,3,1'"),
        (["--part", "2,nan,3,4"], "--part: must be X0,X1,Y0,Y1, numbers from low to high, got '2,nan,3,4'"),
        (["--png", "map.csv"], "--png: map.csv would be a PNG picture, and is called like a CSV table"),
        (["--png", "-"], "--png: a PNG picture needs a file, '-' is for "),
        (["--csv", "it", "--png", "it"], "--png: it is given to --csv as well"),
    ],
)
def test_what_cannot_be_is_said(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["basins", "himmelblau", *given]) == 2
    assert said in capsys.readouterr().err


def test_many_dimensions_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["basins", "flip-network"]) == 2
    assert "one or two coordinates" in capsys.readouterr().err
