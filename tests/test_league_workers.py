"""Leagues on worker processes and on a cluster: the same bits, and no kill costs a cell."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.export import leaguetables
from simulator.studies import cluster
from simulator.studies.crew import CrewError, Here, Processes
from simulator.studies.journal import ENDING, Journal
from simulator.studies.leaguerun import DIED, TRIES, Running
from simulator.studies.standings import Standings
from tests import leagues
from tests.commandline import process, refused
from tests.places import ROOT

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
PATIENCE = 60.0  # seconds
unix = pytest.mark.skipif(os.name != "posix", reason="other signals there")


@pytest.fixture(scope="module")
def table() -> str:
    """The table of the small league, raced in this process."""
    return rows(leagues.run(leagues.small(), Here()))


def rows(running: Running) -> str:
    assert not running.failures and running.share == 1.0 and running.finished == running.cells
    return leaguetables.runs(Standings(running.league, running.outcomes()))


def looked(path: Path) -> Running:
    """The small league with what that journal has of it, before anything is raced."""
    running = Running(leagues.small(), Journal(path), Here())
    while not running.looked:
        running._look(1.0)
    return running


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_table_has_the_same_bits_however_many_work(table: str, workers: int) -> None:
    assert rows(leagues.run(leagues.small(), Processes(workers))) == table
    assert not multiprocessing.active_children(), "nobody is left"


def test_all_processes_begin_before_any_has_a_cell() -> None:
    """One that began while another died would make the pool's own thread fail."""
    crew = Processes(3)
    try:
        cell = next(iter(leagues.small().cells()))
        futures = [crew.submit(cell)]
        begun = set(crew.workers)
        assert len(begun) == 3
        futures += [crew.submit(cell) for _ in range(3)]
        for future in futures:
            future.result(PATIENCE)
        assert set(multiprocessing.active_children()) == begun
    finally:
        crew.close()


@unix
def test_a_killed_worker_costs_no_cell(table: str) -> None:
    crew = Processes(2)
    running = Running(leagues.small(), Journal(None), crew)
    running.advance(PATIENCE)
    assert running.finished >= 1 and not running.done
    os.kill(crew.workers[0].pid or 0, KILL)
    while not running.done:
        running.advance(1.0)
    running.stop()
    assert rows(running) == table


