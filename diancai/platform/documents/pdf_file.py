"""A paper as PDF, with its fonts inside: typst and a font package, the extra `[pdf]`, loaded when the first one is made."""

import io
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import segno

from diancai.errors import LimitReached

TEMPLATE = Path(__file__).parent / "paper.typ"
FONTS = "pylopdf_fonts_zh_cn"
"""Noto Serif SC and Noto Sans SC (OFL). Never imported: only its folder is read."""


@cache
def is_pdf_installed() -> bool:
    return find_spec("typst") is not None and find_spec(FONTS) is not None


def pdf_of(paper: dict[str, Any]) -> bytes:
    """Raises LimitReached documents.no_pdf where the extra is not installed."""
    if not is_pdf_installed():
        raise LimitReached("documents.no_pdf")
    import typst

    checks = [check | {"svg": _qr_svg(check["holds"])} for check in paper["checks"]]
    inputs = {"paper": json.dumps(paper | {"checks": checks}, ensure_ascii=False)}
    return bytes(typst.compile(TEMPLATE.read_bytes(), font_paths=_fonts(), sys_inputs=inputs))


@cache
def _fonts() -> Any:
    """Read once; whatever the machine has besides stays out, so that every machine makes the same page."""
    import typst

    spec = find_spec(FONTS)
    folders = list(spec.submodule_search_locations or []) if spec else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _qr_svg(text: str) -> str:
    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="svg", border=0, scale=4)
    return file.getvalue().decode()
