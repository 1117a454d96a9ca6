"""``optim-race lesson``: find a lesson, say what is wrong with a file, or write one of ours as a file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence

from simulator import files, lessonfile, lessonlaws, lessonshape
from simulator.commands import window
from simulator.lesson import Lesson
from simulator.lessons import LESSONS
from simulator.param import RaceError


def lesson(args: argparse.Namespace) -> int:
    """A lesson in the window, or what to do with a lesson file. Raises RaceError, FileError for a write."""
    if args.what in ACTIONS:
        print(ACTIONS[args.what](args.rest))
        return 0
    return opened(" ".join([args.what, *args.rest]))


def opened(name: str, reset: bool = False) -> int:
    """The window on the lesson of that name. Raises RaceError where it cannot be shown."""
    return window.opened(lesson=found(name), reset=reset)


def found(name: str) -> Lesson:
    """The lesson in a file, or ours of that name. Raises RaceError where it cannot be shown."""
    if lessonfile.is_lesson(name) or os.path.isfile(name):
        return lessonfile.find(name, lessonshape.faults)
    return LESSONS.find(name, "lesson")


def check(given: Sequence[str]) -> str:
    """One line on a lesson file that keeps every law; RaceError with all that is wrong, by line, where it does not."""
    if len(given) != 1:
        raise RaceError(["lesson check: write optim-race lesson check FILE"])
    (name,) = given
    lesson = lessonfile.find(name, lessonlaws.faults)
    pages = lesson.pages
    counts = {
        "page": len(pages),
        "goal": sum(page.goal is not None for page in pages),
        "prediction": sum(page.prediction is not None for page in pages),
        "question": sum(len(page.questions) for page in pages),
        "finding": sum(len(page.findings) for page in pages),
    }
    listed = ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in counts.items() if count)
    return f"{name}: nothing is wrong with it: {listed}"


def write(given: Sequence[str]) -> str:
    """Writes one of ours as a lesson file: ``given`` are its name and the file's."""
    if len(given) != 2 or not lessonfile.is_lesson(given[1]):
        raise RaceError([f"lesson write: write optim-race lesson write NAME FILE; FILE ends in {lessonfile.ENDING}"])
    name, path = given
    files.write(path, lessonfile.dumps(LESSONS.find(name, "lesson write")))
    return f"{path}: written"


ACTIONS: dict[str, Callable[[Sequence[str]], str]] = {"check": check, "write": write}
