"""What is wrong with the property lists of the macOS bundle, which only macOS reads."""

from __future__ import annotations

import plistlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

# What has to be in Info.plist, and nothing else may: the pattern of a text, or a type.
INFO: dict[str, str | type] = {
    "CFBundleIdentifier": r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+){2,}",
    "CFBundleName": r"optim-race",
    "CFBundleDisplayName": r"optim-race",
    "CFBundlePackageType": r"APPL",
    "CFBundleDevelopmentRegion": r"en",
    "LSApplicationCategoryType": r"public\.app-category\.education",
    "LSMinimumSystemVersion": r"\d+\.\d+",
    "NSHighResolutionCapable": bool,
    "NSHumanReadableCopyright": r".+",
    "CFBundleDocumentTypes": list,
    "UTImportedTypeDeclarations": list,
}
DOCUMENT: dict[str, str | type] = {
    "CFBundleTypeName": r".+",
    "CFBundleTypeRole": r"Editor|Viewer",
    "LSHandlerRank": r"Alternate",  # offered; Owner or Default would push others aside
    "LSItemContentTypes": list,
}
TYPE: dict[str, str | type] = {
    "UTTypeIdentifier": r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "UTTypeDescription": r".+",
    "UTTypeConformsTo": list,
    "UTTypeTagSpecification": dict,
}
SYSTEM_TYPES = {"public.png", "public.utf8-plain-text"}
ENDINGS = {"toml"}  # of the files that the program opens, pictures aside
# The hardened runtime's exceptions that a frozen Python may need; each weakens it.
ENTITLEMENTS = {"com.apple.security.cs.allow-unsigned-executable-memory"}


def info_faults(text: str) -> list[str]:
    """Of Info.plist, a line each."""
    return _read(text, _info_faults)


def entitlement_faults(text: str) -> list[str]:
    """Of entitlements.plist, a line each."""
    return _read(text, _entitlement_faults)


def _read(text: str, laws: Any) -> list[str]:
    try:
        tree = ElementTree.fromstring(text.encode())
        found = plistlib.loads(text.encode())
    except (ElementTree.ParseError, ExpatError, plistlib.InvalidFileException, ValueError) as error:
        return [f"is no property list: {error}"]
    return [*_twice(tree), *laws(found)]


def _twice(tree: ElementTree.Element) -> Iterator[str]:
    """plistlib, and macOS, take the last of two and say nothing."""
    for group in tree.iter("dict"):
        for key, count in Counter(key.text for key in group.findall("key")).items():
            if count > 1:
                yield f"{key} stands there twice"


def _shape(found: dict[str, Any], wanted: dict[str, str | type], where: str) -> Iterator[str]:
    yield from (f"{where} lacks {key}" for key in wanted if key not in found)
    yield from (f"{where} has no key {key}" for key in found if key not in wanted)
    for key, value in found.items():
        kind = wanted.get(key, object)
        fits = re.fullmatch(kind, str(value)) if isinstance(kind, str) else isinstance(value, kind)
        if not fits or (isinstance(kind, str) and not isinstance(value, str)):
            yield f"{where}: {key} cannot be {value!r}"


def _info_faults(found: dict[str, Any]) -> Iterator[str]:
    yield from _shape(found, INFO, "Info.plist")
    if found.get("NSHighResolutionCapable") is not True:
        yield "a window would be blurred on a Retina screen"
    declared, endings = set(SYSTEM_TYPES), set()
    for one in found.get("UTImportedTypeDeclarations", []):
        yield from _shape(one, TYPE, "a type")
        declared.add(one.get("UTTypeIdentifier"))
        endings |= set(one.get("UTTypeTagSpecification", {}).get("public.filename-extension", []))
    used = set()
    for one in found.get("CFBundleDocumentTypes", []):
        yield from _shape(one, DOCUMENT, "a document")
        used |= set(one.get("LSItemContentTypes", []))
    yield from (f"{name} is used and not declared" for name in sorted(used - declared))
    yield from (f"{name} is declared and not used" for name in sorted(declared - used - SYSTEM_TYPES))
    if endings != ENDINGS:
        yield f"the endings are {sorted(endings)}, the program opens {sorted(ENDINGS)}"


def _entitlement_faults(found: dict[str, Any]) -> Iterator[str]:
    yield from (f"{key} is not needed" for key in found if key not in ENTITLEMENTS)
    yield from (f"{key} is missing" for key in sorted(ENTITLEMENTS - found.keys()))
    yield from (f"{key} must be true" for key, value in found.items() if value is not True)
