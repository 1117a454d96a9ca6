"""One dialog for every kind of file: what it shall be, where it goes, how it looks, and how far it has come."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from simulator import files
from simulator.export import mp4
from simulator.export.formats import FORMATS, Format, Shot, ending
from simulator.recording import Recording
from simulator.ui import parts
from simulator.ui.exportform import ExportForm
from simulator.ui.fields import Combo, chain
from simulator.ui.job import Job
from simulator.ui.throttle import Throttle
from simulator.ui.where import may_replace

if TYPE_CHECKING:
    from simulator.ui.picture import Picture

PREVIEW = 380, 300  # at scale 1
LINES, WIDTH = 14, 54  # of a table, in its preview
RACING_SHARE = 0.3  # of the progress bar, where the race has not been run to its end


class ExportDialog(QDialog):
    """Writes ``picture``, which is as on screen, or its race, as the person wishes.

    ``stem`` is the file's path without an ending, ``compute`` races on a little and returns the recording, and
    ``chosen`` is what `chosen` was the last time.
    """

    def __init__(
        self,
        picture: Picture,
        stem: str,
        compute: Callable[[], Recording],
        chosen: dict[str, Any],
        kind: str = "",
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._picture, self._compute, self._chosen = picture, compute, dict(chosen)
        self._agreed: Path | None = None  # a file that may be replaced
        race = picture.recording.race
        self.kind, self.path = Combo(), QLineEdit()
        for name, known in FORMATS.items():
            self.kind.addItem(f"{known.title} (.{name})", name)
        self.purpose, self.fault = parts.label(role="faint"), parts.label(role="error")
        self.form = ExportForm(race.steps, picture.step)
        self.preview = QLabel()
        self.bar = QProgressBar(maximum=1000)
        self.browse = QPushButton("&Browse…")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = self.buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.job = Job(self)
        self._draw = Throttle(self._show_preview, self)
        self._lay_out()
        self._connect()
        chain((self.kind, self.path, self.browse, *self.form.inputs, self.save))
        self.kind.setFocus()
        self.path.setText(stem)
        wanted = kind or str(chosen.get("kind", ""))
        self.kind.choose(wanted if wanted in FORMATS else next(iter(FORMATS)))
        self._show_kind()
        self._end()

    @property
    def format(self) -> Format:
        return FORMATS[self.kind.currentData()]

    def chosen(self) -> dict[str, Any]:
        """The kind, and how each kind looked: plain data, to be remembered."""
        kind = self.kind.currentData()
        return {**self._chosen, "kind": kind, kind: self.form.chosen()}

    def target(self) -> Path:
        """The file, with the kind's ending where none was typed."""
        path = Path(self.path.text().strip())
        return path if path.suffix else path.with_suffix(f".{self.kind.currentData()}")

    def accept(self) -> None:
        """Begin to write. The dialog closes when all is well, and stays with a message when it is not."""
        self._follow_ending()
        path = self.target()
        if self.job.running or not (path == self._agreed or may_replace(self, path)):
            return
        self._agreed = path
        self.fault.hide()
        for widget in self._inputs:
            widget.setEnabled(False)
        self.bar.setValue(0)
        self.bar.show()
        self.job.start(self._work(path))

    def done(self, result: int) -> None:
        """Closing is cancelling."""
        self.job.stop()
        self._draw.rest.stop()
        super().done(result)

    def reject(self) -> None:
        if not self.job.running:
            super().reject()
            return
        self.job.stop()
        self._end()
        self._refuse("Cancelled. Nothing was written.")

    # How it is made.

    def _lay_out(self) -> None:
        scale = self._picture.theme.scale
        self.preview.setMinimumSize(*(round(side * min(scale, 1.2)) for side in PREVIEW))
        self.purpose.setMinimumWidth(380)
        for widget, name in (
            (self.kind, "Kind of file"), (self.path, "File name"), (self.preview, "Preview"), (self.bar, "Progress"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.browse.setAutoDefault(False)
        where, top, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        where.addWidget(self.path, 1)
        where.addWidget(self.browse)
        self.form.put_first(("&Kind", self.kind, self.kind), ("", self.purpose, self.kind), ("&File", where, self.path))
        top.addWidget(self.preview)
        top.addWidget(self.form, 1)
        top.setSpacing(16)
        column.addLayout(top, 1)
        for part in (self.fault, self.bar, self.buttons):
            column.addWidget(part)
        self._inputs = (self.form, self.save)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.path.textChanged.connect(self._check)
        self.path.editingFinished.connect(self._follow_ending)
        self.browse.clicked.connect(self._browse)
        self.form.changed.connect(self._check)
        self.form.changed.connect(self._draw)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.job.progressed.connect(lambda share: self.bar.setValue(round(1000 * share)))
        self.job.done.connect(lambda: self.done(QDialog.DialogCode.Accepted))
        self.job.failed.connect(self._fail)

    # What the person does.

    def _show_kind(self) -> None:
        name, known = self.kind.currentData(), self.format
        path = Path(self.path.text().strip())
        if path.name and ending(path) != name:
            old = ending(path) in FORMATS
            self.path.setText(str(path.with_suffix(f".{name}") if old else path.with_name(f"{path.name}.{name}")))
        self.purpose.setText(f"{known.purpose[0].upper()}{known.purpose[1:]}.")
        values = self._chosen.get(name, {})
        self.form.set_format(known, values if isinstance(values, dict) else {})
        self.fault.hide()
        if known.needs_ffmpeg and (trouble := mp4.trouble()):
            self._refuse(f"{trouble}.")
        self._check()

    def _follow_ending(self) -> None:
        """A name that is typed with the ending of another kind asks for that kind."""
        if (typed := ending(self.path.text().strip())) in FORMATS and typed != self.kind.currentData():
            self.kind.choose(typed)
            self._show_kind()

    def _check(self) -> None:
        able = not (self.format.needs_ffmpeg and mp4.trouble()) and not self.form.too_large
        self.save.setEnabled(able and bool(Path(self.path.text().strip()).name) and not self.job.running)

    def _browse(self) -> None:
        kinds = f"{self.format.title} (*.{self.kind.currentData()})"
        name, _ = QFileDialog.getSaveFileName(self, "Export", self.path.text(), kinds)
        if name:
            self.path.setText(name)
            self._follow_ending()
            self._agreed = Path(name)  # it has asked

    # What is written.

    def _work(self, path: Path) -> Generator[float, None, None]:
        known, share = self.format, 0.0
        recording = self._picture.recording
        if known.whole:
            steps = recording.race.steps
            while recording.done < steps:
                recording = self._compute()
                share = RACING_SHARE
                yield share * recording.done / steps
        shot = self._shot(recording)
        with files.writing(path) as stream, closing(known.write(shot, stream)) as writing:
            for written in writing:
                yield share + (1.0 - share) * written

    def _shot(self, recording: Recording) -> Shot:
        from simulator.ui.writers import THEMES  # only when used: it costs start-up time

        options = self.form.options()
        theme = THEMES.get(options.theme, self._picture.theme)
        step = min(self._picture.step if options.step is None else options.step, recording.done)
        picture = replace(self._picture, recording=recording, theme=theme, step=step)
        return Shot(recording, replace(options, step=step), picture)

    def _fail(self, fault: str) -> None:
        self._end()
        self._refuse(f"{fault}.")

    def _refuse(self, fault: str) -> None:
        self.fault.setText(fault)
        self.fault.show()

    def _end(self) -> None:
        for widget in self._inputs:
            widget.setEnabled(True)
        self.bar.hide()
        self.fault.setVisible(self.fault.isVisibleTo(self) and bool(self.fault.text()))
        self._check()

    # What it will look like.

    def _show_preview(self) -> None:
        recording = self._picture.recording
        if self.format.whole and recording.done < recording.race.steps:  # a bit at a time, until it is all there
            recording = self._compute()
            self._draw()
        shot = self._shot(recording)
        if self.format.needs_qt:
            self._show_picture(shot)
            return
        stream = io.BytesIO()
        with closing(self.format.write(shot, stream)) as writing:
            for _ in writing:
                if stream.getvalue().count(b"\n") > LINES:
                    break
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(round(0.75 * self._picture.theme.font_px))
        lines = stream.getvalue().decode().split("\n")[:LINES]
        self.preview.setFont(font)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        self.preview.setText("\n".join(line if len(line) <= WIDTH else f"{line[: WIDTH - 2]} …" for line in lines))

    def _show_picture(self, shot: Shot) -> None:
        width, height = shot.options.width, shot.options.height
        ratio = self.devicePixelRatioF()
        scale = min(self.preview.minimumWidth() / width, self.preview.minimumHeight() / height) * ratio
        image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        painter.scale(scale / ratio, scale / ratio)
        try:
            shot.picture.draw(painter, QRectF(0, 0, width, height), scale)
            painter.setPen(QPen(QColor(self._picture.theme.line), 0))  # where the picture ends
            painter.drawRect(QRectF(0, 0, width - 1 / scale, height - 1 / scale))
        finally:  # an image that is still being painted on takes the process with it
            painter.end()
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setPixmap(QPixmap.fromImage(image))
