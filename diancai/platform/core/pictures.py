"""Pictures that people upload: decoded and encoded anew, so that nothing but the picture is kept (no EXIF, no place, no script)."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.errors import InvalidInput
from diancai.platform.core.db import Base

READABLE = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 6 * 1024 * 1024
MOST_PIXELS = 30_000_000
LONGEST_SIDE = 1200
"""Enough for a card, an item page and a booklet in A4."""


class Picture(Base):
    """Kept once, by its hash, whatever shows it."""

    __tablename__ = "picture"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean_picture(content: bytes) -> CleanPicture:
    """JPEG, PNG or WebP in; PNG out where it was PNG or has transparency, else JPEG. Turned upright, at most 1,200 px.

    Raises InvalidInput picture.empty, .too_large (most_mib), .not_a_picture, .too_many_pixels, all with field "picture".
    """
    if not content:
        raise InvalidInput("picture.empty", field="picture")
    if len(content) > MOST_BYTES:
        raise InvalidInput("picture.too_large", field="picture", most_mib=MOST_BYTES // 1024 // 1024)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # our own limit of pixels stands below Pillow's warning of bombs
        try:
            return _encoded(_decoded(content))
        except Image.DecompressionBombError as problem:
            raise InvalidInput("picture.too_many_pixels", field="picture", most=MOST_PIXELS) from problem
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
            raise InvalidInput("picture.not_a_picture", field="picture") from problem


def keep_picture(session: Session, clean: CleanPicture) -> Picture:
    """The stored picture of these pixels, old or new."""
    picture = session.get(Picture, clean.sha256)
    if picture is None:
        picture = Picture(sha256=clean.sha256, media_type=clean.media_type, content=clean.content)
        session.add(picture)
        session.flush()
    return picture


def _decoded(content: bytes) -> Image.Image:
    """The first frame, upright. The size is read from the head before a pixel is decoded."""
    picture = Image.open(io.BytesIO(content), formats=READABLE)
    if picture.width * picture.height > MOST_PIXELS:
        raise InvalidInput("picture.too_many_pixels", field="picture", most=MOST_PIXELS)
    kind = picture.format
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright.format = kind
    return upright


def _encoded(picture: Image.Image) -> CleanPicture:
    out = io.BytesIO()
    if picture.format == "PNG" or picture.has_transparency_data:
        _bare(picture, "RGBA" if picture.has_transparency_data else "RGB").save(out, "PNG", optimize=True)
        return CleanPicture("image/png", out.getvalue())
    _bare(picture, "RGB").save(out, "JPEG", quality=85, optimize=True)
    return CleanPicture("image/jpeg", out.getvalue())


def _bare(picture: Image.Image, mode: str) -> Image.Image:
    """The pixels alone: a copy takes no comments, profiles or EXIF along."""
    pixels = picture.convert(mode)
    return Image.frombytes(mode, pixels.size, pixels.tobytes())
