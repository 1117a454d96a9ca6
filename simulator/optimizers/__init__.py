"""One file, one optimizer. Adding a file adds it everywhere: window, race file, command line, help and tests."""

from simulator.catalog import Catalog
from simulator.optimizer import Optimizer

OPTIMIZERS: Catalog[Optimizer] = Catalog(__name__, Optimizer, "optimizer", unlisted=("by_hand",))
