"""One file, one lesson. Adding a file adds it everywhere: window, command line and tests."""

from dataclasses import replace
from types import ModuleType

from simulator.catalog import Folder
from simulator.lesson import Lesson


class Lessons(Folder[Lesson]):
    """The lessons of the package, each module's one `Lesson` with the module's name."""

    def entries(self, module: ModuleType) -> list[Lesson]:
        name = module.__name__.rpartition(".")[2]
        return [replace(value, name=name) for value in vars(module).values() if isinstance(value, Lesson)]

    def ordered(self) -> list[Lesson]:
        """As a course goes: by place, then by title."""
        return sorted(self.values(), key=lambda lesson: (lesson.place, lesson.title))


LESSONS = Lessons(__name__, "lesson")
