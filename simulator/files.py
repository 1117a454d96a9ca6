"""Files written whole or not at all, and read with a limit. Whatever goes wrong is said in one line."""

from __future__ import annotations

import errno
import os
import stat
import time
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# What a system says in its own language, and what can be done about it.
REASONS = {
    errno.ENOSPC: "No space left on device: make room, or choose another place",
    errno.EDQUOT: "your share of the disk is full: make room, or choose another place",
    errno.EROFS: "the disk is read-only: choose another place",
    errno.EACCES: "Permission denied: choose another place",
    errno.EPERM: "Permission denied: choose another place",
    errno.ENAMETOOLONG: "File name too long: choose a shorter one",
    errno.EFBIG: "it would be larger than is allowed here",
    errno.EIO: "the disk does not answer: is it still connected?",
    errno.ENODEV: "the disk does not answer: is it still connected?",
    errno.ENOENT: "No such file or directory",
}
REST = ".optim-race-"
OLD_SECONDS = 3600  # nothing is being written for so long without a word in between


class FileError(Exception):
    """A file that cannot be read or written; its text is one line naming the file and the reason."""

    def __init__(self, doing: str, path: str | Path, error: Exception | str):
        reason = str(error) or type(error).__name__
        if isinstance(error, OSError) and error.errno is not None:
            reason = REASONS.get(error.errno) or error.strerror or reason
        super().__init__(f"cannot {doing} {shown(path)}: {reason}")


def shown(path: str | Path) -> str:
    """``path`` on one line, in any script; what is no letter of any is written as its number."""
    return "".join(repr(c)[1:-1] if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in str(path))


@contextmanager
def writing(path: str | Path) -> Generator[BinaryIO]:
    """A binary file that takes the place of ``path`` when the block ends well; otherwise nothing has changed.

    The new content is written beside the old, forced to the disk, then renamed over it. A link keeps pointing where
    it points. What is not a regular file (a pipe, a terminal) cannot be replaced and is written to directly.

    Raises:
        FileError: the file cannot be written.
    """
    check_writable(path)
    try:
        if _is_device(Path(path)):
            with Path(path).open("wb") as stream:
                yield stream
        else:
            yield from _replacing(Path(os.path.realpath(path)))
    except OSError as error:
        raise FileError("write", path, error) from error


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _replacing(target: Path) -> Generator[BinaryIO]:
    _clear_rests(target.parent)
    beside = target.with_name(f"{REST}{os.urandom(6).hex()}.tmp")
    try:
        with beside.open("xb") as stream:
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o777)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _clear_rests(folder: Path) -> None:
    """Remove what a program that was killed in the midst of writing left here, if it is ours and old."""
    with suppress(OSError):
        for rest in folder.glob(f"{REST}????????????.tmp"):
            with suppress(OSError):
                found = rest.lstat()
                own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
                if own and stat.S_ISREG(found.st_mode) and time.time() - found.st_mtime > OLD_SECONDS:
                    rest.unlink()


def write(path: str | Path, content: bytes | str) -> None:
    """Make ``content`` the file ``path``, a text as UTF-8. Raises FileError."""
    with writing(path) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


def check_writable(path: str | Path) -> None:
    """Raise FileError if `writing` is bound to fail, so that no long work is done for nothing."""
    try:
        target = Path(path)
        if not _is_device(target):  # /dev/stdout: a pipe's real path is no path
            target = Path(os.path.realpath(path))
        device = _is_device(target)
        if target.is_dir():
            raise FileError("write", path, "it is a folder")
        if not target.parent.is_dir():
            raise FileError("write", path, f"there is no folder {shown(target.parent)}")
        if target.exists() and not os.access(target, os.W_OK):
            raise FileError("write", path, "it is read-only")
        if not device and not os.access(target.parent, os.W_OK):  # the new content is written beside the old
            raise FileError("write", path, f"the folder {shown(target.parent)} is read-only")
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise FileError("write", path, error) from error


def read(path: str | Path, limit: int) -> bytes:
    """The content of ``path``. Raises FileError when it cannot be read or is longer than ``limit`` bytes."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise FileError("read", path, error) from error
    if len(content) > limit:
        raise FileError("read", path, f"it is larger than {limit / 1e6:g} MB")
    return content
