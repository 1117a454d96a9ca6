"""Leagues: what a file may say, what a cell measures, and what profiles and tables make of it."""

from __future__ import annotations

import csv
import io
import math
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from simulator import resources
from simulator.engine import Engine
from simulator.export import leaguetables
from simulator.export.leaguepage import page, where
from simulator.files import FileError
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.race import Entrant, Noise
from simulator.recording import Status
from simulator.referee import out_of_box
from simulator.studies import leaguecell, leaguefile
from simulator.studies.crew import Here, pays
from simulator.studies.journal import Journal, place
from simulator.studies.league import Budget, League, Place, at_rate, random_starts
from simulator.studies.leaguecell import Outcome, keys, play
from simulator.studies.standings import Curve, Standings
from tests import leagues
from tests.commandline import ok, refused


@pytest.fixture(scope="module")
def found() -> Standings:
    return leagues.run(leagues.small(), Here()).standings()[0]


# What is read.


def test_a_league_is_read(found: Standings) -> None:
    league = found.league
    assert league.title == "Small" and league.steps == 40 and league.seeds == (0, 1)
    assert [place.landscape.name for place in league.places] == ["bowl", "ravine", "beale"]
    assert league.places[0].starts == league.places[0].landscape.starts, "a landscape's own starts, where none is named"
    assert len(league.places[1].starts) == 2 and league.places[2].starts == ((1.0, 1.5),)
    assert league.problems == 12 and league.runs == 6 * 3 * (2 + 3 * 2)
    assert league.measure == "gradients" and league.budget.runs == 6


def test_random_starts_are_in_the_box_and_more_begin_with_the_same() -> None:
    landscape = leagues.small().places[1].landscape
    few, many = random_starts(landscape, 5, 3), random_starts(landscape, 50, 3)
    assert many[:5] == few != random_starts(landscape, 5, 4)
    low, high = np.array(landscape.box).T
    assert ((low <= np.array(many)) & (np.array(many) <= high)).all()
    assert all(f"{x:.4g}" == f"{x:.10g}" for start in few for x in start), "a person can type them"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"steps": "steps = 0"}, "steps: must be a whole number from 1 to 100,000, got 0"),
        ({"steps": "stesp = 3"}, "stesp: a league has no key 'stesp'; did you mean 'steps'?"),
        ({"seeds": "seeds = 1.5"}, "seeds: must be a whole number from 1 to 1,000, got 1.5"),
        (
            {"targets": "targets = 3"},
            "targets: must be 1 to 4 shares of the gap at the start, such as [1e-3, 1e-6], got 3",
        ),
        ({"targets": "targets = [2.0]"}, "targets[0]: must be a number from 1e-12 to 0.99, got 2.0"),
        ({"sigma": "sigma = -1.0"}, "noise.sigma: noise's sigma must be a number from 0 to 1000, got -1.0"),
        (
            {"kind": 'kind = "tunde"'},
            "budget.kind: must be one of given, shared, tuned, defaults, got 'tunde'; did you mean 'tuned'?",
        ),
        ({"rates": "rates = [0.0]"}, "budget.rates[0]: must be a number from 1e-06 to 10, got 0.0"),
        ({"rates": "rate = 1"}, "budget.rates: needed; a list, or { from = 1e-4, to = 1.0, count = 13 }"),
        (
            {"rates": "rates = { from = 1.0, to = 0.1, count = 3 }"},
            "budget.rates.from: must not be above to, 0.1, got 1",
        ),
        (
            {"rates": "rates = { from = 1.0, to = 2.0 }"},
            "budget.rates.count: needed, as in { from = 1e-4, to = 1.0, count = 13 }",
        ),
        ({"starts": "starts = [[1.0]]"}, "landscape[1].starts[0]: must have 2 coordinates on ravine, got [1.0]"),
        ({"starts": "starts = 0"}, "landscape[1].starts: must be a whole number from 1 to 1,000, got 0"),
        ({"starts": "kapa = 3"}, "landscape[1].kapa: ravine has no hyperparameter 'kapa'; did you mean 'kappa'?"),
    ],
)  # fmt: skip
def test_a_fault_has_its_key_path(change: dict[str, str], fault: str) -> None:
    with pytest.raises(RaceError) as error:
        leagues.small(**change)
    assert fault in error.value.faults


