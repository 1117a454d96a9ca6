"""What is wrong with the files that make the program known to a Linux desktop, and whether they agree with one another.

The systems' own validators say more; they are asked where a package is really built.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from tests.places import PACKAGING

LINUX = PACKAGING / "linux"
ENTRY = ("Type", "Name", "Comment", "Exec", "Icon", "Terminal", "Categories", "MimeType")
LISTS = ("Categories", "Keywords", "MimeType")
COMPONENT = ("id", "metadata_license", "project_license", "name", "summary", "description", "launchable", "provides")
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
TYPES = {"application/x-optim-race+toml": "*.race.toml", "application/x-optim-race-lesson+toml": "*.lesson.toml"}
FILLED_IN = {"VERSION", "DATE", "LICENSE"}  # what the recipe puts between two @


def entry_faults(text: str) -> list[str]:
    """Of the menu entry, a line each."""
    reader = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    reader.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    try:
        reader.read_string(text)
        entry = reader["Desktop Entry"]
    except (configparser.Error, KeyError) as error:
        return [f"is no menu entry: {' '.join(str(error).split())}"]
    faults = [f"{key} is missing" for key in ENTRY if not entry.get(key)]
    faults += [f"{key} has no ; at its end" for key in LISTS if entry.get(key) and not entry[key].endswith(";")]
    if entry.get("Exec") != "optim-race %f":
        faults.append("Exec does not start the program on one file")
    if set(filter(None, entry.get("MimeType", "").split(";"))) != TYPES.keys():
        faults.append(f"MimeType is not {';'.join(TYPES)};")
    return faults


def component_faults(text: str) -> list[str]:
    """Of the page for software centres, a line each."""
    return _xml(text, _component_faults)


def types_faults(text: str) -> list[str]:
    """Of the kinds of file, a line each."""
    return _xml(text, _types_faults)


def copyright_faults(text: str) -> list[str]:
    """Of Debian's copyright file, a line each: paragraphs of fields, and a text for every licence."""
    faults: list[str] = []
    named, told = set(), set()
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith((" ", "@")) and not re.match(r"[A-Z][\w-]*:( |$)", line):
            faults.append(f"line {number}: is no field")
    for paragraph in text.split("\n\n"):
        found = re.search(r"^License: (\S+)\n?( .|@)?", paragraph, re.M)
        if found and paragraph.startswith("Files:"):
            named.add(found[1])
        if found and found[2]:
            told.add(found[1])
    faults += [f"{name} has no text" for name in sorted(named - told)]
    return faults + list(placeholders(text))


def override_faults(text: str) -> list[str]:
    """Of what lintian is not to report, a line each."""
    lines = enumerate(text.splitlines(), start=1)
    form = r"#.*|optim-race: [a-z0-9-]+( \S+)?"
    return [f"line {number}: is no override" for number, line in lines if not re.fullmatch(form, line)]


def licence_faults(text: str) -> list[str]:
    """Of a licence's text, which nobody changes."""
    first = text.strip().splitlines()[:1]
    whole = first and re.fullmatch(r"\s*GNU (LESSER )?GENERAL PUBLIC LICENSE", first[0]) and len(text) > 7000
    return [] if whole else ["is not the whole of a licence"]


def placeholders(text: str) -> Iterator[str]:
    """Those that nothing fills in."""
    yield from (f"nothing fills in @{name}@" for name in re.findall(r"@(\w+)@", text) if name not in FILLED_IN)


def _xml(text: str, laws) -> list[str]:
    try:
        return [*laws(ElementTree.fromstring(text.encode())), *placeholders(text)]
    except ElementTree.ParseError as error:
        return [f"is no XML: {error}"]


def _component_faults(root: ElementTree.Element) -> Iterator[str]:
    yield from (f"{name} is missing" for name in COMPONENT if root.find(name) is None)
    if (launchable := root.findtext("launchable")) and not (LINUX / launchable).is_file():
        yield f"there is no {launchable}"
    if {one.text for one in root.findall("provides/mediatype")} != TYPES.keys():
        yield "the kinds of file are not those of the menu entry"
    if [one.get("version") for one in root.findall("releases/release")] != ["@VERSION@"]:
        yield "the version is not filled in"


def _types_faults(root: ElementTree.Element) -> Iterator[str]:
    if root.tag != f"{MIME}mime-info":
        return (yield "is no list of kinds of file")
    found = {one.get("type"): one for one in root.findall(f"{MIME}mime-type")}
    if found.keys() != TYPES.keys():
        yield "the kinds of file are not those of the menu entry"
    for name, one in found.items():
        globs = [glob.get("pattern") for glob in one.findall(f"{MIME}glob")]
        if name in TYPES and globs != [TYPES[name]]:
            yield f"{name} is known by {globs}"
        if one.find(f"{MIME}comment") is None:
            yield f"{name} has no name for people"
