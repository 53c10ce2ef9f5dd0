"""The reader beside drawn ballots: whatever the scan, no mark is read wrongly in silence, and few are left to people."""

import io
from collections import Counter
from random import Random

import cv2
import numpy as np
import pytest
from PIL import Image

from diancai.paper import geometry
from diancai.paper.found import Found, ReadPage, Trouble
from diancai.paper.reading import read_page
from tests.paper.sheets import FELT, PEN, PENCIL, Scan, Sheet, a_page, filled, scanned

FAINT = (0.45, 205)
MARKS, NO_MARKS = ("tick", "circle"), ("struck tick", "struck circle", "cross", "scribble", "dash")
TOOLS = {"pen": PEN, "pencil": PENCIL, "felt pen": FELT, "faint pencil": FAINT}
SCANS = {
    "200 dpi": Scan(),
    "150 dpi, noise, poor JPEG": Scan(dpi=150, noise=8, quality=55),
    "300 dpi": Scan(dpi=300),
    "upside down": Scan(degrees=180),
    "lying": Scan(degrees=90),
    "askew by 4 degrees": Scan(degrees=4, dpi=150),
    "photo aslant in shadow": Scan(dpi=180, degrees=-7, aslant=0.06, noise=5, shadow=0.45, blur=1.0),
    "faded": Scan(contrast=0.45, noise=4),
    "waved paper": Scan(wave=0.8, degrees=1),
    "out of focus": Scan(dpi=150, blur=1.4),
}
MOST_DOUBTFUL = {"pen": 0.08, "pencil": 0.15, "felt pen": 0.4}
"""Of true marks; a faint pencil may leave them all to people."""
MOST_DOUBTFUL_EMPTY = 0.02


def look(picture: bytes, pages: tuple[geometry.Page, ...], round_id: int = 7) -> ReadPage:
    return read_page(Image.open(io.BytesIO(picture)), round_id, pages)


@pytest.mark.parametrize("scan", SCANS.values(), ids=SCANS.keys())
def test_no_mark_is_read_wrongly_in_silence(scan: Scan) -> None:
    random, pages = Random(str(scan)), a_page()
    seen: Counter[tuple[str, str, Found]] = Counter()
    for tool_name, tool in TOOLS.items():
        for _ in range(2):
            marks = {str(number): random.choice(MARKS + NO_MARKS) for number in random.sample(range(1, 16), 9)}
            page = look(scanned(filled(pages[0], marks, random, tool), scan, random), pages)
            assert (page.trouble, page.round_id, page.page_number) == (None, 7, 1)
            for read in page.marks:
                drawn = marks.get(read.number)
                kind = "empty" if drawn is None else "mark" if drawn in MARKS else "none"
                assert (kind, read.mark.found) not in WRONG, (tool_name, drawn, read.mark)
                assert bool(read.cutting) == (read.mark.found is Found.DOUBTFUL)
                seen[tool_name, kind, read.mark.found] += 1
    for tool_name, most in MOST_DOUBTFUL.items():
        doubtful, clear = (seen[tool_name, "mark", found] for found in (Found.DOUBTFUL, Found.MARKED))
        assert doubtful <= max(2, most * (doubtful + clear)), tool_name
    doubtful = sum(seen[tool_name, "empty", Found.DOUBTFUL] for tool_name in TOOLS)
    assert doubtful <= MOST_DOUBTFUL_EMPTY * sum(seen[tool_name, "empty", Found.EMPTY] for tool_name in TOOLS)


WRONG = {("empty", Found.MARKED), ("mark", Found.EMPTY), ("none", Found.MARKED), ("none", Found.EMPTY)}
"""A cross, a struck mark, a scribble and a dash are for people, never a mark and never nothing."""


def covered(sheet: Sheet, *boxes: geometry.Box) -> Sheet:
    for box in boxes:
        corners = (box.x * sheet.px, box.y * sheet.px, (box.x + box.width) * sheet.px, (box.y + box.height) * sheet.px)
        sheet.pen.rectangle(corners, fill=250)
    return sheet


def test_one_corner_may_be_torn_off() -> None:
    random, pages = Random(1), a_page()
    sheet = covered(filled(pages[0], {"3": "tick"}, random), geometry.CORNERS[1])
    page = look(scanned(sheet, Scan(degrees=2), random), pages)
    assert [read.number for read in page.marks if read.mark.found is not Found.EMPTY] == ["3"]


def test_without_two_corners_or_the_code_a_page_is_for_people() -> None:
    random, pages = Random(2), a_page()
    torn = covered(filled(pages[0], {"3": "tick"}, random), *geometry.CORNERS[:2])
    smeared = covered(filled(pages[0], {"3": "tick"}, random), geometry.QR)
    for sheet, trouble in ((torn, Trouble.NO_CORNERS), (smeared, Trouble.NO_QR)):
        page = look(scanned(sheet, Scan(), random), pages)
        assert (page.trouble, page.marks) == (trouble, ())
        assert Image.open(io.BytesIO(page.picture)).size[1] > 1000


def test_another_rounds_ballot_is_not_read() -> None:
    random, pages = Random(3), a_page()
    page = look(scanned(filled(pages[0], {"1": "tick"}, random, round_id=8), Scan(), random), pages)
    assert (page.trouble, page.round_id, page.marks) == (Trouble.OTHER_BALLOT, 8, ())


def test_the_second_page_is_known_by_its_code() -> None:
    random, pages = Random(4), a_page(20)
    page = look(scanned(filled(pages[1], {"18": "circle"}, random), Scan(), random), pages)
    assert page.page_number == 2
    assert [read.number for read in page.marks if read.mark.found is Found.MARKED] == ["18"]


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_of_nothing_is_for_people(grey: int) -> None:
    assert read_page(Image.new("L", (800, 1100), grey), 7, a_page()).trouble is Trouble.NO_CORNERS


def test_a_stamp_over_a_box_is_for_people() -> None:
    random, pages = Random(5), a_page()
    sheet = filled(pages[0], {}, random)
    box = pages[0].rows[4].box
    sheet.pen.ellipse(
        [(box.x - 12) * sheet.px, (box.y - 14) * sheet.px, (box.x + 26) * sheet.px, (box.y + 24) * sheet.px],
        outline=120,
        width=12,
    )
    page = look(scanned(sheet, Scan(), random), pages)
    touched = {read.number for read in page.marks if read.mark.found is not Found.EMPTY}
    assert not [read for read in page.marks if read.mark.found is Found.MARKED]
    assert touched <= {"4", "5", "6"}


def test_the_corner_marks_are_those_of_aruco() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for place, corner in enumerate(geometry.CORNERS):
        black = np.full((6, 6), 255, np.uint8)
        for square in geometry.corner_squares(place):
            black[round((square.y - corner.y) / 2), round((square.x - corner.x) / 2)] = 0
        assert (black == cv2.aruco.generateImageMarker(dictionary, place, 6)).all()
