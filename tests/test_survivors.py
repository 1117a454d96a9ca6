"""The list of mutants that survive: it names lines that are still there, and says why of each."""

from __future__ import annotations

import re

import pytest

from tests.mutation.survivors import ARROW, LIST, ROOT, described, listed

SURVIVORS = listed()


@pytest.mark.parametrize("module", sorted({mutant.partition(".")[0] for mutant in SURVIVORS}))
def test_every_survivor_names_a_line_of_its_function(module: str) -> None:
    (path,) = [path for path in ROOT.rglob(f"{module}.py") if path.parent.name in ("simulator", "optimizers")]
    source = path.read_text(encoding="utf-8")
    lines = {line.strip() for line in source.splitlines()}
    for mutant in (mutant for mutant in SURVIVORS if mutant.startswith(f"{module}.")):
        place, _, change = mutant.partition(": ")
        old, _, new = change.partition(ARROW)
        assert old != new, mutant
        assert re.search(rf"def {place.rpartition('.')[2]}\(", source), mutant
        assert all(line in lines for line in old.split(" ⏎ ")), mutant


def test_every_group_has_a_reason_and_no_survivor_is_listed_twice() -> None:
    text = LIST.read_text(encoding="utf-8")
    assert text.count(ARROW) == len(SURVIVORS)
    assert all(len(reason) > 15 and reason.endswith(".") for reason in SURVIVORS.values())


def test_a_mutant_is_named_by_what_it_changes() -> None:
    diff = "--- a\n+++ b\n@@ -1,2 +1,2 @@\n def place(self):\n-        return a + b\n+        return a - b"
    assert (
        described("simulator.lanes.xǁPackǁplace__mutmut_3", diff)
        == f"lanes.Pack.place: return a + b{ARROW}return a - b"
    )
    assert described("simulator.optimizers.adam.x_far__mutmut_1", diff).startswith("adam.far: ")
