"""Nothing on a printed ballot lies over anything else, whatever the names."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from diancai.paper.geometry import (
    CORNERS,
    PAGE_HEIGHT,
    QR,
    ROWS_BOTTOM,
    ROWS_TOP,
    SEAL,
    Box,
    pages_of,
    parse_qr,
    qr_text,
    split,
)

names = st.lists(st.text(alphabet="楼道改造路灯abcW1，。", min_size=1, max_size=120), min_size=1, max_size=40)


def overlap(one: Box, other: Box) -> bool:
    is_beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not (is_beside or one.y + one.height <= other.y or other.y + other.height <= one.y)


@given(names)
def test_every_item_has_its_own_box_on_one_page(names: list[str]) -> None:
    items = [(str(number), name) for number, name in enumerate(names, start=1)]
    pages = pages_of(items)
    assert [row.number for page in pages for row in page.rows] == [number for number, _ in items]
    for page in pages:
        assert page.rows[0].y == ROWS_TOP
        assert page.bottom <= max(ROWS_BOTTOM, page.rows[0].bottom)
        for upper, lower in zip(page.rows, page.rows[1:], strict=False):
            assert upper.bottom == lower.y
            assert lower.box.y - (upper.box.y + upper.box.height) >= 2.5  # a tick may leave its box a little
        boxes = [*CORNERS, QR, SEAL, *(row.box for row in page.rows)]
        assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


@given(names)
def test_no_letter_of_a_name_is_lost(names: list[str]) -> None:
    for name in names:
        assert "".join(split(name, 18.0)).replace(" ", "") == name.replace(" ", "")


def test_words_in_latin_letters_are_not_broken() -> None:
    assert split("加装WiFi与LED路灯", 4.0) == ("加装", "WiFi与", "LED路灯")


def test_fifteen_short_names_fill_a_page() -> None:
    (page,) = pages_of([(str(number), "健身器材") for number in range(1, 16)])
    assert page.bottom <= ROWS_BOTTOM < PAGE_HEIGHT
    assert len(pages_of([(str(number), "健身器材") for number in range(1, 17)])) == 2


def test_the_code_names_round_and_page_only() -> None:
    assert qr_text(12, 2) == "DC1/12/2"
    assert parse_qr("DC1/12/2") == (12, 2)
    for text in ("", "DC1/12", "DC2/12/2", "DC1/x/2", "DC1/-1/2", "https://example.org/1/2", "DC1/１/2"):
        assert parse_qr(text) is None
