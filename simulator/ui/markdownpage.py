"""A page of Markdown, set for reading: lines not too long, tables with room, formulas in our own font."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrame,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from simulator.manual import anchor
from simulator.ui.theme import LIGHT, Theme

LARGER = 1.15  # than the controls: this is read, not glanced at
COLUMN = 46  # widest line, in heights of the type
LEADING = 135.0  # of a line, percent


class MarkdownPage(QTextBrowser):
    """``followed`` carries the target of a link, as it is written."""

    followed = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme = LIGHT
        self._headings: dict[str, QTextBlock] = {}
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        # All that stands here is wrapped, but the columns of a table may come to a pixel too much.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.anchorClicked.connect(lambda url: self.followed.emit(url.toString()))

    def set_markdown(self, text: str, theme: Theme) -> None:
        """Show ``text`` from its beginning, in the looks of ``theme``."""
        self._theme = theme
        font = QFont(self.font())
        font.setPixelSize(round(LARGER * theme.font_px))
        document = self.document()
        document.setUndoRedoEnabled(False)
        document.setDefaultFont(font)
        document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        document.setDocumentMargin(round(12 * theme.scale))
        self._headings = {}
        block, cursor = document.begin(), QTextCursor(document)
        cursor.beginEditBlock()  # a page is laid out once: a long table takes seconds
        while block.isValid():
            self._set_block(block)
            block = block.next()
        self._set_tables(document.rootFrame())
        cursor.endEditBlock()
        self._keep_narrow()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def go_to(self, name: str) -> None:
        """Scroll so that the heading with this anchor is at the top; without one, to the beginning."""
        block = self._headings.get(name)
        if block is None:
            self.moveCursor(QTextCursor.MoveOperation.Start)
        else:
            self.setTextCursor(QTextCursor(block))  # the keyboard's next link is the one below it
            top = self.document().documentLayout().blockBoundingRect(block).top()
            self.verticalScrollBar().setValue(round(top - self.document().documentMargin()))

    def find_next(self, text: str) -> bool:
        """Select the next place where ``text`` stands, after the last the first; whether there is one."""
        if self.find(text):
            return True
        before = self.textCursor()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        found = self.find(text)
        if not found:
            self.setTextCursor(before)
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_narrow()

    def _keep_narrow(self) -> None:
        frame, margin = self.document().rootFrame(), round(12 * self._theme.scale)
        shape = frame.frameFormat()
        right = max(margin, self.viewport().width() - COLUMN * round(LARGER * self._theme.font_px))
        if shape.rightMargin() != right:
            shape.setRightMargin(right)
            frame.setFrameFormat(shape)

    def _set_block(self, block: QTextBlock) -> None:
        scale, shape = self._theme.scale, QTextBlockFormat(block.blockFormat())
        code = shape.hasProperty(QTextFormat.Property.BlockCodeFence)
        if level := shape.headingLevel():
            self._headings.setdefault(anchor(block.text()), block)
            shape.setTopMargin((0, 6, 22, 18, 10)[min(level, 4)] * scale)
            shape.setBottomMargin(5 * scale)
        elif code:
            shape.setNonBreakableLines(False)
            shape.setBackground(QColor(self._theme.window))
            shape.setTopMargin(0)
            shape.setLeftMargin(26 * scale)
            shape.setTextIndent(-18 * scale)  # of a line that is too long, the rest
            last = not block.next().blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
            shape.setBottomMargin(9 * scale if last else 0)
        elif not QTextCursor(block).currentTable():
            last = block.textList() and not block.next().textList()
            shape.setBottomMargin((3 if block.textList() and not last else 9) * scale)
        if not code:  # its ground would show through between the lines
            shape.setLineHeight(LEADING, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        QTextCursor(block).setBlockFormat(shape)
        fixed = [part for part in block.textFormats() if code or part.format.fontFixedPitch()]
        for part in fixed:
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + part.start)
            cursor.setPosition(block.position() + part.start + part.length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(self._code)

    @property
    def _code(self) -> QTextCharFormat:
        """Our own font: the system's of fixed width may lack θ and the hats, or not be there at all."""
        shape = QTextCharFormat()
        shape.setFontFamilies([self.font().family()])
        shape.setFontFixedPitch(False)
        shape.setBackground(QColor(self._theme.window))
        return shape

    def _set_tables(self, frame: QTextFrame) -> None:
        for child in frame.childFrames():
            if isinstance(child, QTextTable):
                shape = child.format()
                shape.setCellPadding(5 * self._theme.scale)
                shape.setCellSpacing(0)
                shape.setBorder(1)
                shape.setBorderCollapse(True)
                shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                shape.setBorderBrush(QColor(self._theme.line))
                shape.setBottomMargin(9 * self._theme.scale)
                child.setFormat(shape)
            self._set_tables(child)
