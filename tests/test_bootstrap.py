import platform
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

import bootstrap


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of `.venv`."""
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "diancai.stamp")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    (tmp_path / "python").touch()
    return tmp_path


def test_an_environment_without_a_stamp_is_not_ready(environment: Path) -> None:
    assert not bootstrap.is_ready("demo")


def test_what_was_installed_for_tests_serves_the_demo_and_not_the_reverse(environment: Path) -> None:
    bootstrap.STAMP.write_text(f"dev {bootstrap.recipe()}\n")
    assert bootstrap.is_ready("demo")
    bootstrap.STAMP.write_text(f"demo {bootstrap.recipe()}\n")
    assert not bootstrap.is_ready("dev")


def test_a_changed_list_of_packages_calls_for_another_installation(environment: Path) -> None:
    bootstrap.STAMP.write_text("dev of-another-time\n")
    assert not bootstrap.is_ready("dev")


def test_uv_looks_where_pip_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sysconfig.get_path("scripts")) / "python")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.invalid/simple")
    assert bootstrap.uv_environment()["UV_DEFAULT_INDEX"] == "https://mirror.invalid/simple"


def test_a_python_that_is_too_old_is_told_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed") as told:
        bootstrap.use_a_new_enough_python()
    assert "\n" not in str(told.value)


def test_our_folder_named_platform_does_not_hide_pythons_module() -> None:
    assert platform.__file__ == str(Path(sysconfig.get_path("stdlib")) / "platform.py")


def test_a_link_to_an_environment_that_is_gone_makes_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / ".venv"
    link.symlink_to(tmp_path / "gone")
    monkeypatch.setattr(bootstrap, "VENV", link)
    bootstrap.create_environment()
    assert (link / "pyvenv.cfg").is_file()
    assert not link.is_symlink()


@pytest.mark.skipif(not shutil.which("git") or not Path(".git").exists(), reason="not a clone: nothing is tracked here")
def test_nothing_that_git_is_told_to_ignore_is_tracked() -> None:
    asked = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == ""
