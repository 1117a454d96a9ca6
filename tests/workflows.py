"""What is wrong with a workflow: its form by GitHub's schema, its shell by shellcheck, and what this house asks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema.exceptions import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.places import PACKAGING, ROOT

# GitHub's own: no stranger's code is run. By major version: what a commit's number stands for cannot be told offline.
ACTIONS = r"actions/(checkout|setup-python|upload-artifact)@v\d+"
TARGETS = {path.stem for path in (PACKAGING / "targets").glob("[a-z]*.py")}
# What may stand before the point in an expression, and after it where that is a list.
CONTEXTS = {
    "github": {"ref", "ref_type", "repository", "token"},
    "matrix": set(),
    "runner": {"os"},
    "secrets": set(),
}
MAY_WRITE = {("release.yml", "release")}  # jobs that may change anything, by file


def faults(text: str, name: str) -> list[str]:
    """A line each. ``name`` is the file's."""
    try:
        found = YAML(typ="safe").load(text)
    except YAMLError as error:
        return [f"is not YAML: {' '.join(str(error).split())}"]
    if wrong := [leaf for error in validator().iter_errors(found) for leaf in _leaves(error)]:
        return [f"{'/'.join(map(str, leaf.absolute_path))}: {leaf.message}" for leaf in wrong]
    return [*_top(found), *(fault for job, body in found["jobs"].items() for fault in _job(found, name, job, body))]


@cache
def validator() -> jsonschema.protocols.Validator:
    """Of GitHub's schema, as the package brings it."""
    schema = get_builtin_schema("vendor.github-workflows")
    return jsonschema.validators.validator_for(schema)(schema)


@cache
def shell_faults(script: str) -> tuple[str, ...]:
    """What shellcheck says of a script, a line each. Its first line names the shell; without one it is bash."""
    beside = Path(sys.executable).with_name("shellcheck")
    command = str(beside if beside.exists() else shutil.which("shellcheck"))
    script = script if script.startswith("#!") else f"#!/usr/bin/env bash\n{script}"
    said = subprocess.run(
        [command, "--format=gcc", "-"], input=script, capture_output=True, encoding="utf-8", check=False
    )
    if said.returncode > 1:
        raise RuntimeError(said.stderr)
    return tuple(said.stdout.splitlines())


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """What is wrong in each of the forms that a part may have."""
    if not error.context:
        yield error
    for one in error.context or ():
        yield from _leaves(one)


def _top(found: dict[str, Any]) -> Iterator[str]:
    if found.get("permissions") != {"contents": "read"}:
        yield "permissions: by default a job may read, and nothing else"


def _job(found: dict[str, Any], file: str, name: str, job: dict[str, Any]) -> Iterator[str]:
    if "timeout-minutes" not in job:
        yield f"{name} could hang for six hours: timeout-minutes"
    needs = job.get("needs", [])
    yield from (f"{name} needs {one}, and there is none" for one in _list(needs) if one not in found["jobs"])
    if "write" in job.get("permissions", {}).values() and (file, name) not in MAY_WRITE:
        yield f"{name} may write, and need not"
    rows = _rows(job)
    keys = {key for row in rows for key in row}
    for used in re.findall(r"matrix\.(\w+)", str(job)):
        if any(used not in row for row in rows) or used not in keys:
            yield f"{name} uses matrix.{used}, which not every row has"
    for row in rows:
        yield from (f"{name}: no target {one}" for one in row.get("targets", "").split() if one not in TARGETS)
    yield from (f"{name}: {fault}" for fault in _expressions(job))
    windows = any("windows" in str(row.get("os", "")) for row in rows)
    for step in job["steps"]:
        label = f"{name}, {step.get('name') or step.get('uses') or step['run']!r}"
        yield from (f"{label}: {fault}" for fault in _step(step, windows))


def _step(step: dict[str, Any], windows: bool) -> Iterator[str]:
    if "uses" in step and not re.fullmatch(ACTIONS, step["uses"]):
        yield "is not one of the actions that are trusted"
    if "checkout" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
        yield "the token would lie on the disk: persist-credentials: false"
    env, script = step.get("env", {}), step.get("run", "")
    if "secrets." in str({key: value for key, value in step.items() if key != "env"}):
        yield "a secret belongs in env, where no log shows it"
    for key, value in env.items():
        if "secrets." in str(value) and f'-z "${key}"' not in script and f'-n "${key}"' not in script:
            yield f"{key} is used whether or not there is such a secret"
        if str(value).startswith("https://") and not re.fullmatch(r"[0-9a-f]{64}", str(env.get(f"{key}_SHA256"))):
            yield f"{key} is downloaded and compared with no sum"
        if f"{key}_SHA256" in env and f"${key}_SHA256" not in script:
            yield f"{key} is downloaded and not compared"
    if script:
        yield from _script(step, script, windows)


def _script(step: dict[str, Any], script: str, windows: bool) -> Iterator[str]:
    if "${{" in script:
        yield "what is filled into a script can be a command: hand it over in env"
    if "https://" in script:
        yield "an address belongs in env, beside its sum"
    elsewhere = re.search(r"runner\.os == '(Linux|macOS)'", step.get("if", ""))
    if windows and not elsewhere and step.get("shell") != "bash" and not re.fullmatch(r"python -m [^\n$]+\n?", script):
        yield "Windows would run it with PowerShell: shell: bash"
    for path in re.findall(r"(?<![\w/])(?:\.ci|packaging|simulator|tests)/[\w./-]+", script):
        if not (ROOT / path).exists():
            yield f"there is no {path}"
    yield from shell_faults(f"set -e -o pipefail\n{script}")


def _expressions(job: dict[str, Any]) -> Iterator[str]:
    """GitHub takes what it does not know for nothing, and goes on."""
    conditions = [part["if"] for part in (job, *job["steps"]) if "if" in part]
    if any("secrets." in one for one in conditions):
        yield "no condition can ask for a secret"
    for text in (*conditions, *re.findall(r"\$\{\{(.*?)\}\}", str(job))):
        for context, key in re.findall(r"\b([a-z]+)\.(\w+)", re.sub(r"'[^']*'", "", text)):
            if context not in CONTEXTS or (CONTEXTS[context] and key not in CONTEXTS[context]):
                yield f"nothing is called {context}.{key}"


def _rows(job: dict[str, Any]) -> list[dict[str, Any]]:
    """The matrix, a dictionary a run."""
    matrix = job.get("strategy", {}).get("matrix", {})
    rows: list[dict[str, Any]] = [{}]
    for key, values in matrix.items():
        if key != "include":
            rows = [{**row, key: value} for row in rows for value in values]
    return matrix.get("include", rows)


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