def faults_of(text: str) -> list[str]:
    with pytest.raises(RaceError) as error:
        leaguefile.from_data(leaguefile.racefile.parse_data(text))
    return error.value.faults


def test_what_cannot_be_raced_is_said_and_all_of_it_at_once() -> None:
    text = leagues.text(seeds="seeds = 0").replace('"beale"', '"bael"').replace('"lbfgs"', '"natural_gradient"')
    count = "must be a whole number from 1 to 1,000, got 0"
    faults = faults_of(text)
    assert faults[:2] == [f"seeds: {count}", f"budget.seeds: {count}"]
    assert "entrant[2].optimizer: natural_gradient needs a model of data, and bowl is a bare function" in faults
    assert any(fault.startswith("landscape[2].name: no landscape is called 'bael'") for fault in faults)
    text = leagues.text().replace('"bowl"', '"saddle"').replace('"beale"', '"drifting_bowl"')
    assert faults_of(text) == [
        "landscape[0]: saddle has no minimum that is known, and a league counts who arrives at the minimum",
        "landscape[2]: drifting_bowl moves, and a league counts who arrives at the minimum",
    ]


def test_a_rate_that_would_not_be_raced_is_a_fault() -> None:
    text = leagues.text().replace('optimizer = "adam"', 'optimizer = "adam"\nlr = 0.1')
    (fault,) = faults_of(text)
    assert fault.startswith('entrant[1].lr: in a league of kind "tuned" each entrant has the best of the same rates')
    assert faults_of('[[landscape]]\n[[entrant]]\n[budget]\nkind = "given"\nrate = 1.0')[0].startswith(
        "budget.rate: a budget of kind \"given\" has no key 'rate'"
    )


def test_a_fork_in_a_league_has_the_rates_of_the_league_all_the_way() -> None:
    """Unless each has its own: then a fork's past keeps its own too."""
    fork = 'optimizer = "polyak"\nforked = { step = 20, eps = 0.5 }'
    text = leagues.text().replace('optimizer = "adam"', fork)
    league = leaguefile.from_data(tomllib.loads(text))
    at = next(n for n, place in enumerate(league.places) if place.landscape.lowest == 0.0)
    race = league.race(at, 0, 0, tuple(0.1 * (i + 1) for i in range(len(league.entrants))))
    assert [leg.lr for _, leg in race.entrants[1].legs] == [0.2, 0.2]
    assert [leg.optimizer.hyper["f_min"] for _, leg in race.entrants[1].legs] == [0.0, 0.0]
    (fault,) = faults_of(text.replace("eps = 0.5", "lr = 0.5"))
    assert fault.startswith('entrant[1].forked.lr: in a league of kind "tuned" each entrant has the best of the same')
    own = race.entrants[0].branch(20, lambda e: replace(e, optimizer=replace(e.optimizer, lr=0.7)))
    assert [leg.lr for _, leg in at_rate(own, race.landscape, 0.7).legs] == [race.entrants[0].lr, 0.7]


def test_there_are_limits() -> None:
    huge = leagues.text(steps="steps = 100000", seeds="seeds = 1000", starts="starts = 700")
    (fault,) = faults_of(huge)
    assert fault.startswith("league: must be at most 100,000,000,000 steps of all runs together, got ")
    (fault,) = faults_of(leagues.text(steps="steps = 1", seeds="seeds = 1000", starts="starts = 1000"))
    assert fault == "league: must be at most 20,000,000 runs, tuning included, got 24,036,000"
    assert faults_of("landscape = 3")[0] == "landscape: must be written [[landscape]], 1 to 200 tables, got 3"
    assert faults_of("[[landscape]]") == ["entrant: a race has 1 to 64 entrants, got 0"]


