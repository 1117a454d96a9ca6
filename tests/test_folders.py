"""Where settings live: who names a folder gets it, a stick keeps its own, and each system has its place."""

import sys

import pytest

from simulator import folders


@pytest.fixture(autouse=True)
def _unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(folders.OWN)


def test_only_a_frozen_program_keeps_its_settings_beside_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "optim-race.exe"))
    beside = tmp_path / "settings"
    assert folders.folder() != beside
    beside.mkdir()
    assert folders.folder() != beside
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert folders.folder() == beside
    beside.rmdir()
    assert folders.folder() != beside


def test_who_names_a_folder_gets_it(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "portable_folder", lambda: tmp_path / "beside")
    monkeypatch.setenv(folders.OWN, str(tmp_path / "named"))
    assert folders.folder() == tmp_path / "named"
