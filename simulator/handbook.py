"""What the program knows of its optimizers, landscapes, schedules, samples and lessons, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, get_args

from simulator import prose, racefile, resources
from simulator.catalog import Catalog
from simulator.landscape import Family as LandscapeFamily
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Family, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import Param, params
from simulator.race import Race
from simulator.schedule import Schedule
from simulator.schedules import SCHEDULES

Entry = dict[str, Any]
CATALOGS: dict[str, Catalog[Any]] = {"optimizer": OPTIMIZERS, "landscape": LANDSCAPES, "schedule": SCHEDULES}
FAMILIES = (*get_args(Family), *get_args(LandscapeFamily))  # in this order on a list
COSTS = ("gradients", "most_gradients", "hessians", "buffers", "needs")


def ordered(kind: str) -> list[type[Any]]:
    """All optimizers, landscapes or schedules, family by family, in order of year, where there is one, and title."""

    def place(cls: type[Any]) -> tuple[int, int, str]:
        return FAMILIES.index(cls.family) if hasattr(cls, "family") else 0, getattr(cls, "year", 0), cls.title

    return sorted(CATALOGS[kind].values(), key=place)


def summary(cls: type[Any]) -> str:
    """What it is, in a sentence."""
    return cls.story if issubclass(cls, Landscape) else " ".join(cls.doc().split("\n\n")[0].split())


def described(kind: str, name: str) -> Entry:
    """The entry as plain data; the same keys for all of a kind, ``year`` and ``formula`` null where there is none."""
    entry: Entry = {"name": name, "kind": kind}
    if kind == "race":
        return entry | _race(name)
    if kind == "lesson":
        return entry | _lesson(name)
    cls = CATALOGS[kind][name]
    thing: Optimizer | Landscape | Schedule = cls()
    entry |= {
        "title": cls.title,
        "year": getattr(cls, "year", None),
        "family": getattr(cls, "family", None),
        "summary": summary(cls),
        "doc": cls.doc(),
        "formula": cls.formula_text if isinstance(thing, Landscape) else cls.formula,
        "source": cls.source,
        "parameters": [_parameter(p) for p in params(cls).values()],
    }
    if isinstance(thing, Landscape):
        known = thing.known
        entry |= {"moving": thing.moving, "model": thing.model, "domain": thing.domain, "blocks": thing.blocks}
        entry |= {"dim": thing.dim, "lr": known.lr, "box": known.box, "starts": known.starts}
        entry["minima"] = [asdict(minimum) for minimum in known.minima]
        entry["lower_outside"] = known.lower_outside
    if isinstance(thing, Optimizer):
        entry |= _costs(thing) | {"stable": _stable(thing)}
        entry |= {"dialects": [dialect._asdict() for dialect in cls.dialects], "parity": resources.parity().get(name)}
    return entry


def _costs(optimizer: Optimizer) -> Entry:
    """What a step asks for, and the numbers kept per parameter; see `simulator.optimizer.Cost`."""
    cost = optimizer.cost
    counts = cost.grads, cost.most or cost.grads, cost.hessians, cost.buffers
    return dict(zip(COSTS, (*counts, optimizer.needs or None), strict=True))


def _stable(optimizer: Optimizer) -> Entry | None:
    """The formulas of its limits on a quadratic, in L; None where there are none."""
    limit = optimizer.stable_lr(1.0)
    return limit and {"formula": limit.formula, "swings": limit.swing_formula}


def _race(name: str) -> Entry:
    path = resources.sample_races()[name]
    race = racefile.find(path)
    return {
        "title": race.title,
        "year": None,
        "family": None,
        "summary": f"{_field(race)} on {race.landscape.title}, {race.steps} steps",
        "doc": race.landscape.story,
        "formula": race.landscape.formula_text,
        "source": str(path),
        "parameters": [],
        "race": racefile.to_data(race),
    }


def _lesson(name: str) -> Entry:
    from simulator.lessons import LESSONS  # only when asked: the window's lists of methods do without

    lesson = LESSONS[name]
    return {
        "title": lesson.title,
        "year": None,
        "family": None,
        "summary": lesson.summary,
        "doc": lesson.summary,
        "formula": "",
        "source": lesson.source,
        "parameters": [],
        "minutes": lesson.minutes,
        "place": lesson.place,
        "pages": [{"title": page.title, "text": prose.to_plain(page.text)} for page in lesson.pages],
    }


def _field(race: Race) -> str:
    return ", ".join(entrant.label for entrant in race.entrants)


def _parameter(p: Param) -> dict[str, Any]:
    return {
        "name": p.name,
        "symbol": p.symbol,
        "default": p.default,
        "range": [p.low, p.high] if p.numeric else None,
        "choices": list(p.choices),
        "allowed": p.range_text(),
        "scale": p.scale,
        "unit": p.unit,
        "doc": p.doc,
    }


# In words, a line each.


def cost(entry: Entry) -> Iterator[str]:
    """What a step of an optimizer asks for and keeps."""
    few, most = entry["gradients"], entry["most_gradients"]
    yield f"{few if few == most else f'{few} to {most}'} gradient{'s' * (most != 1)}"
    if hessians := entry["hessians"]:
        yield f"{hessians:g} Hessian{'s' * (hessians != 1)}, or products with one"
    buffers = entry["buffers"]
    yield f"{buffers:g} number{'s' * (buffers != 1)} kept per parameter" if buffers else "nothing kept"
    if entry["needs"]:
        yield f"needs a landscape with a {entry['needs']}"


def stability(entry: Entry) -> Iterator[str]:
    """How large η may be, L being the largest curvature."""
    if stable := entry["stable"]:
        yield f"η below {stable['formula']}, L being the largest curvature, or it diverges"
        yield f"η above {stable['swings']} goes from side to side on its way"
    else:
        yield "no formula: the mark under the slider of η is measured by racing on"


def parity(entry: Entry) -> str:
    """With which library an optimizer agrees, and how far that was checked."""
    found = entry["parity"]
    return found["says"] if found else "no run of a library to compare with"


def known(entry: Entry) -> Iterator[str]:
    """The facts of a landscape; where there are more than two parameters, without their coordinates."""
    small = entry["dim"] <= 2
    if not small:
        blocks = ", ".join(" × ".join(map(str, shape)) for shape in entry["blocks"])
        yield f"{entry['dim']} parameters in blocks of {blocks}"
    if entry["moving"]:
        yield "moves with the step"
    if entry["model"]:
        yield "has a model: its Fisher and Gauss–Newton matrices can be asked for"
    if entry["domain"]:
        yield f"every step is put back into {_box(entry['domain'])}"
    yield f"view {_box(entry['box'] if small else entry['box'][:1])}{'' if small else ' for every parameter'}"
    yield f"start {', '.join(map(_point, entry['starts']))}" if small else f"{len(entry['starts'])} starts"
    yield f"η {entry['lr']:.3g}"
    for m in entry["minima"]:
        where = f" at {_point(m['theta'])}" if small else ""
        yield f"{m['kind']} minimum {m['loss']:.6g}{where}{', at the border' if m['at_border'] else ''}"
    if not entry["minima"]:
        yield "no minimum"
    if entry["lower_outside"]:
        yield "outside the view lie lower values: nobody arrives there"


def _box(box: Iterable[tuple[float, float]]) -> str:
    return " × ".join(f"[{low:g}, {high:g}]" for low, high in box)


def _point(theta: Iterable[float]) -> str:
    return "(" + ", ".join(f"{x:.6g}" for x in theta) + ")"
