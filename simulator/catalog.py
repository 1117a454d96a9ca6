"""A folder whose every module defines one optimizer, landscape or schedule."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar

from simulator.param import RaceError, did_you_mean, shown

T = TypeVar("T")


class Catalog(Mapping[str, type[T]], Generic[T]):
    """The classes of a package, by module name: ``Catalog("simulator.optimizers", Optimizer, "optimizer")["adam"]``.

    Each module defines exactly one class derived from ``base``. The folder is read at first use, so that a module
    of the folder may import whatever stands before it. An empty folder raises: in a frozen application a folder
    scan silently finds nothing unless the modules were collected.
    """

    def __init__(self, package: str, base: type[T], noun: str):
        self.package, self.base, self.noun = package, base, noun

    @cached_property
    def entries(self) -> dict[str, type[T]]:
        path = importlib.import_module(self.package).__path__
        found = {m.name: self._only_class(m.name) for m in pkgutil.iter_modules(path) if not m.name.startswith("_")}
        if not found:
            raise RuntimeError(f"no {self.noun} found in {self.package}: the installation is incomplete")
        return found

    def _only_class(self, name: str) -> type[T]:
        module = importlib.import_module(f"{self.package}.{name}")
        mine = [
            cls
            for cls in vars(module).values()
            if inspect.isclass(cls) and issubclass(cls, self.base) and cls.__module__ == module.__name__
        ]
        if len(mine) != 1:
            raise RuntimeError(f"{module.__name__} must define exactly one {self.noun}, it defines {len(mine)}")
        mine[0].name = name  # type: ignore[attr-defined]
        return mine[0]

    def find(self, name: object, where: str) -> type[T]:
        """The entry called ``name`` (case, spaces and hyphens do not matter), or RaceError with the nearest name."""
        key = (name if isinstance(name, str) else shown(name)).strip().lower().replace("-", "_").replace(" ", "_")
        if key not in self.entries:
            hint = did_you_mean(key, self.entries) or f"; there are {', '.join(self.entries)}"
            raise RaceError([f"{where}: no {self.noun} is called {shown(name)}{hint}"])
        return self.entries[key]

    def __getitem__(self, name: str) -> type[T]:
        return self.entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
