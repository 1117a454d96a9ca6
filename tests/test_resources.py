"""The shipped files are found in a checkout, in a wheel and in a frozen application."""

import sys
import tomllib
from pathlib import Path

import pytest

from simulator import resources

CHECKOUT = Path(resources.__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _forget():
    resources.root.cache_clear()
    yield
    resources.root.cache_clear()


def assets(at: Path) -> Path:
    (at / "races").mkdir(parents=True)
    (at / "races" / "b.toml").write_text("format = 1\n", encoding="utf-8")
    (at / "races" / "a.toml").write_text("format = 1\n", encoding="utf-8")
    return at


def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes resources believe that the package stands in ``tmp_path/site``, without a checkout around it."""
    package = tmp_path / "site" / "simulator"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    return package


def test_in_a_checkout():
    assert resources.root() == CHECKOUT / "assets"
    assert resources.font().read_bytes()[:4] == b"\x00\x01\x00\x00"
    assert resources.icon(256).read_bytes()[1:4] == b"PNG"
    assert resources.asset("fonts", "DejaVu-LICENSE.txt").is_file()


def test_every_sample_race_is_named_after_its_file_and_is_readable():
    races = resources.sample_races()
    assert "ravine" in races
    for name, path in races.items():
        assert path.name == f"{name}.toml"
        assert tomllib.loads(path.read_text(encoding="utf-8"))["format"] == 1


def test_in_a_wheel(tmp_path, monkeypatch):
    package = installed(tmp_path, monkeypatch)
    assets(package / "assets")
    assert resources.root() == package / "assets"
    assert list(resources.sample_races()) == ["a", "b"]


def test_a_folder_beside_an_installed_package_is_somebody_elses(tmp_path, monkeypatch):
    package = installed(tmp_path, monkeypatch)
    assets(package.parent / "assets")
    with pytest.raises(FileNotFoundError, match="the folder assets is missing, the installation is incomplete"):
        resources.root()


def test_in_a_frozen_application(tmp_path, monkeypatch):
    installed(tmp_path, monkeypatch)
    bundle = assets(tmp_path / "bundle" / "assets")
    monkeypatch.setattr(sys, "_MEIPASS", str(bundle.parent), raising=False)
    assert resources.root() == bundle


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    package = installed(tmp_path, monkeypatch)
    (package / "assets" / "races").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=r"^fonts/OptimRaceSans\.ttf is missing from .*: the installation is"):
        resources.font()
    with pytest.raises(FileNotFoundError, match="no sample race in"):
        resources.sample_races()
