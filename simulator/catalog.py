"""A folder whose every module defines one optimizer, landscape, schedule or lesson."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import Generic, TypeVar

from simulator import interrupts
from simulator.param import RaceError, did_you_mean, shown

E = TypeVar("E")
T = TypeVar("T")


class Folder(Mapping[str, E], Generic[E]):
    """What the modules of a package define, one entry each, by module name.

    A module is read when it is asked for, so that a race of two methods costs two, and a module of the folder may
    import whatever stands before it. An empty folder raises: in a frozen application a folder scan silently finds
    nothing unless the modules were collected. The ``unlisted`` are found by name, as in a race file, but are on no
    list: what is true of every entry need not be of them.
    """

    def __init__(self, package: str, noun: str, unlisted: tuple[str, ...] = ()):
        self.package, self.noun, self.unlisted = package, noun, unlisted
        self._read: dict[str, E] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        path = importlib.import_module(self.package).__path__
        found = tuple(sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")))
        if not found:
            raise RuntimeError(f"no {self.noun} found in {self.package}: the installation is incomplete")
        return tuple(name for name in found if name not in self.unlisted)

    def entries(self, module: ModuleType) -> list[E]:
        """What ``module`` defines: one entry, or the installation is at fault."""
        raise NotImplementedError

    def _only(self, name: str) -> E:
        with interrupts.held():  # in half a module it would become an error of another kind
            module = importlib.import_module(f"{self.package}.{name}")
        mine = self.entries(module)
        if len(mine) != 1:
            raise RuntimeError(f"{module.__name__} must define exactly one {self.noun}, it defines {len(mine)}")
        return mine[0]

    def find(self, name: object, where: str) -> E:
        """The entry called ``name``, however it is spelt (see `_plain`), or RaceError with the nearest name."""
        said = name if isinstance(name, str) else shown(name)
        for known in (*self.names, *self.unlisted):
            if _plain(known) == _plain(said):
                return self[known]
        hint = did_you_mean(said.strip(), self.names) or f"; there are {', '.join(self.names)}"
        raise RaceError([f"{where}: no {self.noun} is called {shown(name)}{hint}"])

    def __getitem__(self, name: str) -> E:
        if name not in self._read:
            if name not in self.names and name not in self.unlisted:
                raise KeyError(name)
            self._read[name] = self._only(name)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class Catalog(Folder[type[T]], Generic[T]):
    """The classes of a package, by module name: ``Catalog("simulator.optimizers", Optimizer, "optimizer")["adam"]``.

    Each module defines exactly one class derived from ``base``.
    """

    def __init__(self, package: str, base: type[T], noun: str, unlisted: tuple[str, ...] = ()):
        super().__init__(package, noun, unlisted)
        self.base = base

    def entries(self, module: ModuleType) -> list[type[T]]:
        return [
            cls
            for cls in vars(module).values()
            if inspect.isclass(cls) and issubclass(cls, self.base) and cls.__module__ == module.__name__
        ]


def _plain(name: str) -> str:
    """What is left of a name where case, spaces, hyphens and underscores do not matter: L-BFGS is lbfgs."""
    return "".join(c for c in name.lower() if c not in " -_")
