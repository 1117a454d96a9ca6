"""Settings: each option is read, written, preset and locked; no file, whatever is in it, is in the way of a start."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from commandline import ok, process, refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator import folders, preferences
from simulator.commands.settings import example
from simulator.files import FileError
from simulator.folders import folder, shared_folder
from simulator.options import OPTIONS, Option
from simulator.preferences import FILE, UNREADABLE, Preferences

FOR_ALL = [name for name, option in OPTIONS.items() if not option.noted]


def others(option: Option) -> list[Any]:
    """Values that are not its default."""
    takes = option.takes
    one = {
        "switch": [not takes.default],
        "choice": [choice for choice in takes.choices if choice != takes.default],
        "text": ["/somewhere/else", "Ünïcode 日本 \\ \" '''\n\t"],
        "log": [20.0, takes.high],
        "linear": [330.0, 7.5],
    }[takes.scale]
    return [one[:1], one, ()] if option.most else one


def write(where: Path, text: str | bytes) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    (where / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    return where / FILE


def own(text: str | bytes) -> Path:
    return write(folder(), text)


def shared(text: str | bytes) -> Path:
    return write(shared_folder(), text)


# Each option.


@pytest.mark.parametrize("name", OPTIONS)
def test_a_value_survives(name):
    for value in others(OPTIONS[name]):
        value = tuple(value) if isinstance(value, list) else value
        first = Preferences()
        first.set(name, value)
        assert first[name] == value
        first.save()
        again = Preferences()
        assert (again[name], again.faults) == (value, ())
        assert again.source(name) == "own"


@pytest.mark.parametrize("name", OPTIONS)
def test_the_default_is_one_of_its_values(name):
    option = OPTIONS[name]
    default = option.takes.default
    faults: list[str] = []
    assert option.read(list(default) if option.most else default, faults) == default
    assert faults == []
    assert (Preferences()[name], Preferences().source(name)) == (default, "default")


@pytest.mark.parametrize("name", FOR_ALL)
def test_the_machine_presets_and_locks(name):
    option = OPTIONS[name]
    value = others(option)[0]
    shared(tomli_w.dumps({name: value}))
    preset = Preferences()
    value = tuple(value) if option.most else value
    assert (preset[name], preset.source(name), preset.locked(name)) == (value, "machine", "")
    preset.set(name, option.takes.default)
    preset.save()
    assert Preferences()[name] == option.takes.default, "a person's own goes before"

    shared(tomli_w.dumps({name: list(value) if option.most else value, "locked": [name]}))
    locked = Preferences()
    assert (locked[name], locked.source(name), locked.faults) == (value, "machine", ())
    assert str(shared_folder() / FILE) in locked.locked(name)
    locked.set(name, option.takes.default)
    assert locked[name] == value and not locked.changed

    preferences.forget()
    assert Preferences()[name] == value


@pytest.mark.parametrize("name", [name for name in OPTIONS if name not in FOR_ALL])
def test_what_is_noted_of_a_person_is_not_set_for_all(name):
    path = shared(f"{name} = 3\nlocked = ['{name}']\n")
    assert Preferences().faults == (
        f"{path}: line 1: {name}: '{name}' is noted for each person, not set for all",
        f"{path}: line 2: locked[0]: '{name}' is noted for each person, not set for all",
    )


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("value", ["[[[]]]", "{ a = 1 }", "1979-05-27", "nan", "-inf", "9" * 3000, "[1, 'x', true]"])
def test_a_foreign_value_counts_as_never_set(name, value):
    path = own(f"{name} = {value}\n")
    read = Preferences()
    option = OPTIONS[name]
    good = option.most and value.startswith("[1")
    assert read[name] == ({"panels": (1.0,), "recent_files": ("x",)}.get(name, ()) if good else option.takes.default)
    assert all(fault.startswith(f"{path}: line 1: {name}") and len(fault) < 1200 for fault in read.faults)
    assert read.faults


def test_a_choice_of_numbers_takes_the_number():
    faults = []
    assert OPTIONS["repeats"].read(20, faults) == "20" and not faults
    assert OPTIONS["repeats"].read(7, faults) is OPTIONS["repeats"].read(True, faults) is None
    assert faults[0] == "repeats: must be one of off, 5, 20, 100, got 7"


def test_what_is_locked_without_a_value_has_its_default():
    shared("locked = ['theme']\n")
    own("theme = 'dark'\n")
    assert Preferences()["theme"] == "light"


# Files.


def test_both_files_are_found_where_the_system_has_them(monkeypatch, tmp_path):
    for name in (folders.OWN, folders.SHARED):
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    if sys.platform == "linux":
        assert folder() == tmp_path / "home" / "optim-race"
        assert shared_folder() == tmp_path / "a" / "optim-race"
        write(tmp_path / "b" / "optim-race", "theme = 'dark'\n")
        assert shared_folder() == tmp_path / "b" / "optim-race", "the first that has one"
        assert Preferences()["theme"] == "dark"


def test_two_windows_keep_what_either_changed():
    one, other = Preferences(), Preferences()
    one.set("theme", "dark")
    one.save()
    other.set("projector", True)
    other.save()
    again = Preferences()
    assert (again["theme"], again["projector"]) == ("dark", True)


def test_nothing_is_written_where_nothing_changed():
    Preferences().save()
    assert not folder().exists()
    it = Preferences()
    it.set("theme", "dark")
    it.save()
    before = (folder() / FILE).stat().st_mtime_ns
    it.set("theme", "dark")
    it.save()
    assert (folder() / FILE).stat().st_mtime_ns == before


def test_an_unreadable_file_is_kept_beside_the_new_one():
    own("theme = 'dark\n")
    it = Preferences()
    assert it["theme"] == "light"
    it.set("projector", True)
    it.save()
    assert (folder() / UNREADABLE).read_text() == "theme = 'dark\n"
    assert tomllib.loads((folder() / FILE).read_text()) == {"projector": True}


def test_a_fault_is_told_once_for_the_file_is_then_mended():
    own("theme = 'drak'\nprojector = true\n")
    first = Preferences()
    assert len(first.faults) == 1
    first.save()
    again = Preferences()
    assert (again.faults, again["projector"]) == ((), True)


def test_notepad_begins_a_file_in_its_own_way():
    own(b"\xef\xbb\xbftheme = 'dark'\r\nprojector = true\r\n")
    assert (Preferences()["theme"], Preferences()["projector"], Preferences().faults) == ("dark", True, ())


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link to nothing", "large", "not UTF-8"])
def test_what_is_no_settings_file_is_none(kind):
    folder().mkdir(parents=True)
    path = folder() / FILE
    if kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has none")
        os.mkfifo(path)
    elif kind == "a link to nothing":
        path.symlink_to(folder() / "nothing")
    else:
        path.write_bytes(b"#" * 200_000 if kind == "large" else b"theme = '\xff'")
    it = Preferences()
    assert len(it.faults) == 1 and it.faults[0].count("\n") == 0 and str(path) in it.faults[0]
    it.set("theme", "dark")
    it.save()
    assert Preferences()["theme"] == "dark"


def test_where_nothing_can_be_written_that_is_said(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(folders.OWN, str(tmp_path / "file"))
    it = Preferences()
    it.set("theme", "dark")
    with pytest.raises(FileError, match="cannot write"):
        it.save()
    assert it["theme"] == "dark", "as long as the program runs"
    preferences.forget()  # there are none


@pytest.mark.parametrize("text", ["theme = 'dark'\n", "theme = ", "\0"])
def test_forgetting_leaves_no_file(text):
    own(text)
    preferences.forget()
    assert not (folder() / FILE).exists()
    preferences.forget()


def test_what_cannot_be_deleted_is_said():
    (folder() / FILE).mkdir(parents=True)
    with pytest.raises(FileError, match=r"cannot delete .*settings\.toml: ") as error:
        preferences.forget()
    assert str(error.value).count("\n") == 0


def test_recent_files_are_the_latest_that_are_still_there(tmp_path):
    it = Preferences()
    files = [tmp_path / f"{i}.toml" for i in range(11)]
    for file in files:
        file.write_text("")
        it.add_recent(file)
    it.add_recent(files[5])
    files[9].unlink()
    it.save()
    assert Preferences().recent == [files[i] for i in (5, 10, 8, 7, 6, 4, 3)]


@pytest.mark.parametrize("stored", [["/tmp/" + "x" * 300, "", "a\0b"], [1, 2.5], 3])
def test_recent_files_that_cannot_be_are_left_out(stored):
    own(tomli_w.dumps({"recent_files": stored}))
    assert Preferences().recent == []


def test_a_name_that_no_text_can_hold_harms_nobody():
    it = Preferences()
    it.set("recent_files", ("/tmp/\udcff.toml",))
    it.save()
    assert Preferences().recent == [] and Preferences().faults == ()


def test_a_shared_machine_keeps_no_list(tmp_path):
    (tmp_path / "a.toml").write_text("")
    shared("list_recent = false\n")
    it = Preferences()
    it.add_recent(tmp_path / "a.toml")
    assert it.recent == [] and not it.changed


def test_the_folder_is_one_that_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("CLASS", "7b")
    (tmp_path / "7b").mkdir()
    shared(tomli_w.dumps({"folder": f"{tmp_path}{os.sep}$CLASS"}))
    assert Preferences().folder == tmp_path / "7b"
    (tmp_path / "7b").rmdir()
    assert Preferences().folder is None


# Whatever is in the files.

TEXTS = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode(errors="replace")),
    st.dictionaries(
        st.sampled_from([*OPTIONS, "locked", "thme", "", "a.b", "window.x", "recent_files[0]"]) | st.text(max_size=8),
        st.recursive(
            st.none().map(lambda _: "dark")
            | st.booleans()
            | st.integers(-(10**30), 10**30)
            | st.floats()
            | st.text(max_size=20)
            | st.sampled_from(["light", "steps", "theme", "AdnQywAD"])
            | st.dates(),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=8,
        ),
        max_size=8,
    ).map(lambda table: tomli_w.dumps(table).encode(errors="replace")),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=TEXTS, everyones=TEXTS)
def test_any_two_files_can_be_read_and_then_written(mine, everyones):
    own(mine)
    shared(everyones)
    it = Preferences()
    for name, option in OPTIONS.items():
        faults: list[str] = []
        value = it[name]
        assert option.read(list(value) if option.most else value, faults) == value and not faults
        assert it.source(name) in ("own", "machine", "default")
    assert all("\n" not in fault and len(fault) < 1200 for fault in it.faults)
    assert it.recent is not None and (it.folder is None or it.folder.is_dir())
    it.set("speed", 20.0)
    it.save()
    again = Preferences()
    assert again.own.faults == ()
    assert all(again[name] == it[name] for name in OPTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "a" + ".a" * 20_000 + " = 1",
        "x = " + "[" * 20_000,
        "speed = " + "9" * 50_000,
        "".join(f"k{i} = {i}\n" for i in range(8000)),
        "locked = [" + ", ".join(f"'k{i}'" for i in range(8000)) + "]",
        "overlays = [" + "1," * 30_000 + "]",
        "theme = '" + "x" * 90_000 + "'",
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_file_costs_nothing(text):
    own(text)
    shared(text)
    it = Preferences()
    assert it["theme"] == "light" and 1 <= len(it.faults) <= 50
    assert sum(map(len, it.faults)) < 50_000


# The command.


def test_settings_lists_every_option_and_both_files(capsys):
    own("theme = 'dark'\n")
    shared("projector = true\nlocked = ['projector', 'race']\n")
    lines = ok(capsys, "settings").splitlines()
    rows = {line.split()[0]: line for line in lines if line}
    assert all(name in rows for name in FOR_ALL)
    assert '"dark"' in rows["theme"] and "your file" in rows["theme"]
    assert "true" in rows["projector"] and "the machine's file, locked" in rows["projector"]
    assert "default, locked" in rows["race"]
    assert lines[-2:] == [f"your file           {folder() / FILE}", f"the machine's file  {shared_folder() / FILE}"]


def test_settings_says_what_is_wrong_by_line(capsys):
    path = shared("theme = 'dark'\nprojektor = true\n\nlocked = [\n  'theme',\n  'sped',\n]\n")
    from simulator.cli import main

    assert main(["settings"]) == 2
    out, err = capsys.readouterr()
    assert '"dark"' in out
    assert err.splitlines() == [
        f"{path}: line 2: projektor: no option is called 'projektor'; did you mean 'projector'?",
        f"{path}: line 6: locked[1]: no option is called 'sped'; did you mean 'speed'?",
    ]


def test_settings_are_set(capsys):
    ok(capsys, "settings", "theme=dark", "speed = 20", 'overlays=["step", "samples"]', "folder=~/races")
    it = Preferences()
    assert (it["theme"], it["speed"], it["overlays"], it["folder"]) == ("dark", 20.0, ("step", "samples"), "~/races")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("theme=drak", "theme: must be one of light, dark, got 'drak'; did you mean 'dark'?"),
        ("thme=dark", "thme: no option is called 'thme'; did you mean 'theme'?"),
        ("window=x", "window: no option is called 'window'; there are theme, "),
        ("speed=9999", "speed: must be a number from 1 to 5000, got 9999"),
        ("theme", "settings theme: nothing to do; write NAME=VALUE, or example"),
        ("exmple", "settings exmple: nothing to do; did you mean 'example'?"),
        ("race=fog", "race: set for everyone at this computer, in "),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_is_set(given, said, capsys):
    shared("locked = ['race']\n")
    lines = refused(capsys, "settings", "projector=true", given)
    assert len(lines) == 1 and lines[0].startswith(said)
    assert not folder().exists()


def test_the_example_is_a_file_of_defaults():
    lines = example().splitlines()
    assert tomllib.loads(example()) == {}
    values = tomllib.loads("\n".join(line[2:] for line in lines if " = " in line))
    assert values.pop("locked") == ["theme", "projector"]
    assert list(values) == FOR_ALL
    path = shared(tomli_w.dumps(values))
    assert preferences.read(path, shared=True).faults == ()
    assert all(len(line) <= 120 for line in lines)


def test_what_cannot_be_opened_as_new_forgets_nothing():
    if sys.platform != "linux":
        pytest.skip("a display is always there")
    own("theme = 'dark'\n")
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    said = process("--reset", env=environment)
    assert said.returncode == 1 and len(said.stderr.splitlines()) == 1
    assert Preferences()["theme"] == "dark"
