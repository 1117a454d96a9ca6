"""An MP4 movie by ffmpeg, a program of its own that is asked for frames through a pipe."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO

INSTALL = "sudo apt install ffmpeg, brew install ffmpeg or winget install ffmpeg"
LAST_WORDS = 10.0  # seconds that ffmpeg may take to end once it is told to


def trouble() -> str | None:
    """One line saying why no MP4 can be made here and what to do, or None."""
    return None if shutil.which("ffmpeg") else f"an MP4 movie needs ffmpeg, which is not on the PATH: {INSTALL}"


class Mp4:
    """A movie of ``width`` × ``height`` pixels, both even; a context that leaves no process and no file behind.

    Raises OSError with the last thing that ffmpeg said.
    """

    def __init__(self, width: int, height: int, fps: int):
        self._held = ExitStack()
        folder = self._held.enter_context(tempfile.TemporaryDirectory(prefix="optim-race-"))
        self._made = Path(folder) / "movie.mp4"  # ffmpeg goes back to its beginning: no pipe can be that
        self._said: IO[bytes] = self._held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # held there
        command = [
            "ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-f", "rawvideo", "-pix_fmt", "bgr0",
            "-video_size", f"{width}x{height}", "-framerate", str(fps), "-i", "pipe:0", "-an", "-c:v", "libx264",
            "-preset", "fast", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(self._made),
        ]  # fmt: skip
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said, bufsize=0
            )
        except OSError as error:
            self._held.close()
            raise OSError(f"ffmpeg cannot be started: {error.strerror or error}") from error

    def __enter__(self) -> Mp4:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        with suppress(OSError):
            self._pipe.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._held.close()

    def add(self, frame: bytes | bytearray | memoryview) -> None:
        """One more frame, rows from the top, four bytes a pixel: blue, green, red and one that nobody reads."""
        try:
            rest = memoryview(frame)
            while rest:
                rest = rest[self._pipe.write(rest) :]
        except OSError:  # it has ended, and said why
            self._fail()

    def ended(self, seconds: float) -> bool:
        """Whether ffmpeg, told that no more frames come, is done; waits at most ``seconds`` for it."""
        with suppress(OSError):
            self._pipe.close()
        with suppress(subprocess.TimeoutExpired):
            if self._process.wait(seconds) or not self._made.is_file():
                self._fail()
            return True
        return False

    def copy_to(self, stream: BinaryIO) -> None:
        """Write the movie, once it has `ended`."""
        with self._made.open("rb") as made:
            shutil.copyfileobj(made, stream)

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _fail(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_WORDS)
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        raise OSError(f"ffmpeg: {lines[-1] if lines else 'ended without a word'}")
