"""Real election files, which lie beside the repository and never inside it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "pabulib"


@pytest.fixture(scope="session")
def election_files() -> list[Path]:
    """The .pb files at hand, smallest first."""
    files = sorted(FOLDER.glob("*.pb"), key=lambda path: path.stat().st_size)
    if not files:
        pytest.skip("no real election files in ../shared/data/pabulib")
    return files
