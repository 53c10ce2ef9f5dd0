"""Files of a scanner become grey pictures: PNG, JPEG, TIFF of several pages, or a zip of these. Small limits, clear refusals."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence

from PIL import Image, ImageOps, UnidentifiedImageError

from diancai.errors import InvalidInput

READABLE = ("PNG", "JPEG", "TIFF")
MOST_PIXELS = 40_000_000
"""A4 at 600 dpi, or A3 at 400."""
MOST_UNPACKED_BYTES = 32 * 1024 * 1024
"""Of one file inside a zip."""
LONGEST_SIDE = 3600
"""A4 at 300 dpi; what is finer is made coarser before anything looks at it."""


def pictures_of(files: Sequence[tuple[str, bytes]], most: int) -> Iterator[Image.Image]:
    """Grey pictures, upright as their files say: files and those in a zip by name (2 before 10), TIFF page by page.

    Raises InvalidInput: scan.no_picture (name), scan.too_many_pixels (name), scan.too_many (most), scan.bad_zip (name).
    """
    count = 0
    for name, content in sorted(files, key=lambda file: natural(file[0])):
        for inner_name, inner in _unpacked(name, content, most):
            for picture in _frames(inner_name, inner):
                count += 1
                if count > most:
                    raise InvalidInput("scan.too_many", most=most)
                yield picture


def natural(name: str) -> list[tuple[bool, int, str]]:
    """Names as people order them: page2 stands before page10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _unpacked(name: str, content: bytes, most: int) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(b"PK"):
        yield name, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inner = [one for one in packed.infolist() if not one.is_dir() and not _is_litter(one.filename)]
            if len(inner) > most:
                raise InvalidInput("scan.too_many", most=most)
            for one in sorted(inner, key=lambda each: natural(each.filename)):
                if one.file_size > MOST_UNPACKED_BYTES:
                    raise InvalidInput("scan.too_many_pixels", name=one.filename)
                yield one.filename, packed.read(one)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as problem:
        raise InvalidInput("scan.bad_zip", name=name) from problem


def _is_litter(name: str) -> bool:
    """What systems leave in an archive beside its files."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in {".DS_Store", "Thumbs.db"}


def _frames(name: str, content: bytes) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # our own limit of pixels stands below Pillow's warning of bombs
        try:
            picture = Image.open(io.BytesIO(content), formats=READABLE)
            for place in range(getattr(picture, "n_frames", 1)):
                picture.seek(place)
                if picture.width * picture.height > MOST_PIXELS:
                    raise InvalidInput("scan.too_many_pixels", name=name)
                yield _grey(picture)
        except Image.DecompressionBombError as problem:
            raise InvalidInput("scan.too_many_pixels", name=name) from problem
        except (UnidentifiedImageError, OSError, SyntaxError, EOFError, KeyError, ValueError) as problem:
            raise InvalidInput("scan.no_picture", name=name) from problem


def _grey(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "P", "PA"):
        inked = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", inked.size, "white"), inked)
    grey = upright.convert("L") if upright.mode != "I;16" else upright.point(lambda value: value / 256).convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    return grey
