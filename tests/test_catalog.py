"""A folder is a catalog: what is found, and what is said when a folder or a module is not as it should be."""

from pathlib import Path

import pytest

from simulator.catalog import Catalog
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError

ENTRY = "from simulator.optimizer import Optimizer\nclass {0}(Optimizer):\n    title = '{0}'\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes a catalog of a package with these modules."""

    def make(**modules: str) -> Catalog[Optimizer]:
        package = f"catalog_{tmp_path.name}"
        (tmp_path / package).mkdir()
        for name, text in {"__init__": "", **modules}.items():
            (tmp_path / package / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return Catalog(package, Optimizer, "optimizer")

    return make


def test_every_module_is_an_entry_by_its_file_name(folder):
    catalog = folder(walk=ENTRY.format("Walk"), crawl=ENTRY.format("Crawl"), _shared="x = 1\n")
    assert list(catalog) == ["crawl", "walk"]
    assert len(catalog) == 2
    assert catalog["walk"].title == "Walk"
    assert [cls.name for cls in catalog.values()] == ["crawl", "walk"]


def test_an_imported_class_is_not_an_entry(folder):
    catalog = folder(walk="from simulator.optimizers.sgd import SGD\n" + ENTRY.format("Walk"))
    assert catalog["walk"].title == "Walk"


def test_what_is_unlisted_is_found_by_name_alone(folder):
    package = folder(walk=ENTRY.format("Walk"), crawl=ENTRY.format("Crawl")).package
    catalog = Catalog(package, Optimizer, "optimizer", unlisted=("crawl",))
    assert list(catalog) == ["walk"] and "crawl" not in catalog
    assert catalog["crawl"].title == "Crawl" and catalog.find("Crawl", "x") is catalog["crawl"]


def test_an_empty_folder_raises(folder):
    with pytest.raises(RuntimeError, match=r"no optimizer found in catalog_\w+: the installation is incomplete"):
        list(folder())


@pytest.mark.parametrize(("text", "count"), [("x = 1\n", 0), (ENTRY.format("A") + ENTRY.format("B"), 2)])
def test_a_module_with_none_or_two_raises(folder, text, count):
    with pytest.raises(RuntimeError, match=rf"\.odd must define exactly one optimizer, it defines {count}"):
        dict(folder(odd=text))


def test_only_what_is_asked_for_is_read(folder):
    catalog = folder(good=ENTRY.format("Good"), broken="raise RuntimeError('read')\n")
    assert "broken" in catalog and len(catalog) == 2
    assert catalog["good"].title == "Good"
    with pytest.raises(RuntimeError, match="read"):
        catalog["broken"]
    with pytest.raises(KeyError):
        catalog["absent"]


@pytest.mark.parametrize("said", ["adam", "ADAM", " Adam "])
def test_find_is_lenient_about_case_and_space(said):
    assert OPTIMIZERS.find(said, "entrant[0].optimizer") is OPTIMIZERS["adam"]


def test_find_takes_hyphens_and_spaces_for_underscores(folder):
    catalog = folder(long_walk=ENTRY.format("Walk"))
    assert catalog.find("Long-Walk", "x") is catalog.find("long walk", "x") is catalog["long_walk"]
    assert OPTIMIZERS.find("L-BFGS", "x") is OPTIMIZERS["lbfgs"]


def test_find_suggests_the_nearest_name():
    with pytest.raises(RaceError) as caught:
        OPTIMIZERS.find("momentun", "entrant[1].optimizer")
    assert caught.value.faults == ["entrant[1].optimizer: no optimizer is called 'momentun'; did you mean 'momentum'?"]


@pytest.mark.parametrize("said", ["qqqq", 7, []])
def test_find_lists_what_there_is_when_nothing_is_near(said):
    with pytest.raises(RaceError) as caught:
        OPTIMIZERS.find(said, "key")
    assert str(caught.value) == f"key: no optimizer is called {said!r}; there are {', '.join(OPTIMIZERS)}"
