"""Make `.venv` ready: `python3 bootstrap.py` for the demo, `python3 bootstrap.py dev` for tests and checks.

Standard library only, since nothing else is there yet. A stamp inside the environment remembers what was installed
from which pyproject.toml, so that a second call does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "diancai.stamp"
WANTED = {"demo": ".", "dev": ".[dev,pg,oracle,paper,kiosk,pdf]"}
COMPILE = (
    "import compileall, sysconfig\n"
    "for folder in (sysconfig.get_path('purelib'), %r): compileall.compile_dir(folder, quiet=2, workers=0)"
)
# uv does not read pip's configuration, where a mirror of the package index is usually set.
UV_NAMES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}


def say(words: str) -> None:
    print("[diancai] " + words, flush=True)


def give_up(words: str) -> None:
    sys.exit("[diancai] " + words)


def use_a_new_enough_python() -> None:
    """Carry on under a newer python3.x when `python3` itself is too old; return only on a good one."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)
        if newer:
            os.execv(newer, [newer, *sys.argv])
    give_up("Python 3.11 or newer is needed; %s is %s." % (sys.executable, sys.version.split()[0]))


def recipe() -> str:
    """What the environment depends on: declared packages, version of the interpreter, place of the project."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), str(sys.version_info[:2]).encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def is_ready(kind: str) -> bool:
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    stamped_kind, _, stamped_recipe = STAMP.read_text().strip().partition(" ")
    return stamped_recipe == recipe() and stamped_kind in ("dev", kind)


def has_this_version() -> bool:
    """An environment of another Python version, or one whose Python has been removed, is of no use."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import sys, pip; print(tuple(sys.version_info[:2]))"]
    answer = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return answer.stdout.decode().strip() == str(tuple(sys.version_info[:2]))


def create_environment() -> None:
    try:
        import ensurepip  # noqa: F401  (Debian splits it off)
        import venv
    except ImportError:
        give_up("Python's venv module is missing: on Debian or Ubuntu run `apt-get install python3-venv`.")
    say("1/3 creating .venv with Python " + sys.version.split()[0])
    if VENV.is_symlink():  # a link to an environment elsewhere: ours is made in its place, the other stays as it is
        VENV.unlink()
    venv.create(str(VENV), with_pip=True, clear=True)


def pip(*arguments: str) -> int:
    return subprocess.call([str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments])


def pip_setting(name: str) -> str:
    """A setting of pip, from wherever pip reads it; the environment comes before files. Empty when unset."""
    asked = [str(PYTHON), "-m", "pip", "config", "list"]
    listed = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    found = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    for section in (":env:", "install", "global"):
        value = found.get(section + "." + name)
        if value:
            return " ".join(value.strip("'\"").replace("\\n", " ").split())
    return ""


def uv_environment() -> "dict[str, str]":
    environment = dict(os.environ)
    for pip_name, uv_name in UV_NAMES.items():
        value = pip_setting(pip_name)
        if value and uv_name not in environment:
            environment[uv_name] = value.replace(" ", ",") if pip_name == "find-links" else value
    if "UV_INDEX" in environment:
        environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # pip's way: the newest of all its indexes
    return environment


def install(kind: str) -> None:
    say("2/3 getting the installer")
    has_uv = pip("install", "--quiet", "uv") == 0
    say("3/3 installing the packages (about a minute, once)")
    if has_uv:
        asked = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), "--editable", WANTED[kind]]
        if subprocess.call(asked, cwd=str(ROOT), env=uv_environment()) == 0:
            return
        say("uv did not succeed; trying pip, which takes longer")
    if pip("install", "--editable", str(ROOT) + WANTED[kind][1:]) != 0:
        give_up("The packages could not be installed; the reason stands above. Is a package index within reach?")


def compile_modules() -> None:
    """The installer may leave it to the first import, and where Python is told to write no bytecode nobody does it:
    every start would then take twice as long."""
    subprocess.call([str(PYTHON), "-c", COMPILE % str(ROOT / "diancai")])


def main() -> None:
    use_a_new_enough_python()
    kind = sys.argv[1] if len(sys.argv) > 1 else "demo"
    if kind not in WANTED:
        give_up("Usage: python3 bootstrap.py [%s]" % "|".join(WANTED))
    if is_ready(kind):
        return
    began = time.monotonic()
    if STAMP.exists():
        STAMP.unlink()
    if not has_this_version():
        create_environment()
    install(kind)
    compile_modules()
    STAMP.write_text("%s %s\n" % (kind, recipe()))
    say("ready after %.0f s" % (time.monotonic() - began))


if __name__ == "__main__":
    main()
