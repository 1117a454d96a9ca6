"""Installers, bundles and workflows, most of which run on other systems: each file has a check, and each bites."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("check_jsonschema", reason="the checks come with the extra dev")

import checked

from tests.places import ROOT

ISS = Path("packaging/windows/optim-race.iss")
INFO = Path("packaging/macos/Info.plist")
ENTITLEMENTS = Path("packaging/macos/entitlements.plist")
RELEASE, CI = Path(".github/workflows/release.yml"), Path(".github/workflows/ci.yml")
LINUX = Path("packaging/linux")
APPRUN = Path("packaging/appimage/AppRun")
ASSOCIATED = 'Subkey: "Software\\Classes\\'

# By file: what stands there, what a hurried hand makes of it, and what the check says.
MISTAKES = [
    (ISS, "AppId={{365", "AppId={365", "AppId cannot be"),
    (ISS, "Start {#AppName}", "Öffnen: {#AppName}", "misread what is not ASCII"),
    (ISS, "PrivilegesRequired=lowest", "PrivilegesRequired=admin", "PrivilegesRequired cannot be"),
    (ISS, "WizardStyle=modern", "WizzardStyle=modern", "no directive WizzardStyle"),
    (ISS, "SolidCompression=yes\n", "", "[Setup] lacks SolidCompression"),
    (ISS, "ChangesAssociations=yes", "ChangesAssociations=yes\nChangesAssociations=yes", "stands there twice"),
    (ISS, "{autopf}", "{commonpf}", "{commonpf} is no constant"),
    (ISS, "{#AppVersion}-windows", "{#Version}-windows", "Version is not defined"),
    (ISS, "[Icons]", "[Shortcuts]", "no section [Shortcuts]"),
    (ISS, "recursesubdirs", "recursive", "no flag recursive"),
    (ISS, 'DestDir: "{app}"; Flags: ignoreversion\n', "Flags: ignoreversion\n", "DestDir is missing"),
    (ISS, 'Filename: "{app}\\{#Exe}"; Comment', 'File: "{app}\\{#Exe}"; Comment', "no parameter File"),
    (ISS, 'Comment: "Race', "Comment: Race", "not understood"),
    (ISS, 'AppName + ".exe"', 'AppName + "_gui.exe"', "optim-race_gui.exe is not in the frozen program"),
    (ISS, "{#Root}\\NOTICE", "{#Root}\\NOTICES", "NOTICES is not in the checkout"),
    (ISS, 'Name: "{app}\\_internal"', 'Name: "{autopf}\\old"', "not the program's to delete"),
    (ISS, "Tasks: desktopicon", "Tasks: desktop", "no task desktop"),
    (ISS, f"Root: HKA; {ASSOCIATED}.png", f"Root: HKLM; {ASSOCIATED}.png", "HKA is"),
    (ISS, "Flags: uninsdeletekey; Tasks", "Tasks", "would stay after the program is removed"),
    (ISS, "Flags: uninsdeletekeyifempty; Tasks", "Tasks", ".toml would stay"),
    (ISS, "Flags: uninsdeletevalue; Tasks", "Flags: uninsdeletekey; Tasks", "would be deleted with all"),
    (ISS, "Flags: uninsdeletevalue; Tasks", "Tasks", "would keep its value"),
    (ISS, '.png\\OpenWithProgids"', '.png"', "would be taken from the program that has it"),
    (ISS, '""%1"""', '%1"', "need quotes"),
    (INFO, "<true/>", "<false/>", "blurred"),
    (INFO, "<true/>", "<string>true</string>", "NSHighResolutionCapable cannot be"),
    (INFO, "LSMinimumSystemVersion", "MinimumSystemVersion", "lacks LSMinimumSystemVersion"),
    (INFO, "<string>Alternate</string>", "<string>Owner</string>", "LSHandlerRank cannot be"),
    (INFO, "<string>toml</string>", "<string>race.toml</string>", "the program opens ['toml']"),
    (
        INFO,
        "fier</key>\n            <string>org.optim-race.toml",
        "fier</key><string>race.toml",
        "used and not declared",
    ),
    (INFO, "<key>CFBundleName</key>", "<key>CFBundleDisplayName</key>", "stands there twice"),
    (INFO, "</dict>\n</plist>", "</plist>", "is no property list"),
    (ENTITLEMENTS, "allow-unsigned-executable-memory", "disable-library-validation", "not needed"),
    (ENTITLEMENTS, "<true/>", "<false/>", "must be true"),
    (RELEASE, "    steps:", "    stepps:", "'stepps' was unexpected"),
    (RELEASE, "runs-on: ${{ matrix.os }}", "runs-on: [", "is not YAML"),
    (RELEASE, "timeout-minutes: 60", "continue-on-error: false", "could hang"),
    (RELEASE, "needs: build", "needs: builds", "needs builds, and there is none"),
    (RELEASE, "permissions:\n  contents: read", "permissions: write-all", "by default a job may read"),
    (
        RELEASE,
        "    timeout-minutes: 60",
        "    permissions:\n      contents: write",
        "need not",
    ),
    (RELEASE, "${{ matrix.targets }}", "${{ matrix.target }}", "uses matrix.target"),
    (RELEASE, "targets: windows usb", "targets: window usb", "no target window"),
    (RELEASE, "actions/upload-artifact@v7", "somebody/upload@v1", "not one of the actions"),
    (RELEASE, "persist-credentials: false", "fetch-depth: 1", "persist-credentials"),
    (RELEASE, '"$CERTIFICATE" | base64', '"${{ secrets.X }}" | base64', "a secret belongs in env"),
    (RELEASE, '[ -z "$CERTIFICATE_PASSWORD" ] || ', "", "CERTIFICATE_PASSWORD is used whether or not"),
    (RELEASE, "TOOL_SHA256: ed4", "TOOL_SHA256: xd4", "TOOL is downloaded and compared with no sum"),
    (RELEASE, "$RUNTIME_SHA256  runtime\n", "", "RUNTIME is downloaded and not compared"),
    (RELEASE, '"$GITHUB_REF_NAME" --draft', "${{ github.ref_name }} --draft", "can be a command"),
    (RELEASE, "python packaging/build.py", "python packaging/builds.py", "there is no packaging/builds.py"),
    (RELEASE, "        shell: bash\n        env:", "        env:", "Windows would run it with PowerShell"),
    (RELEASE, 'cd "$RUNNER_TEMP/tools"', "cd $RUNNER_TEMP/tools", "SC2086"),
    (RELEASE, "if: runner.os == 'Linux'", "if: runner.system == 'Linux'", "nothing is called runner.system"),
    (RELEASE, "if: runner.os == 'macOS'", "if: secrets.X != ''", "no condition can ask for a secret"),
    (RELEASE, "github.token", "github.tokens", "nothing is called github.tokens"),
    (CI, "os: [windows-2025", "system: [windows-2025", "uses matrix.os"),
    (CI, "run: .ci/run", "run: .ci/all", "there is no .ci/all"),
    (APPRUN, '"$@"', "$@", "SC2068"),
    (LINUX / "optim-race.desktop", "Icon=", "Symbol=", "Icon is missing"),
    (LINUX / "optim-race.desktop", "%f", "", "Exec does not start the program on one file"),
    (LINUX / "optim-race.desktop", "toml;\n", "toml\n", "MimeType has no ;"),
    (LINUX / "optim-race.desktop", "race-lesson+toml", "lesson+toml", "MimeType is not"),
    (LINUX / "optim-race.desktop", "Type=", "Type ", "is no menu entry"),
    (LINUX / "optim-race.metainfo.xml", "</summary>", "", "is no XML"),
    (LINUX / "optim-race.metainfo.xml", "@VERSION@", "0.1.0", "the version is not filled in"),
    (LINUX / "optim-race.metainfo.xml", "@DATE@", "@DAY@", "nothing fills in @DAY@"),
    (LINUX / "optim-race.metainfo.xml", ">optim-race.desktop", ">race.desktop", "there is no race.desktop"),
    (LINUX / "optim-race.xml", "*.lesson.toml", "*.toml", "is known by ['*.toml']"),
    (LINUX / "optim-race.xml", "x-optim-race+toml", "x-race+toml", "not those of the menu entry"),
    (LINUX / "copyright", "License: Expat\n@LICENSE@", "", "Expat has no text"),
    (LINUX / "copyright", "Comment: ", "Comment ", "is no field"),
    (LINUX / "lintian-overrides", "optim-race: embedded", "optimrace: embedded", "is no override"),
    (Path("packaging/licences/LGPL-3.txt"), "LESSER", "MINOR", "is not the whole of a licence"),
    (Path("packaging/prune.txt"), "  the program", " the program", "line"),
    (Path("packaging/README.md"), "# Artifacts", "# [Artifacts](gone.md)", "gone.md, which is not there"),
    (Path("packaging/build.py"), "def main(", "def main((", "line"),
]


@pytest.mark.parametrize("path", list(checked.files()), ids=str)
def test_every_file_has_a_check_and_passes_it(path):
    assert checked.faults(path) == []


@pytest.mark.parametrize("name", ["packaging/windows/new.nsi", "packaging/notes.txt", ".github/dependabot.yml"])
def test_a_file_that_no_check_knows_is_a_fault(name, tmp_path):
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("", encoding="utf-8")
    assert list(checked.files(tmp_path)) == [Path(name)]
    assert "0 checks know this file" in checked.faults(Path(name), "")[0]


@pytest.mark.parametrize("path, right, wrong, said", MISTAKES, ids=[f"{m[0].name}-{m[3]}" for m in MISTAKES])
def test_a_mistake_is_found(path, right, wrong, said):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert right in text, "the test plants its mistake nowhere"
    assert said in "\n".join(checked.faults(path, text.replace(right, wrong)))


def test_each_target_is_released():
    jobs = checked.workflows.YAML(typ="safe").load((ROOT / RELEASE).read_text(encoding="utf-8"))["jobs"]
    rows = jobs["build"]["strategy"]["matrix"]["include"]
    released = {name for row in rows for name in row["targets"].split()}
    assert released == checked.workflows.TARGETS