def test_the_leagues_that_ship_are_sound() -> None:
    for name in resources.leagues():
        league = leaguefile.find(name)
        assert league.title and league.problems >= 10
        assert leaguefile.find(name.replace("-", " ").upper()) == league


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(RaceError, match="no such file, and no league of this name; did you mean 'classroom'"):
        leaguefile.find("clasroom")
    with pytest.raises(RaceError, match="is a folder, not a league file"):
        leaguefile.find(tmp_path)
    (tmp_path / "x.toml").write_bytes(b"\xff")
    with pytest.raises(RaceError, match="byte 0 is not UTF-8 text"):
        leaguefile.find(tmp_path / "x.toml")


# What is measured.


def test_every_run_is_the_race_of_its_own(found: Standings) -> None:
    league = found.league
    for n, (i, j) in enumerate(found.where):
        for k, seed in enumerate(league.seeds):
            race = league.race(i, j, k, found.rates(i, j))
            assert race.seed == seed
            record = Engine(race).run()
            for e, one in enumerate(found.outcomes[n]):
                lane, gap = record.lane(e), record.loss[:, record.lane(e)] - race.landscape.lowest
                assert one.loss[k] == record.loss[-1, lane] and one.best[k] == np.fmin.reduce(record.loss[:, lane])
                for t, target in enumerate(league.targets):
                    (met,) = np.nonzero(gap <= target * gap[0])
                    assert one.reached[t][k] == (met[0] if len(met) else -1)
                    if len(met):
                        spent = [x[t][k] for x in one.spent]
                        assert spent == [x[met[0], lane] for x in (record.evals, record.loss_evals, record.hess_evals)]
                counts = (record.evals, record.loss_evals, record.hess_evals)
                assert [x[k] for x in one.asked] == [x[-1, lane] for x in counts]
                assert one.lost[k] == (record.status[-1, lane] == Status.DIVERGED.value)


def test_who_diverged_on_the_way_is_lost_wherever_it_ends() -> None:
    decaying = 'optimizer = "sgd"\nschedule = "linear"'
    league = leagues.small(budget='kind = "tuned"', rates="rates = [2.0]", optimizer=decaying, steps="steps = 60")
    for one in play(next(iter(league.cells()))):
        assert max(one.loss) < one.first and one.lost == [True, True]


def test_the_target_of_a_millionth_is_the_referees() -> None:
    league = replace(leagues.small(), targets=(1e-6,), noise=leagues.small().noise.__class__(), steps=200)
    for cell in league.cells():
        outcomes = play(cell)
        race = replace(league, entrants=cell.entrants).race(
            [place.landscape for place in league.places].index(cell.landscape), 0, 0, tuple(o.rate for o in outcomes)
        )
        race = replace(race, starts=(cell.start,))
        record = Engine(race).run()
        for e, one in enumerate(outcomes):
            arrived = np.nonzero(record.status[:, record.lane(e)] == Status.ARRIVED.value)[0]
            assert one.reached[0][0] == (arrived[0] if len(arrived) else -1)


def test_who_has_diverged_solves_nothing_afterwards() -> None:
    """As in a race: from a thousand boxes away Newton is at the minimum in a step, and has diverged before it."""
    league = leagues.small()
    newton = (Entrant(OPTIMIZERS["newton"](lr=1.0), "newton"),)
    far = replace(league, places=(Place(league.places[0].landscape, ((1e6, 0.0),)),), entrants=newton)
    (found,) = play(next(replace(far, budget=Budget()).cells()))
    record = Engine(far.race(0, 0, 0, (1.0,))).run()
    assert record.status[-1, 0] == Status.DIVERGED.value and record.loss[-1, 0] < 1e-3 * record.loss[0, 0]
    assert found.lost == [True, True] and found.reached == [[-1, -1], [-1, -1]]


