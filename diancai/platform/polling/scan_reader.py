"""The reader of scanned sheets, where it is installed (the extra `paper`): files in, pages out. Slow: no lock is held meanwhile."""

from collections.abc import Sequence
from importlib.util import find_spec

from diancai.errors import WrongState
from diancai.paper.found import ReadPage
from diancai.paper.geometry import Page


def is_installed() -> bool:
    return find_spec("cv2") is not None


def read_files(files: Sequence[tuple[str, bytes]], round_id: int, pages: Sequence[Page], most: int) -> list[ReadPage]:
    """In the order of the files' names. Raises WrongState scan.not_installed; InvalidInput as `pictures_of`."""
    if not is_installed():
        raise WrongState("scan.not_installed")
    from diancai.paper.pictures import pictures_of
    from diancai.paper.reading import read_page  # some 150 MB of libraries: only where somebody scans

    return [read_page(picture, round_id, pages) for picture in pictures_of(files, most)]
