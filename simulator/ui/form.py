"""A form for the Params of one frozen dataclass: an optimizer, a schedule, a landscape, the noise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from simulator.param import RaceError, params
from simulator.ui.controls import ParamControl


class ParamForm(QWidget):
    """Controls for the Params of ``thing``, or for those called ``names``.

    ``edited`` carries a changed copy and the name of the Param that changed. The name is empty for a switch or a
    choice: each turn of those stands for itself in the history, while the many values of a drag are one change. A
    copy that cannot be made is refused at the control that asked for it.
    """

    edited = Signal(object, str)

    def __init__(self, thing: Any, names: Iterable[str] | None = None, owner: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.thing = thing
        self.controls: dict[str, ParamControl] = {}
        self._asking: ParamControl | None = None
        self._absent: Collection[str] = ()
        self._open: Callable[[str], bool] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        known = params(type(thing))
        for name in known if names is None else names:
            control = ParamControl(known[name], getattr(thing, name), owner)
            control.value_changed.connect(lambda value, name=name: self._edit(name, value))
            self.controls[name] = control
            column.addWidget(control)

    def set_thing(self, thing: Any) -> None:
        """Show the values of another ``thing`` of the same type, without a signal."""
        self.thing = thing
        for name, control in self.controls.items():
            control.set_value(getattr(thing, name))

    def set_owner(self, owner: str) -> None:
        for control in self.controls.values():
            control.set_owner(owner)

    def set_absent(self, names: Collection[str]) -> None:
        """Leave out the controls of Params that have no effect now."""
        self._absent = names
        self._show_controls()

    def set_open(self, is_open: Callable[[str], bool] | None) -> None:
        """Leave out the controls that are locked, by name; None: nothing is."""
        self._open = is_open
        self._show_controls()

    @property
    def empty(self) -> bool:
        """Whether no control can be seen."""
        return all(control.isHidden() for control in self.controls.values())

    def _show_controls(self) -> None:
        for name, control in self.controls.items():
            control.setVisible(name not in self._absent and (self._open is None or self._open(name)))

    @property
    def inputs(self) -> list[QWidget]:
        """What the keyboard goes through, from top to bottom."""
        shown = (control for control in self.controls.values() if not control.isHidden())
        return [widget for control in shown for widget in control.editor.inputs]

    def refuse(self, message: str) -> None:
        """The copy just handed out cannot be used: say so at the control it came from."""
        if self._asking is not None:
            self._asking.refuse(message)

    def _edit(self, name: str, value: Any) -> None:
        # What was refused before may go together with this value: a formula in y, once the box has a y.
        waiting = {key: c.refused for key, c in self.controls.items() if c.refused is not None and key != name}
        self._asking = control = self.controls[name]
        fault = ""
        for others in (waiting, {}) if waiting else ({},):
            try:
                changed = replace(self.thing, **others, **{name: value})
            except RaceError as error:
                fault = error.plain
                continue
            self.edited.emit(changed, "" if control.param.scale in ("switch", "choice") else name)
            return
        control.refuse(fault)