@unix
def test_every_cell_may_kill_its_worker_once(table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIM_RACE_MARKS", str(tmp_path))
    assert rows(leagues.run(leagues.small(), Processes(2, leagues.fatal_once))) == table
    assert len(list(tmp_path.iterdir())) == 6


@unix
def test_a_cell_that_always_kills_its_worker_is_named_and_costs_no_other() -> None:
    running = leagues.run(leagues.small(), Processes(2, leagues.deadly))
    assert [failure.why for failure in running.failures] == [DIED] * 2
    assert {failure.cell.landscape.name for failure in running.failures} == {"ravine"}
    assert str(running.failures[0]).startswith("Ravine from (") and str(TRIES) in str(running.failures[0])
    assert running.finished == 4 and running.done and len(running.journal) == 4 * 3


def test_a_cell_that_fails_is_named_and_costs_no_other() -> None:
    running = leagues.run(leagues.small(), Here(leagues.faulty))
    assert [failure.why for failure in running.failures] == ["not enough memory"] * 2
    assert len(running.journal) == 4 * 3


def test_what_is_stopped_goes_on_where_it_was(table: str, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    running = Running(leagues.small(), Journal(path), Here())
    while not running.finished:
        running.advance(0.0)
    running.stop()
    done = running.finished
    assert 0 < done < 6
    again = looked(path)
    assert again.found == done and 0.0 < again.share < 1.0
    assert rows(leagues.run(leagues.small(), Here(), Journal(path))) == table


# The command, killed and interrupted.


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A league that takes some seconds."""
    text = leagues.text(steps="steps = 300", starts="starts = 8").replace('"lbfgs"', '"rmsprop"')
    return leagues.write(tmp_path, text)


def begun(path: Path, tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    """The command on two workers, once its journal has something."""
    environment = {**os.environ, "OPTIM_RACE_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "simulator", "league", str(path), "--workers", "2", *more]
    it = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    wait_for(lambda: bool(lines(tmp_path)) or it.poll() is not None)
    assert it.poll() is None, "it ended before it could be hit"
    return it


def lines(tmp_path: Path) -> list[bytes]:
    found = list((tmp_path / "cache").rglob(f"*{ENDING}"))
    return found[0].read_bytes().splitlines() if found else []


def wait_for(true: object) -> None:
    end = time.monotonic() + PATIENCE
    assert callable(true)
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)  # another process works meanwhile


def group(number: int) -> list[int]:
    """The processes of a session."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == number and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def finished(path: Path, tmp_path: Path) -> tuple[str, str]:
    """What the command says when it goes on."""
    cache = str(tmp_path / "cache")
    run = process("league", str(path), "--workers", "2", "--csv", "-", env={**os.environ, "OPTIM_RACE_CACHE": cache})
    assert run.returncode == 0
    return run.stdout, run.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked up in /proc")
@pytest.mark.parametrize("end", ["kill", "interrupt"])
def test_a_command_that_was_ended_goes_on_and_leaves_nobody(slow: Path, tmp_path: Path, end: str) -> None:
    with begun(slow, tmp_path) as it:
        if end == "kill":
            os.kill(it.pid, KILL)
            code = -KILL
        else:
            os.killpg(it.pid, signal.SIGINT)  # as a terminal does
            code = 130
        out, err = it.communicate(timeout=PATIENCE)
        assert it.returncode == code and out == "" and "Traceback" not in err
    wait_for(lambda: not group(it.pid))
    kept = len(lines(tmp_path))
    assert kept
    out, err = finished(slow, tmp_path)
    assert f"{kept // 3:,} of 19 cells were finished before" in err
    whole = leagues.run(leagues.leaguefile.find(slow), Processes(2))
    assert out == rows(whole)


def test_a_kill_within_a_line_costs_that_cell_alone(table: str, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    leagues.run(leagues.small(), Here(), Journal(path))
    path.write_bytes(path.read_bytes()[:-5])
    assert looked(path).found == 5
    assert rows(leagues.run(leagues.small(), Here(), Journal(path))) == table


# A cluster.


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Dask scheduler with two workers, each a process of its own."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("dask")
    note = folder / "scheduler.json"
    environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False", "PYTHONPATH": str(ROOT)}
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    begin += ["--no-dashboard", "--scheduler-file", str(note)]
    running: list[subprocess.Popen[bytes]] = []
    log = (folder / "log").open("wb")
    try:
        running.append(subprocess.Popen(begin, cwd=folder, env=environment, stdout=log, stderr=log))
        wait_for(note.exists)
        for _ in range(2):
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(note),
                      "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]  # fmt: skip
            running.append(subprocess.Popen(worker, cwd=folder, env=environment, stdout=log, stderr=log))
        yield json.loads(note.read_text())["address"]
    finally:
        for one in reversed(running):
            one.terminate()
        for one in running:
            one.wait(PATIENCE)
        log.close()


def test_a_cluster_gives_the_same_bits(table: str, scheduler: str) -> None:
    crew = cluster.Cluster(scheduler, seconds=PATIENCE)
    try:
        crew._client.wait_for_workers(2, timeout=PATIENCE)
        assert rows(leagues.run(leagues.small(), crew)) == table
    finally:
        crew.close()


def test_a_killed_worker_of_a_cluster_costs_no_cell(table: str, scheduler: str, tmp_path: Path) -> None:
    crew = cluster.Cluster(scheduler, leagues.play, seconds=PATIENCE)
    try:
        running = Running(leagues.small(), Journal(None), crew)
        running.advance(PATIENCE)
        pids: dict[str, int] = crew._client.run(os.getpid)
        os.kill(next(iter(pids.values())), KILL)
        while not running.done:
            running.advance(1.0)
        assert rows(running) == table
    finally:
        crew.close()


def test_the_command_takes_a_cluster(scheduler: str, tmp_path: Path, table: str) -> None:
    path = leagues.write(tmp_path)
    run = process("league", str(path), "--dask", scheduler, "--csv", "-", "--quiet")
    assert (run.returncode, run.stderr) == (0, "") and run.stdout == table


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(CrewError, match=r"^--dask: tcp://127\.0\.0\.1:1: nobody answers within 0\.5 s$"):
        cluster.Cluster("tcp://127.0.0.1:1", seconds=0.5)
    monkeypatch.setattr(cluster, "SECONDS", 0.5)
    path = str(leagues.write(tmp_path))
    with pytest.raises(CrewError, match="--dask: nonsense://x: ") as nonsense:
        cluster.Cluster("nonsense://x", seconds=0.5)
    assert "within" not in str(nonsense.value), "it is not the time that lacked"
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(capsys, "league", path, "--dask", "tcp://127.0.0.1:1", code=1)
    assert said == [f"--dask: needs the package distributed: {cluster.INSTALL}"]
