"""The towns that are counted and compared."""

from pathlib import Path

import pytest

from tests.platform.cli.towns import a_town, two_camps


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return a_town(tmp_path, "greedy")


@pytest.fixture
def camps(tmp_path: Path) -> Path:
    return two_camps(tmp_path)