def test_tuning_takes_no_rate_for_what_it_finds_outside_the_box() -> None:
    """Where no rate arrives, the lowest end counts; on Schwefel's lower values lie outside."""
    schwefel = LANDSCAPES["schwefel"]()
    sgd, start = (Entrant(OPTIMIZERS["sgd"](), "sgd"),), (467.0, -497.0)
    rates = (0.001, 1.0, 10.0)
    places = (Place(schwefel, (start,)),)
    league = replace(leagues.small(), places=places, entrants=sgd, noise=Noise(), budget=Budget("tuned", None, rates))
    ends = [Engine(league.race(0, 0, 0, (rate,))).run() for rate in rates]
    outside = [bool(out_of_box(schwefel, end.theta[-1, 0])) for end in ends]
    lowest = min(range(3), key=lambda k: ends[k].loss[-1, 0])
    assert outside[lowest] and not all(outside)
    (found,) = play(next(league.cells()))
    assert found.rate == min(
        (rates[k] for k in range(3) if not outside[k]), key=lambda r: ends[rates.index(r)].loss[-1, 0]
    )


def test_tuning_takes_the_rate_that_needs_the_fewest_steps_with_other_seeds() -> None:
    league = leagues.small()
    cell = next(league.cells())
    for entrant, one in zip(cell.entrants, play(cell), strict=True):
        scores = []
        for rate in league.budget.rates:
            alone = replace(
                cell,
                entrants=(replace(entrant, optimizer=replace(entrant.optimizer, lr=rate)),),
                seeds=(2, 3),  # those after the league's own
                budget=replace(league.budget, kind="given"),
            )
            (found,) = play(alone)
            steps = sum(2 * 40 if step < 0 else step for target in found.reached for step in target)
            scores.append((steps, min(found.loss), rate))
        assert one.tried == [steps for steps, _, _ in scores]
        assert one.rate == min(scores)[2]


def test_kinds_of_budget_give_their_rates() -> None:
    def rates(kind: str) -> list[float]:
        text = leagues.text(kind=kind, rates="").replace("\nseeds = 2\n[[", "\n[[")
        league = leaguefile.from_data(leaguefile.racefile.parse_data(text))
        return [one.rate for one in play(next(league.cells()))]

    landscape = leagues.small().places[0].landscape
    assert rates('kind = "shared"\nrate = 0.07') == [0.07] * 3
    assert rates('kind = "shared"') == [landscape.lr] * 3
    assert rates('kind = "defaults"') == rates('kind = "given"')[:0] + [
        type(e.optimizer)().lr for e in leagues.small().entrants
    ]


def test_company_and_the_size_of_parts_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = next(leagues.small().cells())
    whole = play(cell)
    assert [play(replace(cell, entrants=(entrant,)))[0] for entrant in cell.entrants] == whole
    monkeypatch.setattr(leaguecell, "LANES", 4)
    assert play(cell) == whole


def test_a_key_names_all_that_counts_and_nothing_else() -> None:
    cell = next(leagues.small().cells())
    first = keys(cell)
    assert len(set(first)) == 3
    renamed = replace(cell, entrants=tuple(replace(e, label=f"{e.label}!", stream=e.stream + 7) for e in cell.entrants))
    assert keys(renamed) == first, "neither name nor place among others"
    own = replace(cell, noise=replace(cell.noise, shared=False))
    assert keys(own) != keys(replace(own, entrants=renamed.entrants)), "a stream keys its own noise"
    for change in (
        {"steps": 41}, {"seeds": (0, 2)}, {"targets": (0.1,)}, {"start": (1.0, 1.0)},
        {"noise": replace(cell.noise, sigma=0.1)}, {"budget": replace(cell.budget, seeds=3)},
    ):  # fmt: skip
        assert not set(keys(replace(cell, **change))) & set(first)


# What is read off.


