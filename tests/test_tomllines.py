"""Lines of values in a TOML text."""

import tomllib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.resources import sample_races
from simulator.tomllines import line_of, lines

TEXT = '''# [page] in a comment
title = "a [b] # c"
text = """
key = 1
[[page]] """
list = [ # why
  1, "two, ]",
  { a = 1, "b c" = [2] },
]
dotted . key = 'x'
[table.inner]
x = 1
[[page]]
x = 1
[page.goal]
x = 2
[[page.goal.part]]
x = 3
[[page]]
"quoted key" = 0x1F
'''


def test_lines_of_all_that_can_be_written():
    found = lines(TEXT)
    expected = {
        "title": 2, "text": 3, "list": 6, "list[0]": 7, "list[1]": 7, "list[2]": 8, "list[2].a": 8, "list[2].b c[0]": 8,
        "dotted": 10, "dotted.key": 10, "table.inner": 11, "table.inner.x": 12, "page[0]": 13, "page[0].x": 14,
        "page[0].goal": 15, "page[0].goal.x": 16, "page[0].goal.part[0].x": 18, "page[1]": 19, "page[1].quoted key": 20,
    }  # fmt: skip
    assert {key: found.get(key) for key in expected} == expected
    assert "key" not in found and "page[2]" not in found


def test_the_nearest_line_of_what_is_not_there():
    found = lines(TEXT)
    assert line_of("page[0].goal.part[0].y", found) == 17
    assert line_of("page[0].absent[3].x", found) == 13
    assert line_of("nothing", found) == 1


@given(st.text(alphabet="[].ab1", max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_path_has_a_line(path):
    assert line_of(path, {"a": 2}) in (1, 2)


def paths(data: object, where: str = "") -> set[str]:
    if isinstance(data, dict):
        inner = {f"{where}.{key}" if where else key: value for key, value in data.items()}
    elif isinstance(data, list):
        inner = {f"{where}[{i}]": value for i, value in enumerate(data)}
    else:
        return set()
    return set(inner) | {path for key, value in inner.items() for path in paths(value, key)}


def test_every_value_of_our_files_has_a_line():
    folder = next(iter(sample_races().values())).parent.parent
    files = [*folder.rglob("*.toml"), Path("pyproject.toml")]
    assert len(files) > 30
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert paths(tomllib.loads(text)) <= set(lines(text)), file


@given(st.text(alphabet="[]{}\"'=.,#\\ \n\tab1", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_stops_the_reader(text):
    lines(text)
