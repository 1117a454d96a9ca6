"""Reads the script of the Windows installer more strictly than Inno Setup does, and says what is wrong with it.

Inno Setup runs on Windows alone. What it would refuse, and what it would take though it is a mistake here, is found
anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.places import ROOT

# Given on the command line by packaging/targets/windows.py.
PASSED = {"AppVersion": "1.2.3", "FileVersion": "1.2.3.0", "Source": "FROZEN", "Root": "ROOT", "Icon": "ICON.ico"}
FROZEN = ("optim-race.exe", "optim-race-cli.exe", "_internal")  # what the folder of the frozen program holds

# Every directive that may stand in [Setup], and must; what its value has to be.
SETUP = {
    "AppId": r"\{\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}",  # one brace doubled, or it would be a constant
    "AppName": r"optim-race",
    "AppVersion": r"1\.2\.3",
    "AppPublisher": r".+",
    "VersionInfoVersion": r"1\.2\.3\.0",
    "PrivilegesRequired": r"lowest",
    "PrivilegesRequiredOverridesAllowed": r"commandline dialog",
    "ArchitecturesAllowed": r"x64compatible",
    "ArchitecturesInstallIn64BitMode": r"x64compatible",
    "MinVersion": r"10\.0\.\d{5}",
    "DefaultDirName": r"\{autopf\}\\optim-race",
    "DisableProgramGroupPage": r"yes",
    "LicenseFile": r"ROOT\\.+",
    "SetupIconFile": r"ICON\.ico",
    "UninstallDisplayName": r"optim-race",
    "UninstallDisplayIcon": r"\{app\}\\.+\.exe",
    "ChangesAssociations": r"yes",
    "OutputBaseFilename": r"optim-race-1\.2\.3-windows-x64-setup",
    "Compression": r"(lzma2?|zip)(/(fast|normal|max|ultra))?",
    "SolidCompression": r"yes|no",
    "WizardStyle": r"classic|modern",
}
COMMON = {"Tasks"}
# By section: the parameters that must be there, those that may, and the flags.
SECTIONS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "Languages": ({"Name", "MessagesFile"}, set(), set()),
    "Tasks": ({"Name", "Description"}, {"GroupDescription"}, {"unchecked", "checkedonce", "exclusive", "restart"}),
    "InstallDelete": ({"Type", "Name"}, set(), set()),
    "Files": (
        {"Source", "DestDir"},
        {"DestName"},
        {"ignoreversion", "recursesubdirs", "createallsubdirs", "onlyifdoesntexist", "uninsneveruninstall"},
    ),
    "Icons": ({"Name", "Filename"}, {"Comment", "Parameters", "WorkingDir", "IconFilename"}, {"runminimized"}),
    "Registry": (
        {"Root", "Subkey"},
        {"ValueType", "ValueName", "ValueData"},
        {"uninsdeletekey", "uninsdeletekeyifempty", "uninsdeletevalue", "createvalueifdoesntexist"},
    ),
    "Run": (
        {"Filename"},
        {"Description", "Parameters"},
        {"nowait", "postinstall", "skipifsilent", "runhidden", "unchecked"},
    ),
}
# Those that mean one person's folders or the machine's, as the installation goes; "user…" and "common…" do not.
CONSTANTS = {"app", "autopf", "autoprograms", "autodesktop", "tmp"}
OWN_KEY = r"Software\Classes\optim-race."


@dataclass
class Entry:
    """A line of a section other than [Setup]."""

    line: int
    section: str
    values: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def flags(self) -> set[str]:
        return set(self["Flags"].split())


class Script:
    """The script with its preprocessor's names filled in; ``faults`` says in which line what is wrong."""

    def __init__(self, text: str):
        self.faults: list[str] = []
        self.setup: dict[str, str] = {}
        self.entries: list[Entry] = []
        self._names = dict(PASSED)
        if not text.isascii():
            self.faults.append("without a byte order mark Inno Setup would misread what is not ASCII")
        section = ""
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if not stripped or stripped.startswith(";"):
                continue
            if stripped.startswith("#"):
                self._define(number, stripped)
            elif found := re.fullmatch(r"\[(\w+)\]", stripped):
                section = found[1]
                if section not in {"Setup", *SECTIONS}:
                    self._say(number, f"no section [{section}] is known")
            elif section == "Setup":
                self._directive(number, self._filled(number, line))
            elif section in SECTIONS:
                self._entry(number, section, self._filled(number, line))
            else:
                self._say(number, "stands in no section that is known")
        self.faults += self._laws()

    def of(self, section: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.section == section]

    def _say(self, line: int, text: str) -> None:
        self.faults.append(f"line {line}: {text}")

    def _define(self, number: int, line: str) -> None:
        part = r'(?:\w+|"[^"]*")'
        found = re.fullmatch(rf"#define (\w+) ({part}(?: \+ {part})*)", line)
        if not found:
            return self._say(number, f"not understood: {line}")
        pieces = re.findall(part, found[2])
        if unknown := [piece for piece in pieces if not piece.startswith('"') and piece not in self._names]:
            return self._say(number, f"{unknown[0]} is not defined")
        self._names[found[1]] = "".join(p.strip('"') if p.startswith('"') else self._names[p] for p in pieces)

    def _filled(self, number: int, line: str) -> str:
        for name in re.findall(r"\{#([^}]*)\}", line):
            if name not in self._names:
                self._say(number, f"{name} is not defined")
        line = re.sub(r"\{#(\w+)\}", lambda found: self._names.get(found[1], ""), line)
        for name in re.findall(r"(?<!\{)\{([^{}]*)\}", line.replace("{{", "")):
            if name not in CONSTANTS and "AppId" not in line:
                self._say(number, f"{{{name}}} is no constant for one person and for all")
        return line

    def _directive(self, number: int, line: str) -> None:
        key, sign, value = line.partition("=")
        if not sign or key not in SETUP:
            self._say(number, f"no directive {key.strip()} is known")
        elif key in self.setup:
            self._say(number, f"{key} stands there twice")
        elif not re.fullmatch(SETUP[key], value):
            self._say(number, f"{key} cannot be {value!r}")
        self.setup[key] = value

    def _entry(self, number: int, section: str, line: str) -> None:
        entry = Entry(number, section)
        needed, allowed, flags = SECTIONS[section]
        rest = line
        while rest:
            found = re.match(r'\s*(\w+): (?:"((?:[^"]|"")*)"|([^";]*))\s*(?:;|$)', rest)
            if not found:
                return self._say(number, f"not understood: {rest.strip()}")
            name, quoted, plain = found.groups()
            if name in entry.values:
                self._say(number, f"{name} stands there twice")
            if name not in needed | allowed | COMMON | {"Flags"}:
                self._say(number, f"[{section}] has no parameter {name}")
            entry.values[name] = quoted.replace('""', '"') if quoted is not None else plain.strip()
            rest = rest[found.end() :]
        self.faults += [f"line {number}: {name} is missing" for name in sorted(needed - entry.values.keys())]
        self.faults += [f"line {number}: [{section}] has no flag {flag}" for flag in sorted(entry.flags - flags)]
        self.entries.append(entry)

    def _laws(self) -> Iterator[str]:
        yield from (f"[Setup] lacks {name}" for name in SETUP if name not in self.setup)
        yield from (f"there is no [{name}]" for name in SECTIONS if not self.of(name))
        tasks = {entry["Name"] for entry in self.of("Tasks")}
        for entry in self.entries:
            where = f"line {entry.line}: "
            yield from (where + f"no task {task}" for task in entry["Tasks"].split() if task not in tasks)
            yield from (where + fault for value in entry.values.values() for fault in _missing(value))
            if entry.section == "InstallDelete" and not entry["Name"].startswith("{app}\\"):
                yield where + f"{entry['Name']} is not the program's to delete"
            if entry.section == "Registry":
                yield from (where + fault for fault in _registry_faults(entry))
        yield from (f"[Setup]: {fault}" for value in self.setup.values() for fault in _missing(value))


