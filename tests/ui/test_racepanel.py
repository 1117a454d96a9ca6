"""What all racers share: landscape, starts, length, noise, seed."""

from __future__ import annotations

import weakref
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hosted import POPS_UP, show
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.ui.editors import NumberEditor, TextEditor
from simulator.ui.racepanel import SEEDS, RacePanel
from simulator.ui.theme import DARK, LIGHT

RAVINE = LANDSCAPES["ravine"]()
RACE = Race(RAVINE, (Entrant(OPTIMIZERS["sgd"](lr=0.01), "SGD"),), RAVINE.starts[:1])
ENTER = Qt.Key.Key_Return
pytestmark = POPS_UP


class Shown:
    """A panel, and what it sent; each new race is shown, as the window does."""

    def __init__(self, qtbot: QtBot, race: Race = RACE, theme: Any = LIGHT, width: int = 320):
        self.panel = RacePanel()
        self.panel.set_theme(theme)
        self.sent: list[tuple[Race, str]] = []
        self.panel.changed.connect(lambda race, key: self.sent.append((race, key)))
        self.panel.changed.connect(lambda race, key: self.panel.set_race(race))
        self.panel.set_race(race)
        show(qtbot, self.panel, width, 700, theme)

    @property
    def last(self) -> Race:
        return self.sent[-1][0]

    def choose(self, name: str) -> None:
        self.panel.landscape.setCurrentIndex(self.panel.landscape.findData(name))
        QApplication.processEvents()  # what is new is shown

    def number(self, name: str) -> NumberEditor:
        forms = (self.panel.form, *self.panel.forms.values())
        found = next(form.controls[name].editor for form in forms if form and name in form.controls)
        assert isinstance(found, NumberEditor)
        return found

    @property
    def formula(self) -> QLineEdit:
        assert self.panel.form is not None
        editor = self.panel.form.controls["formula"].editor
        assert isinstance(editor, TextEditor)
        return editor.line


def type_in(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, ENTER)


def test_all_landscapes_family_by_family_the_formula_last(qtbot: QtBot) -> None:
    combo = Shown(qtbot).panel.landscape
    names = [combo.itemData(i) for i in range(combo.count())]
    assert set(names) == set(LANDSCAPES) and len(names) == len(LANDSCAPES) and names[-1] == "formula"
    kinds = [LANDSCAPES[name] for name in names[:-1]]
    order = [(("classic", "teaching", "moving", "data").index(kind.family), kind.title) for kind in kinds]
    assert order == sorted(order)


def test_a_field_that_needs_a_model_cannot_go_where_there_is_none(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OPTIMIZERS["adam"], "needs", "model")
    ground = LANDSCAPES["logistic"]()
    race = Race(ground, (Entrant(OPTIMIZERS["adam"](), "Needy"),), ground.starts[:1])
    combo = Shown(qtbot, race).panel.landscape
    enabled = {combo.itemData(i) for i in range(combo.count()) if combo.model().item(i).isEnabled()}
    assert enabled == {name for name, cls in LANDSCAPES.items() if cls.model}
    combo.showPopup()
    combo.popup.search.setText("ravine")
    assert "needs" in combo.popup.about.text()
    combo.popup.close()


@pytest.mark.parametrize("name", list(LANDSCAPES))
def test_another_landscape_takes_the_field_there(qtbot: QtBot, name: str) -> None:
    shown = Shown(qtbot, replace(RACE, starts=((1.0, 1.0), (2.0, 1.0))))
    shown.choose(name)
    landscape = LANDSCAPES[name]()
    if name == "ravine":
        assert shown.sent == []
        return
    assert shown.sent == [(shown.last, "")]
    assert shown.last == replace(RACE, starts=((1.0, 1.0), (2.0, 1.0))).on(landscape)
    assert shown.panel.story.text() == landscape.story and shown.panel.formula.text() == landscape.formula_text
    assert [len(row.field.text().split(",")) for row in shown.panel.starts.rows] == [landscape.dim]