def made(costs: list[list[float]]) -> Standings:
    """Standings of one landscape on which entrants (rows) solve starts (columns) at these costs; inf: not."""
    league = leagues.small()
    starts = tuple((float(i), 0.0) for i in range(len(costs[0])))
    one = replace(league.places[0], starts=starts)
    league = replace(league, places=(one,), seeds=(0,), targets=(0.1,), entrants=league.entrants[: len(costs)])

    def outcome(cost: float) -> Outcome:
        steps = -1 if math.isinf(cost) else int(cost)
        zero = [[0]]
        return Outcome(0.1, [], 1.0, [0.0], [0.0], [False], [[steps]], [[[max(steps, 0)]], zero, zero], [[9], [0], [0]])

    return Standings(league, [[outcome(row[j]) for row in costs] for j in range(len(starts))])


def test_profiles_areas_and_wins_worked_by_hand() -> None:
    it = made([[2, 4, 8, math.inf], [4, 4, 2, math.inf]])
    assert it.ratio.tolist() == [[1.0, 1.0, 4.0, math.inf], [2.0, 1.0, 1.0, math.inf]]
    assert it.profiles == (Curve((1.0, 4.0), (0.5, 0.75)), Curve((1.0, 2.0), (0.5, 0.75)))
    assert it.profiles[0].at(3.9) == 0.5 and it.profiles[0].at(4.0) == 0.75 and it.profiles[0].at(0.5) == 0.0
    assert it.widest == 4.0
    assert it.areas == ((1 + 1 + 0) / 4, (0.5 + 1 + 1) / 4)
    assert it.order == [1, 0]
    (row,) = it.rows
    assert [(e.solved, e.first, e.tied, e.median) for e in row.entries] == [(3, 2, 1, 8.0), (3, 2, 1, 4.0)]
    assert row.winners == (0, 1), "a tie is a tie"
    assert row.counts == ["★ 2 of 4", "★ 2 of 4"]
    assert it.solved_within[0] == Curve((2.0, 4.0, 8.0), (0.25, 0.5, 0.75)) and it.dearest == 8.0


def test_a_landscape_that_nobody_solves_has_no_winner() -> None:
    it = made([[math.inf], [math.inf]])
    assert it.rows[0].winners == () and it.rows[0].entries[0].median_text == "–"
    assert it.areas == (0.0, 0.0) and it.profiles[0].last == 0.0 and it.widest == 2.0
    assert where(it)[1] == ["Bowl", "none solved", "none solved"]


def test_a_problem_solved_at_once_costs_one() -> None:
    it = made([[0], [3]])
    assert it.cost.tolist() == [[1.0], [3.0]]


def test_evaluations_are_weighted(found: Standings) -> None:
    costly = replace(found, league=replace(found.league, measure="cost"))
    lbfgs = costly.outcomes[0][2]
    grads, losses, hessians = (spent[0][0] for spent in lbfgs.spent)
    assert losses > 0 and hessians == 0
    assert costly.cost[2, 0] == grads + 0.333 * losses > found.cost[2, 0] == grads
    steps = replace(found, league=replace(found.league, measure="steps"))
    assert steps.cost[2, 0] == lbfgs.reached[0][0]


def test_the_example_of_a_cell_is_one_that_its_entrant_won(found: Standings) -> None:
    seeds = len(found.league.seeds)
    for i in range(3):
        for entrant in range(3):
            start, seed = found.example(i, entrant)
            problem = found.where.index((i, start)) * seeds + seed
            if found.rows[i].entries[entrant].first:
                assert found.cost[entrant, problem] == found.best[problem] < math.inf


