"""A Dask scheduler that runs already: the same cells on other machines. Needs the package distributed."""

from __future__ import annotations

import importlib
import logging
from concurrent.futures import BrokenExecutor, Future
from typing import Any

from simulator.studies.crew import CrewError, Play
from simulator.studies.league import Cell
from simulator.studies.leaguecell import Outcome, play, version

SECONDS = 10.0  # that a scheduler, and then its workers, have to answer
RETRIES = 3  # of a cell whose worker died
INSTALL = "pip install 'optim-race[cluster]'"


class Cluster:
    """The workers behind the scheduler at ``address``, as tcp://host:8786."""

    def __init__(self, address: str, play: Play = play, seconds: float = SECONDS):
        """Raises CrewError."""
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError:
            raise CrewError(f"--dask: needs the package distributed: {INSTALL}") from None
        self.address, self._play = address, play
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said here, on a line
        try:
            self._client: Any = distributed.Client(address, timeout=seconds, set_as_default=False)
        except (OSError, ValueError) as error:  # a TimeoutError is an OSError
            silent = f"nobody answers within {seconds:g} s"
            why = silent if isinstance(error, OSError) else " ".join(str(error).split())
            raise CrewError(f"--dask: {address}: {why}") from None
        try:
            self._check(seconds)
        except BaseException:
            self.close()
            raise
        self._executor: Any = self._client.get_executor(pure=False, retries=RETRIES)

    def _check(self, seconds: float) -> None:
        """There are workers, and they are this program."""
        try:
            self._client.wait_for_workers(1, timeout=seconds)
        except OSError:
            raise CrewError(f"--dask: {self.address}: the scheduler has no workers after {seconds:g} s") from None
        try:
            found: dict[str, tuple[str, str]] = self._client.run(version)
        except Exception as error:
            said = " ".join(str(error).split())
            raise CrewError(f"--dask: {self.address}: its workers cannot run optim-race: {said}") from None
        for worker, theirs in sorted(found.items()):
            if tuple(theirs) != version():
                ours, other = (f"optim-race {a} with NumPy {b}" for a, b in (version(), theirs))
                raise CrewError(f"--dask: {self.address}: {worker} has {other}, and this is {ours}")
        self.hands = max(1, sum(self._client.nthreads().values()))

    def submit(self, cell: Cell) -> Future[list[Outcome]]:
        if self._client.status != "running":
            raise BrokenExecutor
        return self._executor.submit(self._play, cell)

    def renew(self) -> None:
        """The cluster makes its workers anew itself; what is gone is the scheduler."""
        raise CrewError(f"--dask: {self.address}: the scheduler no longer answers")

    def close(self) -> None:
        self._client.close(timeout=2)
