"""Signatures as pictures: decoded, checked and encoded anew, so that nothing but pixels is kept."""

import base64
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from diancai.errors import InvalidInput
from diancai.platform.results.models import SignatureKind

MOST_BYTES = 6 * 1024 * 1024
MOST_PIXELS = 40_000_000
LARGEST_SIDE = {SignatureKind.HANDWRITING: 1200, SignatureKind.SCAN: 2400}
FEWEST_INKED_PIXELS = 40
PNG_URL = "data:image/png;base64,"


def from_data_url(text: str) -> bytes:
    """The bytes of a PNG data URL as a canvas writes it. Raises InvalidInput signature.not_a_picture."""
    if not text.startswith(PNG_URL):
        raise InvalidInput("signature.not_a_picture")
    try:
        return base64.b64decode(text.removeprefix(PNG_URL), validate=True)
    except ValueError as problem:  # not base64, or not even ASCII
        raise InvalidInput("signature.not_a_picture") from problem


def encode_anew(content: bytes, kind: SignatureKind) -> tuple[str, bytes]:
    """(media type, bytes) of the picture: handwriting as grey PNG on white, a scan as JPEG without its metadata.

    Raises InvalidInput: signature.missing, .too_large, .not_a_picture, .blank for a pad that nobody wrote on.
    """
    if not content:
        raise InvalidInput("signature.missing")
    if len(content) > MOST_BYTES:
        raise InvalidInput("signature.too_large", limit=MOST_BYTES // 1024 // 1024)
    picture = _on_white(_decoded(content))
    picture.thumbnail((LARGEST_SIDE[kind],) * 2)
    if kind is SignatureKind.SCAN:
        return "image/jpeg", _encoded(picture, "JPEG", quality=85)
    grey = picture.convert("L")
    if sum(grey.histogram()[:160]) < FEWEST_INKED_PIXELS:
        raise InvalidInput("signature.blank")
    return "image/png", _encoded(grey, "PNG", optimize=True)


def _decoded(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidInput("signature.too_large", limit=MOST_BYTES // 1024 // 1024)
            picture.load()
            return ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as problem:
        raise InvalidInput("signature.not_a_picture") from problem


def _on_white(picture: Image.Image) -> Image.Image:
    """Ink on paper: what is transparent on a canvas is white in a file."""
    inked = picture.convert("RGBA")
    paper = Image.new("RGBA", inked.size, "white")
    return Image.alpha_composite(paper, inked).convert("RGB")


def _encoded(picture: Image.Image, file_type: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, file_type, **options)
    return file.getvalue()
