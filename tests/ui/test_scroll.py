"""The scroll area of the side panels."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from simulator.ui.formulaview import wrapped
from simulator.ui.scroll import PanelScroll


def test_a_page_ends_where_its_texts_end(qtbot: QtBot) -> None:
    """A layout names the height at its least width, at which texts break more often than they do."""
    area = PanelScroll()
    qtbot.addWidget(area)
    label = wrapped()
    label.setText("many short words " * 30)
    area.column.addWidget(label)
    area.resize(700, 60)
    area.show()
    page, width = area.widget(), area.viewport().width()
    assert page is not None
    qtbot.waitUntil(lambda: page.width() == width)
    assert page.height() == area.needed(width) > area.viewport().height()
