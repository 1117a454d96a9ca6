"""Which check reads which file of the packaging and of the automation: none of them can be run on one machine alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import inno
import linuxfiles
import plists
import workflows

from tests.places import ROOT

FOLDERS = ("packaging", ".github", ".ci")

Check = Callable[[str, Path], list[str]]  # text and path to faults, a line each


def python(text: str, path: Path) -> list[str]:
    """Of Python that the linters see as well; a spec they do not."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return [f"line {error.lineno}: {error.msg}"]
    return []


def document(text: str, path: Path) -> list[str]:
    """Of Markdown: links to files that are not there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text)
    return [f"links to {link}, which is not there" for link in links if not (path.parent / link).exists()]


def left_out(text: str, path: Path) -> list[str]:
    """Of prune.txt."""
    import prune

    try:
        prune.cuts(text)
    except ValueError as error:
        return [str(error)]
    return []


CHECKS: dict[str, Check] = {
    "packaging/*.py": python,
    "packaging/targets/*.py": python,
    "packaging/*.spec": python,
    "packaging/*.md": document,
    "packaging/prune.txt": left_out,
    "packaging/licences/*.txt": lambda text, path: linuxfiles.licence_faults(text),
    "packaging/linux/copyright": lambda text, path: linuxfiles.copyright_faults(text),
    "packaging/linux/lintian-overrides": lambda text, path: linuxfiles.override_faults(text),
    "packaging/linux/*.desktop": lambda text, path: linuxfiles.entry_faults(text),
    "packaging/linux/*.metainfo.xml": lambda text, path: linuxfiles.component_faults(text),
    "packaging/linux/optim-race.xml": lambda text, path: linuxfiles.types_faults(text),
    "packaging/windows/*.iss": lambda text, path: inno.Script(text).faults,
    "packaging/macos/Info.plist": lambda text, path: plists.info_faults(text),
    "packaging/macos/entitlements.plist": lambda text, path: plists.entitlement_faults(text),
    "packaging/appimage/AppRun": lambda text, path: list(workflows.shell_faults(text)),
    ".github/workflows/*.yml": lambda text, path: workflows.faults(text, path.name),
    ".ci/run": lambda text, path: list(workflows.shell_faults(text)),
}


def files(root: Path = ROOT) -> Iterator[Path]:
    """All files that some check must know, relative to ``root``."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root)


def faults(path: Path, text: str | None = None) -> list[str]:
    """Of the file at ``path`` in the checkout, or of the ``text`` that shall stand there; also if no check knows it."""
    known = [
        check for pattern, check in CHECKS.items() if len(path.parts) == pattern.count("/") + 1 and path.match(pattern)
    ]
    if len(known) != 1:
        return [f"{len(known)} checks know this file, one should: tests/checked.py"]
    return known[0]((ROOT / path).read_text(encoding="utf-8") if text is None else text, ROOT / path)
