"""What stands in one box: nothing, a √ or a ○ beyond doubt, or something that a person has to look at.

Only a shape that is recognised is a mark: one open stroke with a bend (√), or one closed round line (○). Crossings, straight
lines, filled boxes and everything faint or small are doubtful, so that a cross or a mark struck out never counts by itself.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from diancai.paper.found import Found, Mark

PX = 8
"""Pixels a millimetre in a picture that was laid flat."""
Picture = NDArray[np.float32]
"""Darkness: 0 is paper, 1 the black of the corner marks."""
Mask = NDArray[np.uint8]

FAINTEST = 0.05
"""Below this darkness, or five times the grain, there is paper or a shadow."""
MOST_SHADOW, MOST_GRAIN = 0.06, 0.02
EMPTY_MM2, SURE_MM2, MOST_MM2 = 0.22, 0.8, 26.0
SHORTEST_MM = 1.5
"""A faint line of this length is seen however little ink there is in it."""
SMALLEST_SIDE_MM = 2.6
WIDEST_STROKE_MM = 1.9
MAIN_SHARE = 0.86
"""Of the ink must lie in one piece."""
ARM_MM = 1.1
HOLE_SHARE = 0.22
"""Of its hull is empty inside a ○."""
BEND_MM = 0.7
"""A √ leaves the straight line between its ends by this much, at least."""
RIM_MM = 2.0
SPECK_MM2 = 0.06


def judge(box: Picture) -> Mark:
    """`box`: darkness inside the printed frame."""
    blurred: Picture = cv2.GaussianBlur(box, (0, 0), 1.0).astype(np.float32)
    smooth: Picture = np.clip(blurred - _background(blurred), 0, 1).astype(np.float32)
    faintest = max(FAINTEST, 5 * _grain(smooth))
    anything = _without_specks((smooth > faintest).astype(np.uint8))
    ink_mm2 = float(smooth[anything > 0].sum()) / PX**2
    if ink_mm2 < EMPTY_MM2 and _longest_mm(anything) < SHORTEST_MM:
        return Mark(Found.EMPTY, ink_mm2)
    is_sure = SURE_MM2 <= ink_mm2 <= MOST_MM2 and _is_a_mark(_strokes(smooth, faintest))
    return Mark(Found.MARKED if is_sure else Found.DOUBTFUL, ink_mm2)


def _background(box: Picture) -> float:
    """What is left of a shadow. A box that somebody filled has no paper to tell it from: the limit keeps it dark."""
    return min(float(np.percentile(box, 30)), MOST_SHADOW)


def _grain(smooth: Picture) -> float:
    """The standard deviation of what is paper, from the darker side of its middle; limited, since ink is no grain."""
    middle = float(np.median(smooth))
    return min(float(np.median(smooth[smooth >= middle]) - middle) * 1.48, MOST_GRAIN)


def _strokes(smooth: Picture, faintest: float) -> Mask:
    """The core of the lines: a bold pen's soft edge is none of it, a pencil's stroke is."""
    level = max(faintest, min(0.4 * float(np.percentile(smooth, 99.5)), 0.45))
    return _without_specks((smooth > level).astype(np.uint8))


def _without_specks(inked: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    keep = np.zeros(count, np.uint8)
    keep[1:] = stats[1:, cv2.CC_STAT_AREA] >= SPECK_MM2 * PX**2
    kept: Mask = keep[labels]
    return kept


def _longest_mm(inked: Mask) -> float:
    _, _, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    return float(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(initial=0)) / PX


def _is_a_mark(inked: Mask) -> bool:
    closed: Mask = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    if count == 1:
        return False
    main = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[main, cv2.CC_STAT_AREA] < MAIN_SHARE * closed.sum():
        return False
    piece: Mask = (labels == main).astype(np.uint8)
    if max(stats[main, cv2.CC_STAT_WIDTH], stats[main, cv2.CC_STAT_HEIGHT]) < SMALLEST_SIDE_MM * PX:
        return False
    if _comes_from_outside(piece):
        return False
    if 2 * cv2.distanceTransform(piece, cv2.DIST_L2, 5).max() > WIDEST_STROKE_MM * PX:
        return False
    return _is_circle(piece) or _is_tick(piece)


def _comes_from_outside(piece: Mask) -> bool:
    """A stamp's edge, or the tail of the mark in the next box: it passes through, or lies at the rim. A √ may end outside."""
    rim = piece.copy()
    rim[2:-2, 2:-2] = 0
    contacts = int(cv2.connectedComponents(rim, connectivity=8)[0]) - 1
    if contacts == 0:
        return False
    places = np.argwhere(piece)
    middle = places.mean(axis=0)
    to_rim = min(*middle, *(np.array(piece.shape) - middle))
    return contacts > 1 or to_rim < RIM_MM * PX


