"""One page of a paper ballot, from a scan or a photo: laid flat by its corner marks, its QR read, its boxes judged.

Needs OpenCV (the extra `paper`). Nothing here guesses: a page without its corners or its QR is not read.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from PIL import Image

from diancai.paper import geometry
from diancai.paper.found import Found, Mark, ReadMark, ReadPage, Trouble
from diancai.paper.geometry import PAGE_HEIGHT, PAGE_WIDTH, Box, Page
from diancai.paper.marks import PX, judge

SEARCH_SIDE = 2000
"""Corner marks are looked for in a picture of this size: at 12 mm they are large, and a fine scan only takes longer."""
WORST_FIT_MM = 1.0
FRAME_REACH_MM, FRAME_DARKNESS, INSIDE_MM = 1.6, 0.18, 0.8
CUTTING_MM, CUTTING_LEFT = 3.0, 121.0
SHOWN_SIDE = 1400
"""Of a whole page that a person has to read, in pixels."""


def read_page(picture: Image.Image, round_id: int, pages: Sequence[Page]) -> ReadPage:
    """`picture`: grey, any way round. Which of the `pages` it is says its QR."""
    flat = _laid_flat(np.asarray(picture.convert("L")))
    if flat is None:
        return ReadPage(Trouble.NO_CORNERS, picture=_thumbnail(picture))
    said = _qr_of(flat)
    if said is None:
        return ReadPage(Trouble.NO_QR, picture=_jpeg(_smaller(flat)))
    if said[0] != round_id or not 1 <= said[1] <= len(pages):
        return ReadPage(Trouble.OTHER_BALLOT, *said, picture=_jpeg(_smaller(flat)))
    dark = _darkness(flat)
    return ReadPage(None, *said, tuple(_read_row(flat, dark, row) for row in pages[said[1] - 1].rows))


def _read_row(flat: Any, dark: Any, row: geometry.Row) -> ReadMark:
    inside = _inside_frame(dark, row.box)
    mark = Mark(Found.DOUBTFUL, 0.0) if inside is None else judge(inside)
    return ReadMark(row.number, mark, _cutting(flat, row) if mark.found is Found.DOUBTFUL else b"")


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.convert("L")
    small.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    return _jpeg(np.asarray(small))


def _smaller(flat: Any) -> Any:
    scale = SHOWN_SIDE / flat.shape[0]
    return cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


# laying flat


@cache
def _detector() -> Any:
    whole = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    ours = cv2.aruco.Dictionary(whole.bytesList[: len(geometry.CORNERS)], whole.markerSize, 1)
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.adaptiveThreshWinSizeMax = 53
    settings.minMarkerPerimeterRate = 0.04
    return cv2.aruco.ArucoDetector(ours, settings)


def _laid_flat(grey: Any) -> Any:
    """The page at PX pixels a millimetre, or None. Three corners of four are enough; they must agree to a millimetre."""
    scale = min(1.0, SEARCH_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    squares, numbers, _ = _detector().detectMarkers(small)
    found = {int(number): square[0] / scale for number, square in zip(_flat(numbers), squares, strict=True)}
    if len(found) < 3 or len(_flat(numbers)) != len(found):
        return None
    seen = np.concatenate([found[place] for place in sorted(found)]).astype(np.float32)
    known = np.concatenate([_points(geometry.CORNERS[place]) for place in sorted(found)]).astype(np.float32)
    matrix, _ = cv2.findHomography(seen, known * PX)
    if matrix is None:
        return None
    fitted = cv2.perspectiveTransform(seen[None], matrix)[0] / PX
    if np.abs(fitted - known).max() > WORST_FIT_MM:
        return None
    return cv2.warpPerspective(
        grey, matrix, (int(PAGE_WIDTH * PX), int(PAGE_HEIGHT * PX)), flags=cv2.INTER_AREA, borderValue=255
    )


def _flat(numbers: Any) -> list[Any]:
    return [] if numbers is None else list(np.asarray(numbers).flatten())


def _points(box: Box) -> Any:
    """Clockwise from the top left, as the detector gives them."""
    right, bottom = box.x + box.width, box.y + box.height
    return np.array([(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)])


# what stands on it


def _cut(flat: Any, box: Box, margin: float = 0.0) -> Any:
    top, bottom = int((box.y - margin) * PX), int((box.y + box.height + margin) * PX)
    left, right = int((box.x - margin) * PX), int((box.x + box.width + margin) * PX)
    return flat[max(top, 0) : bottom, max(left, 0) : right]


def _qr_of(flat: Any) -> tuple[int, int] | None:
    area = _cut(flat, geometry.QR, 1.0)
    sharper = cv2.resize(area, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    _, black_white = cv2.threshold(cv2.GaussianBlur(sharper, (0, 0), 2), 0, 255, cv2.THRESH_OTSU)
    for picture in (area, sharper, black_white):
        try:
            text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
        except cv2.error:  # some versions fail on a code that is none
            continue
        if said := geometry.parse_qr(text):
            return said
    return None


def _darkness(flat: Any) -> Any:
    """0 for the paper around, 1 for the black of the corner marks: shadows and faded ink go out of it."""
    small = cv2.resize(flat, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    paper = cv2.resize(cv2.GaussianBlur(paper, (0, 0), 6), (flat.shape[1], flat.shape[0])).astype(np.float32)
    black = float(np.median([np.percentile(_cut(flat, corner), 15) for corner in geometry.CORNERS]))
    return np.clip((paper - flat) / np.maximum(paper - black, 30.0), 0, 1).astype(np.float32)


def _inside_frame(dark: Any, box: Box) -> Any:
    """The box without its printed frame, found where it truly is; None when the frame is not there."""
    around = _cut(dark, box, FRAME_REACH_MM + 1)
    margin, reach = int((FRAME_REACH_MM + 1) * PX), int(FRAME_REACH_MM * PX)
    height, width = int(box.height * PX), int(box.width * PX)
    columns = cv2.blur(around[margin : margin + height], (3, 1)).mean(axis=0)
    rows = cv2.blur(around[:, margin : margin + width], (1, 3)).mean(axis=1)
    left, is_left = _line_pair(columns, margin, width, reach)
    top, is_top = _line_pair(rows, margin, height, reach)
    if not (is_left and is_top):
        return None
    inside = int(INSIDE_MM * PX)
    return around[top + inside : top + height - inside, left + inside : left + width - inside]


def _line_pair(profile: Any, at: int, apart: int, reach: int) -> tuple[int, bool]:
    """Where two parallel lines stand that far apart, and whether both are there."""
    best = max(range(at - reach, at + reach + 1), key=lambda start: float(profile[start] + profile[start + apart]))
    return best, min(profile[best], profile[best + apart]) >= FRAME_DARKNESS


def _cutting(flat: Any, row: geometry.Row) -> bytes:
    """The end of the row with a little of its neighbours, large enough for a phone: a mark may stand beside its box."""
    strip = Box(CUTTING_LEFT, row.y, geometry.RIGHT - CUTTING_LEFT, row.height)
    return _jpeg(cv2.resize(_cut(flat, strip, CUTTING_MM), None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA))


def _jpeg(picture: Any) -> bytes:
    done, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done
    return bytes(coded)