def _missing(value: str) -> Iterator[str]:
    """Files named in a value that neither the checkout nor the frozen program has."""
    for name in re.findall(r"ROOT\\([\w\\.-]+)", value):
        if not ROOT.joinpath(*name.split("\\")).exists():
            yield f"{name} is not in the checkout"
    for name in re.findall(r"\{app\}\\([^\"\\,]+)", value):
        if name not in FROZEN:
            yield f"{name} is not in the frozen program"


def _registry_faults(entry: Entry) -> Iterator[str]:
    own = entry["Subkey"].startswith(OWN_KEY)
    if entry["Root"] != "HKA":
        yield f"{entry['Root']} is not the place for one person and for all, HKA is"
    if not entry["Subkey"].startswith("Software\\Classes\\"):
        yield f"{entry['Subkey']} is not below Software\\Classes"
    if not own and "uninsdeletekey" in entry.flags:
        yield f"{entry['Subkey']} belongs to others as well, and would be deleted with all that is theirs"
    if own and "uninsdeletekey" not in entry.flags:
        yield f"{entry['Subkey']} would stay after the program is removed"
    if not own and "ValueType" in entry.values:
        if not entry["Subkey"].endswith("\\OpenWithProgids"):
            yield f"{entry['Subkey']} would be taken from the program that has it"
        if not entry["ValueName"] or "uninsdeletevalue" not in entry.flags:
            yield f"{entry['Subkey']} would keep its value after the program is removed"
    if not own and "ValueType" not in entry.values and "uninsdeletekeyifempty" not in entry.flags:
        yield f"{entry['Subkey']} would stay after the program is removed"
    if entry["Subkey"].endswith("\\command") and not re.fullmatch(r'"[^"]+" "%1"', entry["ValueData"]):
        yield f"in {entry['ValueData']} the program and %1 need quotes"