def _holes(piece: Mask) -> list[float]:
    """Areas of what the piece encloses, in square millimetres, without specks; the outside does not count."""
    framed = cv2.copyMakeBorder(1 - piece, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, _, stats, _ = cv2.connectedComponentsWithStats(framed.astype(np.uint8), connectivity=4)
    areas = sorted(stats[1:, cv2.CC_STAT_AREA] / PX**2, reverse=True)[1:]
    return [float(area) for area in areas if area > SPECK_MM2]


def _hull(piece: Mask) -> Any:
    return cv2.convexHull(np.ascontiguousarray(np.argwhere(piece)[:, ::-1], np.int32))


def _is_circle(piece: Mask) -> bool:
    """One large hole, and beside it at most the sliver where the ends of the line meet."""
    holes = _holes(piece)
    hull_mm2 = cv2.contourArea(_hull(piece)) / PX**2
    if not holes or holes[0] < HOLE_SHARE * hull_mm2 or sum(holes[1:]) > 0.12 * holes[0]:
        return False
    return _tails_mm(piece, hull_mm2, holes[0]) < 4.0


def _tails_mm(piece: Mask, hull_mm2: float, hole_mm2: float) -> float:
    """How much line there is beyond what goes once round the hole."""
    outline, _ = cv2.findContours(
        cv2.copyMakeBorder(piece, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    inner = max((cv2.arcLength(one, True) for one in outline[1:]), default=0.0)
    return float(_thin(piece).sum() - inner) / PX


def _is_tick(piece: Mask) -> bool:
    """One line without a crossing, not straight, that encloses nothing."""
    if _holes(piece):
        return False
    thin = _thin(piece)
    return not _has_fork(thin) and _bend_mm(thin) >= BEND_MM


def _bend_mm(thin: Mask) -> float:
    """How far the line leaves the straight one between its two farthest points."""
    points = np.argwhere(thin)[:, ::-1].astype(np.float32)
    start = points[np.argmax(((points - points.mean(axis=0)) ** 2).sum(axis=1))]
    end = points[np.argmax(((points - start) ** 2).sum(axis=1))]
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
    away = np.abs((points - start) @ np.array([-along[1], along[0]], np.float32))
    return float(away.max()) / PX


def _has_fork(thin: Mask) -> bool:
    """Three arms or more leave one point, each longer than a hair of the pen."""
    neighbours = cv2.filter2D(thin, -1, np.ones((3, 3), np.float32), borderType=cv2.BORDER_CONSTANT) - thin
    return any(_arms(thin, int(x), int(y)) >= 3 for y, x in np.argwhere((thin > 0) & (neighbours >= 3)))


def _arms(thin: Mask, x: int, y: int) -> int:
    """Pieces of the line that cross a small circle around a point and are tied to it."""
    reach = int(ARM_MM * PX) + 2
    window = cv2.copyMakeBorder(thin, reach, reach, reach, reach, cv2.BORDER_CONSTANT)[
        y : y + 2 * reach + 1, x : x + 2 * reach + 1
    ]
    _, labels = cv2.connectedComponents(window, connectivity=8)
    tied = (labels == labels[reach, reach]) & (window > 0)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    distance = np.hypot(rows, columns)
    ring = (tied & (distance >= ARM_MM * PX - 1) & (distance < ARM_MM * PX + 1)).astype(np.uint8)
    return int(cv2.connectedComponents(ring, connectivity=8)[0]) - 1


def _thin(piece: Mask) -> Mask:
    """The middle line of a stroke, one pixel wide (Zhang and Suen, Communications of the ACM 27, 1984)."""
    image = np.pad(piece, 1).astype(np.uint8)
    while True:
        before = image.sum()
        for step in (0, 1):
            image = _peel(image, step)
        if image.sum() == before:
            return image[1:-1, 1:-1]


def _peel(image: Mask, step: int) -> Mask:
    north, south = np.roll(image, 1, 0), np.roll(image, -1, 0)
    east, west = np.roll(image, -1, 1), np.roll(image, 1, 1)
    around = [
        north,
        np.roll(north, -1, 1),
        east,
        np.roll(south, -1, 1),
        south,
        np.roll(south, 1, 1),
        west,
        np.roll(north, 1, 1),
    ]
    count = np.sum(around, axis=0)
    turns = np.sum(
        [(one == 0) & (other == 1) for one, other in zip(around, [*around[1:], around[0]], strict=True)], axis=0
    )
    sides = (east, south, west, north) if step == 0 else (west, north, east, south)
    may_go = (sides[0] * sides[1] * sides[3] == 0) & (sides[0] * sides[1] * sides[2] == 0)
    gone = (image == 1) & (count >= 2) & (count <= 6) & (turns == 1) & may_go
    return np.where(gone, 0, image).astype(np.uint8)
