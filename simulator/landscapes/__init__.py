"""One file, one landscape. Adding a file adds it everywhere: window, race file, command line, help and tests."""

from simulator.catalog import Catalog
from simulator.landscape import Landscape

LANDSCAPES: Catalog[Landscape] = Catalog(__name__, Landscape, "landscape")
