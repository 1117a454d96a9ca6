"""The help for teachers: its claims are run again, its links lead somewhere, its sentences can be read aloud."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from simulator import manual, resources
from simulator.handbook import CATALOGS
from simulator.param import RaceError
from tests import claims
from tests.claims import passages
from tests.commandline import ok, refused, without_qt
from tests.helppages import PAGES, retitled, titles

WRITTEN = {*PAGES, "parity", "diagnosed", "tuned"}  # by a program, from what is tested elsewhere
PROSE = [name for name in manual.pages() if name not in WRITTEN]
LONGEST = 32  # words of a sentence
CLAIMS = [(name, *claim) for name in PROSE for passage in passages(manual.source(name)) for claim in passage.claims]


@pytest.mark.parametrize(("name", "expression", "said"), CLAIMS, ids=lambda text: text or "true")
def test_a_claim_holds(name: str, expression: str, said: str) -> None:
    assert claims.holds(expression, said)


@pytest.mark.parametrize("name", PROSE)
def test_every_number_is_claimed_and_every_claim_is_said(name: str) -> None:
    for passage in passages(manual.source(name)):
        told = claims.numbers(passage.text)
        shown = {said for _, said in passage.claims if said.lstrip("−")[:1].isdigit()}
        inside = " ".join(expression for expression, _ in passage.claims)
        loose = [n for n in told if n not in shown | passage.given and not _stands(n.replace(",", ""), inside)]
        assert not loose, f"{loose} in: {' '.join(passage.text.split())}"
        unsaid = [said for said in shown if not _stands(said, passage.text)]
        assert not unsaid, f"{unsaid} not in: {' '.join(passage.text.split())}"


def _stands(number: str, text: str) -> bool:
    return bool(re.search(rf"(?<![\w.,−]){re.escape(number)}(?![\w]|[.,]\d)", text))


def test_a_false_claim_is_found() -> None:
    assert not claims.holds('arrived("ravine", "SGD")', "120")
    assert not claims.holds('arrived("ravine", "SGD")', "never")
    passage = next(passages("Step 12, of 0.5.\n<!-- check\n1 + 11 = 12\n-->\n"))
    assert claims.numbers(passage.text) == ["12", "0.5"] and passage.claims == [("1 + 11", "12")]


@pytest.mark.parametrize("name", PAGES)
def test_the_lists_are_those_of_the_catalogs(name: str) -> None:
    assert manual.source(name) == PAGES[name](), "stale: python -m tests.helppages"


@pytest.mark.parametrize("name", manual.pages())
def test_links_lead_somewhere(name: str) -> None:
    for text, target in manual.LINK.findall(manual.text(name)):
        assert follows(name, target), f"[{text}]({target})"


def follows(page: str, target: str) -> bool:
    scheme, colon, rest = target.partition(":")
    if not colon:
        file, _, anchor = target.partition("#")
        there = file.removesuffix(".md") or page
        anchors = [section.anchor for section in manual.sections(there)]
        return there in manual.pages() and (not anchor or anchor in anchors)
    if scheme == "handbook":
        return sum(rest in catalog for catalog in CATALOGS.values()) == 1
    return target in titles()


@pytest.mark.parametrize("name", PROSE)
def test_links_bear_the_titles_of_what_they_open(name: str) -> None:
    assert manual.source(name) == retitled(manual.source(name)), "stale: python -m tests.helppages"


@pytest.mark.parametrize("name", PROSE)
def test_sentences_are_short(name: str) -> None:
    for sentence in sentences(manual.text(name)):
        assert len(sentence.split()) <= LONGEST, sentence


def sentences(text: str) -> list[str]:
    """Sentences of paragraphs and lists, without the sources in brackets."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", "LINK", text)
    text = re.sub(r"\([^()]*(?:18|19|20)\d\d[^()]*\)", "", text)
    blocks = re.split(r"\n\n|\n(?=- |\d+\. |\|)", re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
    return [part for block in blocks if not block.startswith("|") for part in re.split(r"(?<=[.?:;])\s+", block)]


@pytest.mark.parametrize("name", PROSE)
def test_prose_is_calm(name: str) -> None:
    text = manual.text(name)
    assert "!" not in text
    assert not re.search(r"(?<![\w.(\[])-\d", re.sub(r"`[^`]*`", "", text)), "a minus is −"


@pytest.mark.parametrize("name", manual.pages())
def test_a_page_has_one_title_and_headings_in_order(name: str) -> None:
    levels = [section.level for section in manual.sections(name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_every_file_is_listed() -> None:
    files = {path.stem for path in resources.asset("help").glob("*.md")}
    assert set(manual.pages()) == files


def test_every_entry_and_every_sample_is_in_the_lists() -> None:
    linked = {target for name in PAGES for _, target in manual.LINK.findall(manual.text(name))}
    assert {f"handbook:{name}" for catalog in CATALOGS.values() for name in catalog} <= linked
    assert {f"race:{name}" for name in resources.sample_races()} <= linked


def test_plans_fill_their_time() -> None:
    for minutes in (30, 60):
        parts = re.findall(r"^### (\d+)–(\d+) min: ", manual.text(f"lesson-plan-{minutes}"), re.MULTILINE)
        spans = [(int(a), int(b)) for a, b in parts]
        assert sum(a == 0 for a, _ in spans) == sum(b == minutes for _, b in spans) == 2
        assert all(a < b for a, b in spans)
        assert all(after[0] in (0, before[1]) for before, after in pairwise(spans))


def test_comments_are_for_tests_alone() -> None:
    assert all("<!--" not in manual.text(name) for name in manual.pages())
    assert any("<!-- check" in manual.source(name) for name in PROSE)


# On the command line.


def test_help_without_a_topic_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    said = ok(capsys, "help")
    assert all(f"({name}.md)" in said for name in manual.pages()[1:])


@pytest.mark.parametrize("name", manual.pages())
def test_help_prints_a_page_without_qt(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_qt(monkeypatch)
    said = ok(capsys, "help", name)
    assert said.startswith(f"# {manual.title(name)}\n") and "<!--" not in said


def test_a_page_is_found_however_it_is_written() -> None:
    assert {manual.find(topic) for topic in ("Lesson Plan 30", "lesson-plan-30.md", "LESSON_PLAN_30")} == {
        "lesson-plan-30"
    }


def test_an_unknown_page_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "help", "glosary") == [
        "glosary: no page of the help is called this; did you mean 'glossary'?"
    ]
    with pytest.raises(RaceError, match="there are teaching, not-to-scale"):
        manual.find("qqqq")
