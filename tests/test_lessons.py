"""The lessons: every one of them keeps the laws of `simulator.lessonlaws`."""

import pytest

from simulator.lessonlaws import faults
from simulator.lessons import LESSONS


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_keeps_the_laws(name):
    assert faults(LESSONS[name]) == []


def test_lessons_stand_in_one_order():
    places = [lesson.place for lesson in LESSONS.ordered()]
    assert places == sorted(set(places)), "two lessons have the same place"