def test_showing_sends_nothing(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    for landscape in (LANDSCAPES["parabola"](), LANDSCAPES["formula"](), LANDSCAPES["ravine"](kappa=99.0)):
        race = replace(RACE.on(landscape), steps=77, seed=5, title="T", noise=replace(RACE.noise, sigma=0.5))
        shown.panel.set_race(race)
        shown.panel.set_theme(DARK)
    assert shown.sent == []
    assert shown.number("kappa").field.text() == "99" and shown.number("steps").field.text() == "77"
    assert shown.number("sigma").field.text() == "0.5" and shown.panel.seed.text() == "5"


def test_a_steeper_ravine_keeps_every_eta(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    slider = shown.number("kappa").slider
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert [key for _, key in shown.sent] == ["landscape/kappa"] * 3
    assert shown.last.landscape.hyper["kappa"] > 30.0 and shown.last.entrants == RACE.entrants
    assert shown.last.starts == RACE.starts


def test_controls_are_built_anew_only_for_another_landscape(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    form = shown.panel.form
    qtbot.keyClick(shown.number("kappa").slider, Qt.Key.Key_Right)
    assert shown.panel.form is form
    old = weakref.ref(form)
    del form
    shown.choose("parabola")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert old() is None and set(shown.panel.form.controls) == {"centre", "a"}


def test_a_landscape_comes_back_as_it_was_left(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    type_in(qtbot, shown.number("kappa").field, "50")
    shown.choose("parabola")
    shown.choose("ravine")
    assert shown.last.landscape == LANDSCAPES["ravine"](kappa=50.0)


def test_a_typed_formula(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    shown.choose("formula")
    type_in(qtbot, shown.formula, "x**4 + y**2")
    assert shown.last.landscape.hyper["formula"] == "x**4 + y**2" and shown.sent[-1][1] == "landscape/formula"
    control = shown.panel.form.controls["formula"]
    count = len(shown.sent)
    type_in(qtbot, shown.formula, "x**4 + (y")
    assert len(shown.sent) == count and control.error.isVisible() and "column" in control.error.text()
    assert "landscape." not in control.error.text() and "\n" not in control.error.text()
    assert shown.formula.property("invalid") and shown.formula.text() == "x**4 + (y"
    type_in(qtbot, shown.formula, "x**4 + y")
    assert shown.last.landscape.hyper["formula"] == "x**4 + y" and not control.error.isVisible()


def test_the_error_of_a_formula_is_shown_while_it_is_typed(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    shown.choose("formula")
    qtbot.mouseClick(shown.formula, Qt.MouseButton.LeftButton)
    qtbot.keyClick(shown.formula, Qt.Key.Key_End)  # wherever the click fell: within the formula a + more is no fault
    qtbot.keyClicks(shown.formula, " + ")
    qtbot.waitUntil(shown.panel.form.controls["formula"].error.isVisible, timeout=2000)


def test_a_formula_and_its_box_may_change_together(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    shown.choose("formula")
    box = shown.panel.form.controls["box"].editor
    type_in(qtbot, shown.formula, "x**2")
    qtbot.keyClick(box.plane, Qt.Key.Key_Space)
    assert shown.last.landscape.dim == 1 and len(shown.last.starts[0]) == 1
    type_in(qtbot, shown.formula, "x**2 + y**2")
    assert shown.panel.form.controls["formula"].error.isVisible() and shown.last.landscape.dim == 1
    qtbot.keyClick(box.plane, Qt.Key.Key_Space)
    assert shown.last.landscape.dim == 2 and shown.last.landscape.hyper["formula"] == "x**2 + y**2"
    assert not shown.panel.form.controls["formula"].error.isVisible() and not shown.formula.property("invalid")


def test_starts_are_typed_added_and_removed(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    starts = shown.panel.starts
    type_in(qtbot, starts.rows[0].field, "-1.5, 2")
    assert shown.last.starts == ((-1.5, 2.0),) and shown.sent[-1][1] == "start/0"
    assert starts.rows[0].field.text() == "(-1.5, 2)"
    for _ in range(3):
        qtbot.mouseClick(starts.add, Qt.MouseButton.LeftButton)
    assert len(set(shown.last.starts)) == len(starts.rows) == 4
    for point in shown.last.starts:
        assert all(low <= x <= high for x, (low, high) in zip(point, RAVINE.box, strict=True))
    third = shown.last.starts[2:]
    starts.rows[0].remove.setFocus()
    qtbot.keyClick(starts.rows[0].remove, Qt.Key.Key_Space)
    qtbot.keyClick(starts.rows[0].remove, Qt.Key.Key_Space)
    assert shown.last.starts == third and starts.rows[0].remove.hasFocus()
    qtbot.keyClick(starts.rows[1].remove, Qt.Key.Key_Space)
    assert not starts.rows[0].remove.isEnabled() and QApplication.focusWidget() is starts.add


def test_a_start_that_cannot_be_read_says_so(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    row = shown.panel.starts.rows[0]
    type_in(qtbot, row.field, "5")
    assert shown.sent == [] and row.error.isVisible() and "2 coordinates" in row.error.text()
    shown.panel.set_race(RACE)
    assert row.error.isVisible() and row.field.text() == "5"
    qtbot.keyClick(row.field, Qt.Key.Key_Escape)
    assert row.field.text() == "(5, 2)" and not row.error.isVisible()


def test_known_starts_are_in_the_menu(qtbot: QtBot) -> None:
    shown = Shown(qtbot, RACE.on(LANDSCAPES["himmelblau"]()))
    landscape = LANDSCAPES["himmelblau"]()
    actions = shown.panel.starts.menu.actions()
    actions[-1].trigger()
    assert shown.last.starts == (landscape.starts if len(landscape.starts) > 1 else landscape.starts[:1])
    actions[0].trigger()
    assert shown.last.starts == landscape.starts[:1] and shown.sent[-1][1] == ""


def test_length_noise_seed_and_title(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    type_in(qtbot, shown.number("steps").field, "1200")
    assert shown.last.steps == 1200 and shown.sent[-1][1] == "steps"
    type_in(qtbot, shown.number("sigma").field, "0,5")
    assert shown.last.noise.sigma == 0.5 and shown.sent[-1][1] == "noise/sigma"
    qtbot.keyClick(shown.panel.forms["noise"].controls["shared"].editor.inputs[0], Qt.Key.Key_Space)
    assert shown.last.noise.shared is False and shown.sent[-1][1] == ""
    type_in(qtbot, shown.panel.seed, str(2**63 - 1))
    assert shown.last.seed == 2**63 - 1
    type_in(qtbot, shown.panel.seed, "-1")
    assert shown.last.seed == 2**63 - 1 and shown.panel.seed_error.isVisible()
    qtbot.mouseClick(shown.panel.new_seed, Qt.MouseButton.LeftButton)
    assert 0 <= shown.last.seed < SEEDS and shown.panel.seed.text() == str(shown.last.seed)
    assert not shown.panel.seed_error.isVisible()
    type_in(qtbot, shown.panel.title, "Who zig-zags?")
    assert shown.last.title == "Who zig-zags?"


def test_only_the_fields_that_have_an_effect_on_the_noise_are_shown(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    controls = shown.panel.forms["noise"].controls
    for kind in ("gaussian", "multiplicative", "student", "sparse", "gaussian"):
        combo = controls["kind"].editor.inputs[0]
        assert isinstance(combo, QComboBox)
        combo.setCurrentIndex(combo.findData(kind))
        assert shown.panel.race is not None and shown.panel.race.noise.kind == kind
        assert controls["sigma"].isVisible() == (kind != "sparse")
        assert controls["probability"].isVisible() == (kind == "sparse")
        inputs = shown.panel.forms["noise"].inputs
        assert all(widget.isVisible() for widget in inputs) and shown.panel._inputs[-2 - len(inputs) : -2] == inputs


def test_too_long_a_race_is_refused_where_it_was_asked_for(qtbot: QtBot) -> None:
    race = replace(RACE, starts=tuple((float(i), 1.0) for i in range(40)))
    shown = Shown(qtbot, race)
    type_in(qtbot, shown.number("steps").field, "1000000")
    control = shown.panel.forms["race"].controls["steps"]
    assert shown.sent == [] and control.error.isVisible() and "runs keeps" in control.error.text()
    assert control.value == race.steps
    qtbot.keyClick(shown.number("steps").field, Qt.Key.Key_Escape)
    assert shown.number("steps").field.text() == "300" and not control.error.isVisible()


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 300), (DARK.for_projector(), 340)])
def test_nothing_is_wider_than_the_panel_and_everything_has_a_name(qtbot: QtBot, theme: Any, width: int) -> None:
    shown = Shown(qtbot, theme=theme, width=width)
    for name in LANDSCAPES:
        shown.choose(name)
        QApplication.processEvents()
        page = shown.panel.area.widget()
        assert page.minimumSizeHint().width() <= shown.panel.area.viewport().width(), name
        for kind in (QAbstractButton, QLineEdit, QAbstractSlider, QComboBox):
            for widget in page.findChildren(kind):
                assert widget.accessibleName() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus, (name, widget)


def test_tab_goes_from_top_to_bottom(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    shown.choose("parabola")
    shown.choose("ravine")
    shown.panel.landscape.setFocus()
    tops = []
    for _ in range(16):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        tops.append(widget.mapTo(shown.panel.area.widget(), widget.rect().center()).y())
    assert all(b > a - 12 for a, b in pairwise(tops)), tops
    assert QApplication.focusWidget() is shown.panel.new_seed


def test_who_needs_a_model_stays_behind_and_is_named(qtbot: QtBot) -> None:
    fit = LANDSCAPES["line_fit"]()
    racers = tuple(Entrant(OPTIMIZERS[name](), name, stream=i) for i, name in enumerate(("sgd", "gauss_newton")))
    shown = Shown(qtbot, Race(fit, racers, fit.starts[:1]))
    said: list[str] = []
    shown.panel.told.connect(said.append)
    shown.choose("ravine")
    assert [e.label for e in shown.last.entrants] == ["sgd"]
    assert said == ["gauss_newton: left out, as Ravine has no model of data. Undo goes back."]
    shown.choose("bowl")
    assert len(said) == 1
