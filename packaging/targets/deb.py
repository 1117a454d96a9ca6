"""A package for Debian, Ubuntu and what derives from them, with all that makes it known to the desktop."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import debian
import desktop
import licences
from tools import NAME, PACKAGING, ROOT, Trouble, folder, run, size, version

SUMMARY = "a .deb for Debian and Ubuntu, with menu entry and file types"
SYSTEM = "linux"
FROZEN = True
TOOLS = {
    "dpkg-deb": "sudo apt install dpkg",
    "dpkg-shlibdeps": "sudo apt install dpkg-dev",
    "git": "sudo apt install git",
}
PACKAGES: tuple[str, ...] = ()
CACHES = ("applications/mimeinfo.cache", "mime/globs2", "mime/types")


def trouble() -> str | None:
    """Why it cannot be tried here."""
    if not debian.is_root():
        return "deb: only root can install a package to try it: sudo python packaging/build.py deb"
    return f"deb: {NAME} is installed here already: sudo apt remove {NAME}" if is_installed() else None


def build(frozen: Path, out: Path) -> list[Path]:
    with folder("deb") as work:
        root = work / NAME
        library = root / "usr" / "lib" / NAME
        shutil.copytree(frozen, library, symlinks=True)
        without_the_systems(library / "_internal")
        (root / "usr" / "bin").mkdir()
        (root / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
        desktop.furnish(root / "usr" / "share")
        documents(root / "usr" / "share")
        plain_modes(root)
        control(root)
        architecture = run("dpkg", "--print-architecture").strip()
        artifact = out / f"{NAME}_{version()}_{architecture}.deb"
        # xz's quickest: a fifth of the time, for a package larger by a seventh.
        run("dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", root, artifact)
    return [artifact]


def without_the_systems(internal: Path) -> None:
    """Take out the libraries that are packages here: the system's own are kept up to date. Python stays ours."""
    ours = {path.name: path for path in internal.glob("lib*.so*") if not path.is_symlink()}
    for name in debian.owned(name for name in ours if not name.startswith("libpython")):
        if name in ours:
            ours[name].unlink()
    shutil.rmtree(internal / licences.SYSTEM, ignore_errors=True)


def documents(share: Path) -> None:
    """Copyright, changes, and what lintian need not report."""
    linux = PACKAGING / "linux"
    licence = re.sub(r"^\s*$", ".", (ROOT / "LICENSE").read_text(encoding="utf-8").strip(), flags=re.M)
    text = (linux / "copyright").read_text(encoding="utf-8").replace("@LICENSE@", re.sub("^", " ", licence, flags=re.M))
    desktop.written(share / "doc" / NAME / "copyright", text)
    overrides = (linux / "lintian-overrides").read_text(encoding="utf-8")
    desktop.written(share / "lintian" / "overrides" / NAME, overrides)


def plain_modes(root: Path) -> None:
    """Whatever the builder's umask, everyone may read, and run what is a program."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or (path.name == NAME and debian.is_elf(path))
            path.chmod(0o755 if runs else 0o644)


def control(root: Path) -> None:
    """The folder DEBIAN."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files]
    fields = {
        "Package": NAME,
        "Version": version(),
        "Architecture": run("dpkg", "--print-architecture").strip(),
        "Maintainer": "the optim-race authors",
        "Installed-Size": str(size(root) // 1024),
        "Depends": ", ".join(debian.depends(root)),
        "Suggests": "ffmpeg",
        "Section": "education",
        "Priority": "optional",
        "Description": "race gradient-descent optimizers on loss landscapes\n"
        " Optimizers race on a loss landscape, in lockstep, from the same starting\n"
        " point. Every path bends while its learning rate is dragged, every step can\n"
        " be opened up, and lessons lead from the step size to Muon. For teaching.\n"
        " .\n"
        " It brings its own Python and Qt, and uses no network.",
    }
    text = "".join(f"{key}: {value}\n" for key, value in fields.items())
    desktop.written(root / "DEBIAN" / "control", text)
    desktop.written(root / "DEBIAN" / "md5sums", "".join(sums))
    (root / "DEBIAN").chmod(0o755)


def install(artifact: Path, place: Path) -> Path:
    if why := trouble():
        raise Trouble(why)
    run("dpkg", "--install", artifact)
    return Path("/usr/bin") / NAME


def uninstall(artifact: Path, place: Path) -> list[Path]:
    files = [
        Path("/", line) for line in run("sh", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -t', artifact).splitlines()
    ]
    if is_installed():
        run("dpkg", "--purge", NAME)
    left = [path for path in files if path.is_symlink() or path.is_file()]
    left += [path for path in (Path("/usr/lib", NAME), Path("/usr/share/doc", NAME)) if path.exists()]
    caches = [path for name in CACHES if (path := Path("/usr/share", name)).is_file()]
    return left + [path for path in caches if NAME in path.read_text(encoding="utf-8")]


def is_installed() -> bool:
    """Whether dpkg knows the package as more than removed."""
    said = run("sh", "-c", f"dpkg-query --show --showformat='${{db:Status-Status}}' {NAME} 2>/dev/null || true")
    return said.strip() not in ("", "not-installed")
