"""Paper ballots drawn from the very geometry, filled in by an unsteady hand, and scanned badly."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import cv2
import numpy as np
import segno
from PIL import Image, ImageDraw

from diancai.paper import geometry
from diancai.paper.geometry import Box, Page

PEN, PENCIL, FELT = (0.45, 40), (0.5, 165), (1.1, 25)
"""Width in millimetres and grey value."""
PX = 9
"""Pixels a millimetre before a page is scanned."""
Point = tuple[float, float]


class Sheet:
    """A page at so many pixels a millimetre, to be written on."""

    def __init__(self, page: Page, image: Image.Image) -> None:
        self.page, self.image, self.px = page, image, image.width / geometry.PAGE_WIDTH
        self.pen = ImageDraw.Draw(image)

    def print(self, round_id: int) -> None:
        """What the template prints, but for letters: bars stand in their places."""
        for place in range(4):
            for square in geometry.corner_squares(place):
                self._fill(square)
        modules = list(
            segno.make(geometry.qr_text(round_id, self.page.number), error="m", micro=False).matrix_iter(border=3)
        )
        side = geometry.QR.width / len(modules)
        for y, line in enumerate(modules):
            for x, module in enumerate(line):
                if module:
                    self._fill(Box(geometry.QR.x + x * side, geometry.QR.y + y * side, side, side))
        for row in self.page.rows:
            self._line([(geometry.LEFT, row.y), (geometry.RIGHT, row.y)], 0.2)
            self._frame(row.box)
            for text in row.names:
                self._fill(Box(text.x, text.y - 4, 4 * len(text.words), 3))

    def _fill(self, box: Box) -> None:
        corners = (
            box.x * self.px,
            box.y * self.px,
            (box.x + box.width) * self.px - 1,
            (box.y + box.height) * self.px - 1,
        )
        self.pen.rectangle(corners, fill=20)

    def _frame(self, box: Box) -> None:
        right, bottom = box.x + box.width, box.y + box.height
        self._line([(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom), (box.x, box.y)], 0.4)

    def _line(self, points: Sequence[Point], width: float, grey: int = 20) -> None:
        scaled = [(x * self.px, y * self.px) for x, y in points]
        self.pen.line(scaled, fill=grey, width=max(1, round(width * self.px)), joint="curve")

    def write(self, number: str, kind: str, random: Random, tool: tuple[float, int] = PEN) -> None:
        """`kind`: a key of STROKES."""
        box = next(row.box for row in self.page.rows if row.number == number)
        size = random.uniform(5.0, 7.5)
        middle = (box.x + box.width / 2 + random.uniform(-3, 3), box.y + box.height / 2 + random.uniform(-0.7, 0.7))
        turn = random.uniform(-0.2, 0.2)
        for stroke in STROKES[kind](random):
            self._line([_placed(point, middle, size, turn, random) for point in stroke], *tool)

    def array(self) -> np.ndarray:
        return np.asarray(self.image)


def _placed(point: Point, middle: Point, size: float, turn: float, random: Random) -> Point:
    x, y = point[0] * size, point[1] * size
    shake = random.uniform(-0.06, 0.06)
    return (
        middle[0] + x * math.cos(turn) - y * math.sin(turn) + shake,
        middle[1] + x * math.sin(turn) + y * math.cos(turn) + shake,
    )


def _between(points: Sequence[Point], steps: int = 8) -> list[Point]:
    line: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        line += [(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps) for step in range(steps)]
    return [*line, points[-1]]


def _tick(random: Random) -> list[list[Point]]:
    low = random.uniform(0.3, 0.45)
    return [
        _between(
            [(-0.5, random.uniform(-0.1, 0.1)), (random.uniform(-0.3, -0.1), low), (random.uniform(0.4, 0.7), -0.5)]
        )
    ]


def _circle(random: Random) -> list[list[Point]]:
    start, sweep = random.uniform(0, 6.3), random.uniform(6.2, 6.6)
    wide, high = random.uniform(0.4, 0.6), random.uniform(0.38, 0.5)
    angles = [start + sweep * step / 40 for step in range(41)]
    drift = random.uniform(-0.05, 0.05)
    return [[(wide * math.cos(a) + drift * i / 40, high * math.sin(a)) for i, a in enumerate(angles)]]


def _struck(mark: list[list[Point]], random: Random) -> list[list[Point]]:
    return [*mark, _between([(-0.8, random.uniform(-0.15, 0.15)), (0.8, random.uniform(-0.15, 0.15))])]


def _cross(_random: Random) -> list[list[Point]]:
    return [_between([(-0.4, -0.4), (0.4, 0.4)]), _between([(-0.4, 0.4), (0.4, -0.4)])]


def _scribble(random: Random) -> list[list[Point]]:
    return [[(random.uniform(-0.9, 0.9), random.uniform(-0.5, 0.5)) for _ in range(25)]]


STROKES = {
    "tick": _tick,
    "circle": _circle,
    "struck tick": lambda random: _struck(_tick(random), random),
    "struck circle": lambda random: _struck(_circle(random), random),
    "cross": _cross,
    "scribble": _scribble,
    "dash": lambda _random: [_between([(-0.5, 0), (0.5, 0)])],
    "dot": lambda _random: [[(0, 0), (0.08, 0.04)]],
}


@dataclass(frozen=True)
class Scan:
    """How a page is scanned: dots an inch, turned by degrees, seen aslant, noise, light, JPEG."""

    dpi: int = 200
    degrees: float = 0.0
    aslant: float = 0.0
    noise: float = 3.0
    blur: float = 0.6
    contrast: float = 1.0
    shadow: float = 0.0
    wave: float = 0.0
    quality: int = 80


def scanned(sheet: Sheet, scan: Scan, random: Random) -> bytes:
    """A JPEG file."""
    page = sheet.array()
    scale = scan.dpi / 25.4 / sheet.px
    height, width = int(page.shape[0] * scale), int(page.shape[1] * scale)
    border = int(0.12 * height) if scan.degrees or scan.aslant else 0
    corners = np.float32([(0, 0), (page.shape[1], 0), (page.shape[1], page.shape[0]), (0, page.shape[0])])
    seen = np.float32([(0, 0), (width, 0), (width, height), (0, height)])
    seen += np.float32([[random.uniform(-1, 1) * scan.aslant * width for _ in range(2)] for _ in range(4)])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), scan.degrees, 1.0)
    seen = cv2.transform(seen[None], turn)[0]
    seen -= seen.min(axis=0) - border
    size = np.ceil(seen.max(axis=0) + border).astype(int)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    softened = cv2.GaussianBlur(page, (0, 0), max(0.3, 0.45 / scale))
    out = cv2.warpPerspective(
        softened, matrix, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderValue=110 if border else 255
    )
    out = _waved(out, scan).astype(np.float32)
    if scan.blur:
        out = cv2.GaussianBlur(out, (0, 0), scan.blur)
    out = 255 - (255 - out) * scan.contrast
    if scan.shadow:
        out *= 1 - scan.shadow * np.linspace(0, 1, out.shape[1])[None, :]
    out += np.random.default_rng(random.randrange(2**32)).normal(0, scan.noise, out.shape)
    done, coded = cv2.imencode(".jpg", np.clip(out, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, scan.quality])
    assert done
    return bytes(coded)


def _waved(page: np.ndarray, scan: Scan) -> np.ndarray:
    """Paper that does not lie quite flat: points move by up to `wave` millimetres."""
    if not scan.wave:
        return page
    rows, columns = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    by = scan.wave * scan.dpi / 25.4
    moved = by * np.sin(rows / page.shape[0] * 6.28), by * np.sin(columns / page.shape[1] * 6.28)
    return cv2.remap(
        page,
        (columns + moved[0]).astype(np.float32),
        (rows + moved[1]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def a_page(count: int = 15) -> tuple[Page, ...]:
    return geometry.pages_of([(str(number), f"第{number}项民生工程改造") for number in range(1, count + 1)])


def filled(
    page: Page, marks: Mapping[str, str], random: Random, tool: tuple[float, int] = PEN, round_id: int = 7
) -> Sheet:
    size = (int(geometry.PAGE_WIDTH * PX), int(geometry.PAGE_HEIGHT * PX))
    sheet = Sheet(page, Image.new("L", size, 250))
    sheet.print(round_id)
    for number, kind in marks.items():
        sheet.write(number, kind, random, tool)
    return sheet
