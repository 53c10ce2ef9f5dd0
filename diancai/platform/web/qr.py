"""QR codes as SVG that a strict style policy lets through: drawn on the server, no style attribute."""

from functools import lru_cache

import segno
from markupsafe import Markup


def qr_svg(text: str, *, mask: int | None = None) -> Markup:
    """Black on white with a quiet zone, sized by the style sheet. `text` is an address; level M survives a crease.

    Looking for the best of eight masks takes most of the time: who draws thousands names one.
    """
    drawn = segno.make(text, error="m", micro=False, mask=mask)
    return Markup(drawn.svg_inline(omitsize=True, border=3, dark="#000", light="#fff"))


@lru_cache(maxsize=512)
def page_qr_svg(address: str) -> Markup:
    """The code of a public page's own address, drawn once. Never for an address that holds a ballot code."""
    return qr_svg(address)