def test_the_tables_hold_every_run_and_read_back(found: Standings) -> None:
    rows = list(csv.DictReader(io.StringIO(leaguetables.runs(found))))
    assert len(rows) == found.league.problems * 3
    first = found.outcomes[0][0]
    assert (rows[0]["landscape"], rows[0]["seed"], rows[0]["entrant"]) == ("bowl", "0", "SGD")
    assert float(rows[0]["loss"]) == first.loss[0] and float(rows[0]["lr"]) == first.rate
    assert rows[0]["steps_to_0.1"] == str(first.reached[0][0])
    never = [row for row in rows if row["steps_to_0.001"] == ""]
    assert len(never) == sum(step < 0 for cell in found.outcomes for one in cell for step in one.reached[1]) > 0
    summary = list(csv.DictReader(io.StringIO(leaguetables.summary(found))))
    assert len(summary) == 2 * 4 * 3
    whole = [row for row in summary if row["landscape"] == "All" and row["target"] == "0.1"]
    assert [float(row["area"]) for row in whole] == list(found.areas)
    assert [int(row["first"]) for row in whole] == [entry.first for entry in found.whole.entries]


def test_the_page_is_well_formed_and_says_what_the_table_says(found: Standings) -> None:
    text = page([found], ["<svg xmlns='http://www.w3.org/2000/svg'/>"], 'title = "<b>"')
    root = ElementTree.fromstring(text.split("\n", 1)[1])
    said = " ".join("".join(root.itertext()).split())
    assert (
        "The same for all Tuned: from every start each entrant was raced at the same 3 rates from 0.01 to 0.2" in said
    )
    assert 'title = "<b>"' in said and "<b>" not in text
    for row in where(found):
        for cell in row:
            assert cell in said
    assert page([found], [""], "") == page([found], [""], "")


# What is kept.


def test_a_journal_gives_back_every_bit_and_no_torn_line(tmp_path: Path) -> None:
    cell = next(leagues.small().cells())
    path = tmp_path / "deep" / "a.journal"
    kept, outcomes = Journal(path), play(cell)
    odd = replace(outcomes[0], loss=[math.inf, -0.1 + 0.3], best=[5e-324, 1e300])
    kept.add(zip(keys(cell), [odd, *outcomes[1:]], strict=True))
    again = Journal(path)
    assert [again[key] for key in keys(cell)] == [odd, *outcomes[1:]]
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for cut in range(len(lines[0]) + len(lines[1]) + 1, len(whole)):
        path.write_bytes(whole[:cut])
        if cut % 97 and cut != len(whole) - 1:
            continue
        torn = Journal(path)
        assert len(torn) == 2 + (cut == len(whole) - 1)
        torn.add([(keys(cell)[2], outcomes[2])])
        assert len(Journal(path)) == 3, "what is added to a torn line begins on one of its own"
    again.forget()
    assert not path.exists() and len(again) == 0 == len(Journal(path))


def test_a_large_journal_keeps_what_may_be_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = list(leagues.small().cells())[:2]
    kept = Journal(tmp_path / "a.journal")
    for cell in (first, second):
        kept.add(zip(keys(cell), play(cell), strict=True))
    kept.tidy(keys(first))
    assert len(Journal(tmp_path / "a.journal")) == 6, "small: nothing is thrown away"
    monkeypatch.setattr("simulator.studies.journal.KEEP", 10)
    kept.tidy(keys(first))
    assert len(Journal(tmp_path / "a.journal")) == 3 == len(kept)


def test_a_large_journal_keeps_what_another_program_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell, path = next(leagues.small().cells()), tmp_path / "a.journal"
    monkeypatch.setattr("simulator.studies.journal.KEEP", 10)
    one, other, outcomes = Journal(path), Journal(path), play(cell)
    other.add([(keys(cell)[0], outcomes[0])])
    one.add([(keys(cell)[1], outcomes[1])])
    one.tidy(keys(cell))
    assert Journal(path)[keys(cell)[0]] == outcomes[0] == one[keys(cell)[0]]


def test_a_journal_that_cannot_be_read_can_be_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.journal").write_bytes(b"x" * 100)
    monkeypatch.setattr("simulator.studies.journal.LARGEST", 10)
    with pytest.raises(FileError, match="it is larger than"):
        Journal(tmp_path / "a.journal")
    assert len(Journal(tmp_path / "a.journal", fresh=True)) == 0
    assert not (tmp_path / "a.journal").exists()


