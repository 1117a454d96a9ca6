"""All checks, in the order they are made."""

from __future__ import annotations

from simulator.selfcheck.examination import Examination
from simulator.selfcheck.formulas import FORMULAS
from simulator.selfcheck.laws import COMPANY, ENGINE, FORK, NOISE, OUTSIDE_BOX, USED_RATES
from simulator.selfcheck.minima import MINIMA
from simulator.selfcheck.recorded import RATES, RULES
from simulator.selfcheck.rest import REST
from simulator.selfcheck.roundtrips import RACE_FILES, TABLES
from simulator.selfcheck.slopes import GRADIENTS, HESSIANS

CHECKS = (
    GRADIENTS, HESSIANS, MINIMA, RULES, FORMULAS, REST, RATES, USED_RATES, OUTSIDE_BOX, COMPANY, ENGINE, FORK, NOISE,
    RACE_FILES, TABLES,
)  # fmt: skip


def everything() -> Examination:
    """All checks, before the first one."""
    return Examination(CHECKS)
