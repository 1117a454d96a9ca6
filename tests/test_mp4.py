"""ffmpeg asked for a movie: what it makes, what it says when it cannot, and that nothing of it stays."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from simulator.export import mp4
from simulator.export.mp4 import Mp4

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def pretend(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ffmpeg that does as ``script`` says."""
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    (made := tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(made))
    return made


@needs_ffmpeg
def test_a_movie_has_its_frames_and_begins_with_its_index(folders: Path) -> None:
    stream = io.BytesIO()
    with Mp4(64, 48, 25) as made:
        for n in range(30):
            made.add(np.full((48, 64), n * 0x040404, dtype="<u4").tobytes())
        while not made.ended(0.05):
            pass
        made.copy_to(stream)
    content = stream.getvalue()
    assert content[4:8] == b"ftyp"
    assert content.index(b"moov") < content.index(b"mdat")
    assert list(folders.iterdir()) == []
    (file := folders / "a.mp4").write_bytes(content)
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(file)],
        capture_output=True,
        check=True,
    )
    (video,) = json.loads(told.stdout)["streams"]
    assert (video["codec_name"], video["pix_fmt"], video["width"], video["height"]) == ("h264", "yuv420p", 64, 48)
    assert (video["nb_read_frames"], video["r_frame_rate"]) == ("30", "25/1")


@pytest.mark.skipif(os.name == "nt", reason="the pretended ffmpeg is a shell script")
def test_the_last_thing_it_says_is_the_message(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, "echo first >&2; echo 'Unknown encoder libx264' >&2; exit 1", monkeypatch)
    with pytest.raises(OSError, match=r"^ffmpeg: Unknown encoder libx264$"), Mp4(64, 48, 25) as made:
        for _ in range(100):
            made.add(bytes(4 * 64 * 48))
        while not made.ended(0.05):
            pass
    assert list(folders.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="the pretended ffmpeg is a shell script")
def test_one_that_is_given_up_is_ended(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, "exec sleep 600", monkeypatch)
    with Mp4(64, 48, 25) as made:
        assert not made.ended(0.0)
        process = made._process
    assert process.returncode is not None
    assert list(folders.iterdir()) == []


def test_without_it_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    told = mp4.trouble()
    assert told is not None and "ffmpeg, which is not on the PATH: sudo apt install ffmpeg" in told
