"""QR codes in frames of a terminal's camera, for browsers that cannot read them (the extra `kiosk`).

A frame is decoded in memory and forgotten: nothing of it is stored, and no line of it is logged.
"""

import io
import warnings
from functools import cache
from importlib.util import find_spec

from PIL import Image, UnidentifiedImageError

from diancai.errors import InvalidInput, WrongState

MOST_BYTES = 300_000
MOST_PIXELS = 2_000_000
"""A camera's frame has 1280 × 720; the terminal sends it at half of that."""
LONGEST_TEXT = 300


@cache
def is_installed() -> bool:
    return find_spec("zxingcpp") is not None


def text_in(frame: bytes) -> str | None:
    """What the first QR code in a JPEG says; None where there is none.

    Raises WrongState frame.not_installed; InvalidInput frame.not_a_picture for another file, or one that is too large.
    """
    if not is_installed():
        raise WrongState("frame.not_installed")
    import zxingcpp  # a library of its own: only where terminals need it

    found = zxingcpp.read_barcodes(_grey(frame), formats=zxingcpp.barcode_formats_from_str("QRCode"))
    texts = (one.text for one in found if one.valid and 0 < len(one.text) <= LONGEST_TEXT)
    return next(texts, None)


def _grey(frame: bytes) -> Image.Image:
    if len(frame) > MOST_BYTES:
        raise InvalidInput("frame.not_a_picture")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # our own limit of pixels stands below Pillow's warning of bombs
        try:
            picture = Image.open(io.BytesIO(frame), formats=("JPEG",))
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidInput("frame.not_a_picture")
            return picture.convert("L")
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as problem:
            raise InvalidInput("frame.not_a_picture") from problem
