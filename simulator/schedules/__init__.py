"""One file, one schedule. Adding a file adds it everywhere: window, race file, command line, help and tests."""

from simulator.catalog import Catalog
from simulator.schedule import Schedule

SCHEDULES: Catalog[Schedule] = Catalog(__name__, Schedule, "schedule")
