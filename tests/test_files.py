"""Files written whole or not at all; races hidden in pictures."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from simulator import files, png_text
from simulator.files import FileError
from simulator.png_text import PictureError
from tests.pictures import chunk, minimal_png


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_replaces_whole_and_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    files.write(path, "η")
    path.chmod(0o640)
    files.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert leftovers(tmp_path) == ["a.csv"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyboardInterrupt()])
def test_a_failure_changes_nothing(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(type(error)), files.writing(path) as stream:
        stream.write(b"half")
        raise error
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == ["a.csv"]


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        FileError, match=r"^cannot write .*a\.csv: No space left on device: make room, or choose another place$"
    ):
        files.write(tmp_path / "a.csv", b"x")
    assert leftovers(tmp_path) == []


def test_what_cannot_be_written_is_said_before_and_at_the_time(tmp_path: Path) -> None:
    for path, reason in [
        (tmp_path, "it is a folder"),
        (tmp_path / "no" / "a.csv", "there is no folder"),
        (tmp_path / "nul\0l", "null"),
        (tmp_path / ("x" * 400), "name too long"),
    ]:
        for attempt in (lambda p=path: files.check_writable(p), lambda p=path: files.write(p, b"")):
            with pytest.raises(FileError) as caught:
                attempt()
            assert reason in str(caught.value).lower()
            assert "\n" not in str(caught.value)
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_links_and_devices_stay_what_they_are(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)
    files.write(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    files.write("/dev/null", "x")
    assert not Path("/dev/null").is_file()


def test_rests_of_killed_programs_go_and_nothing_else(tmp_path: Path) -> None:
    rest, young, foreign, folder, link = (
        tmp_path / name
        for name in (
            ".optim-race-0123456789ab.tmp", ".optim-race-ba9876543210.tmp", ".optim-race-notes.tmp",
            ".optim-race-0000000000aa.tmp", ".optim-race-0000000000bb.tmp",
        )
    )  # fmt: skip
    for path in (rest, young, foreign):
        path.write_text("half")
    folder.mkdir()
    link.symlink_to(foreign)
    for path in (rest, foreign, folder):
        os.utime(path, (0, 0))
    os.utime(link, (0, 0), follow_symlinks=False)
    files.write(tmp_path / "a.csv", "x")
    assert leftovers(tmp_path) == sorted(["a.csv", *(path.name for path in (young, foreign, folder, link))])
    if hasattr(os, "chown") and os.getuid() == 0:
        rest.write_text("another person's")
        os.utime(rest, (0, 0))
        os.chown(rest, 65534, 65534)
        files.write(tmp_path / "a.csv", "x")
        assert rest.exists()


SCRIPTS = [
    "Ωμέγα η̂.csv",
    "سباق.csv",
    "競走 レース.csv",
    "🏁👩‍🔬.csv",
    " -lead and  spaces ",
    "-x.csv",
    "a\nb.csv",
    "é.csv",
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_name_in_any_script_is_written_read_and_told(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / name
    with pytest.raises(FileError) as caught:
        files.write(path, "x")
    said = str(caught.value)
    assert "\n" not in said
    assert name.replace("\n", "\\n") in said
    path.parent.mkdir()
    files.write(path, "x")
    assert files.read(path, 9) == b"x"


def test_read_has_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert files.read(path, 5) == b"12345"
    with pytest.raises(FileError, match="larger than"):
        files.read(path, 4)
    with pytest.raises(FileError, match=r"^cannot read .*none: No such file or directory$"):
        files.read(tmp_path / "none", 4)


# Pictures.

TEXT = 'title = "η ↘ 🐌"\n'


def test_picture_round_trip_and_replacement() -> None:
    first = png_text.insert(minimal_png(), "old")
    second = png_text.insert(first, TEXT)
    assert png_text.read(second) == TEXT
    assert second.count(png_text.KEYWORD) == 1
    assert png_text.insert(minimal_png(), TEXT) == second
    # The rest of the picture is untouched, and every chunk's checksum is right.
    assert b"".join(raw for kind, _, raw in png_text._chunks(second) if kind != b"iTXt") == minimal_png()[8:]
    assert all(chunk(kind, data) == raw for kind, data, raw in png_text._chunks(second))


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"tEXt", b"optim-race\0abc"),
        chunk(b"zTXt", b"optim-race\0\0" + zlib.compress(b"abc")),
        chunk(b"iTXt", b"optim-race\0\0\0en\0title\0abc"),
        chunk(b"iTXt", b"optim-race\0\1\0\0\0" + zlib.compress(b"abc")),
    ],
)
def test_every_kind_of_text_chunk_is_read(extra: bytes) -> None:
    assert png_text.read(minimal_png(chunk(b"tEXt", b"Author\0me"), extra)) == "abc"


BOMB = zlib.compress(b"x" * 50_000_000, 9)


@pytest.mark.parametrize(
    ("png", "message"),
    [
        (b"", "not a PNG"),
        (b"GIF89a", "not a PNG"),
        (png_text.SIGNATURE, "ends too early"),
        (png_text.SIGNATURE + chunk(b"IEND", b""), "does not begin with a header"),
        (png_text.SIGNATURE + b"\xff\xff\xff\xffIHDR" + b"\0" * 20, "ends too early"),
        (minimal_png()[:-12], "ends too early"),
        (minimal_png(), "carries no race"),
        (minimal_png(chunk(b"tEXt", b"optim-racer\0abc")), "carries no race"),
        (png_text.insert(minimal_png(), "abc").replace(b"abc", b"abd"), "checksum"),
        (minimal_png(chunk(b"zTXt", b"optim-race\0\0junk")), "damaged"),
        (minimal_png(chunk(b"iTXt", b"optim-race\0\0")), "damaged"),
        (minimal_png(chunk(b"iTXt", b"optim-race\0\0\0\0\0\xff\xfe")), "damaged"),
        (minimal_png(chunk(b"zTXt", b"optim-race\0\0" + BOMB)), "larger than 1 MB"),
        (minimal_png(chunk(b"tEXt", b"optim-race\0" + b"x" * 1_000_001)), "larger than 1 MB"),
        (minimal_png(chunk(b"tEXt", b"") * 100_001), "more than 100,000 parts"),
    ],
)
def test_hostile_pictures(png: bytes, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        png_text.read(png)