class Narrow(io.FileIO):
    """A raw file may take fewer bytes than it is given, and no error says so."""

    def write(self, data: bytes) -> int:
        return super().write(data[:100])


def test_a_file_that_takes_a_part_of_a_line_gets_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = next(leagues.small().cells())
    kept, outcomes = Journal(tmp_path / "a.journal"), play(cell)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode, buffering: Narrow(path, mode))
        kept.add(zip(keys(cell), outcomes, strict=True))
    again = Journal(tmp_path / "a.journal")
    assert [again[key] for key in keys(cell) if key in again] == outcomes


def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is raced from now on in this process: landscapes and numbers of entrants."""
    raced: list[tuple[str, int]] = []

    def note(cell: leaguecell.Cell) -> list[Outcome]:
        raced.append((cell.landscape.name, len(cell.entrants)))
        return play(cell)

    monkeypatch.setattr("simulator.studies.crew.play", note)
    monkeypatch.setattr("simulator.commands.league.Here", lambda: Here(note))
    return raced


def test_only_what_changed_is_raced_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    raced = counted(monkeypatch)
    path = str(leagues.write(tmp_path))
    first = ok(capsys, "league", path, "--workers", "1")
    assert len(raced) == 6 and "first in" in first
    raced.clear()
    ok(capsys, "league", path, "--workers", "1", "--quiet")
    assert raced == []
    leagues.write(tmp_path, leagues.SMALL.replace('"adam"', '"nadam"'))
    ok(capsys, "league", path, "--workers", "1", "--quiet")
    assert raced == [("bowl", 1)] * 3 + [("ravine", 1)] * 2 + [("beale", 1)], "the one entrant that changed"
    raced.clear()
    leagues.write(tmp_path, leagues.SMALL.replace("[[1.0, 1.5]]", "[[1.0, 1.25]]"))
    ok(capsys, "league", path, "--workers", "1", "--quiet")
    assert raced == [("beale", 3)]
    raced.clear()
    leagues.write(tmp_path)
    assert ok(capsys, "league", path, "--workers", "1", "--quiet", "--csv", "-") and raced == []
    ok(capsys, "league", path, "--workers", "1", "--quiet", "--fresh")
    assert len(raced) == 6


# The command.


def test_the_command_says_who_wins_and_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(leagues.write(tmp_path))
    said = ok(capsys, "league", path, "--csv", str(tmp_path / "r.csv"), "--summary", str(tmp_path / "s.csv"))
    assert said.startswith("Small: f − f* at 0.1 of what it was at the start; cost: gradients\nTuned: ")
    assert said.count("first in") == 2 and "\n\nSmall: f − f* at 0.001 " in said
    text = (tmp_path / "r.csv").read_text()
    assert ok(capsys, "league", path, "--csv", "-", "--quiet") == text
    assert place(tmp_path / "small.league.toml").exists()
    found = leagues.run(leagues.small(), Here()).standings()[0]
    assert text == leaguetables.runs(found)


def test_the_command_checks_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = leagues.write(tmp_path, leagues.text(steps="steps = -1"))
    lines = refused(
        capsys, "league", str(path), "--workers", "0", "--csv", str(tmp_path / "no" / "x.csv"),
        "--summary", str(path), "--html", str(tmp_path / "x.png"),
    )  # fmt: skip
    assert any(line.startswith("--csv: cannot write") for line in lines)
    assert f"--summary: {path} is given to FILE as well" in lines
    assert any("is called like a PNG picture" in line for line in lines)
    assert "--workers: must be a whole number from 1 to 256, got 0" in lines
    assert "steps: must be a whole number from 1 to 100,000, got -1" in lines
    assert refused(capsys, "league", "nowhere")[0].startswith("nowhere: no such file, and no league of this name")


def test_new_processes_are_begun_where_they_pay() -> None:
    assert not pays(leagues.small()) and pays(leaguefile.find("classroom"))


def test_a_league_is_frozen(found: Standings) -> None:
    assert isinstance(found.league, League) and hash(found.league) == hash(leagues.small())
