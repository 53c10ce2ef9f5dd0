"""The menu: caps, numbers by lot or by hand, pictures made anew."""

import hashlib
import io

import pytest
from PIL import Image
from sqlalchemy import select

from diancai.budget import ItemCategory
from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.pictures import LONGEST_SIDE, Picture, clean_picture
from diancai.platform.rounds import operations
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.menu import order_key
from diancai.platform.rounds.queries import WHOLE_STREET, items_of
from diancai.platform.rounds.readiness import what_is_missing
from tests.factories import AT, a_community, a_street
from tests.platform.rounds.conftest import Office


def names(office: Office, round_: Round) -> list[str]:
    return [f"{item.number} {item.name}" for item in items_of(office.session, round_)]


@pytest.mark.parametrize(
    ("category", "cap_fen"),
    [
        (ItemCategory.WORKS, 40_000_000),
        (ItemCategory.SERVICES, 20_000_000),
        (ItemCategory.GOODS, 20_000_000),
    ],
)
def test_an_item_may_cost_its_cap_and_not_a_fen_more(office: Office, category: ItemCategory, cap_fen: int) -> None:
    round_ = office.draft(items=0)
    fine = office.item(category=category, cost_fen=cap_fen, social_fen=99_000_000)
    operations.add_item(office.session, round_, fine, by=office.officer, at=AT)
    over = office.item(2, category=category, cost_fen=cap_fen + 1)
    with pytest.raises(LimitReached, match=r"cap\.item_over") as refusal:
        operations.add_item(office.session, round_, over, by=office.officer, at=AT)
    facts = refusal.value.facts
    assert (facts["cap_fen"], facts["amount_fen"], facts["excess_fen"]) == (cap_fen, cap_fen + 1, 1)
    assert facts["field"] == "cost_fen"


def test_seven_at_the_cap_and_one_of_half_fill_three_million_exactly(office: Office) -> None:
    round_ = office.draft(items=7)
    operations.add_item(office.session, round_, office.item(8, cost_fen=20_000_000), by=office.officer, at=AT)
    assert sum(item.cost_fen for item in items_of(office.session, round_)) == round_.fund_fen == 300_000_000
    assert "menu" not in what_is_missing(office.session, round_, at=AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "item.name_missing"),
        ({"cost_fen": 0}, "item.cost_missing"),
        ({"social_fen": -1}, "item.amount"),
        ({"beneficiary_count": -1}, "item.beneficiaries"),
    ],
)
def test_an_item_that_says_too_little_is_refused(office: Office, changes: dict[str, object], code: str) -> None:
    round_ = office.draft(items=0)
    with pytest.raises(InvalidInput, match=code):
        operations.add_item(office.session, round_, office.item(**changes), by=office.officer, at=AT)


def test_a_community_of_another_street_is_refused(office: Office) -> None:
    round_ = office.draft(items=0)
    elsewhere = a_community(office.session, a_street(office.session, code="110103001000"), code="110103001009")
    with pytest.raises(InvalidInput, match=r"item\.no_such_community"):
        operations.add_item(office.session, round_, office.item(community_id=elsewhere.id), by=office.officer, at=AT)


def test_the_lot_can_be_repeated_by_anyone(office: Office) -> None:
    round_ = office.draft(items=12)
    drawn = operations.draw_order(office.session, round_, "4 2 6 1", by=office.officer, at=AT)
    by_hand = sorted(
        (f"第{number}道菜" for number in range(1, 13)),
        key=lambda name: hashlib.sha256(f"4 2 6 1|{name}".encode()).hexdigest(),
    )
    assert [item.name for item in drawn] == by_hand
    assert names(office, round_) == [f"{number} {name}" for number, name in enumerate(by_hand, 1)]
    assert order_key("a", "b") == hashlib.sha256(b"a|b").hexdigest()


def test_a_second_draw_is_recorded_as_such(office: Office) -> None:
    round_ = office.draft()
    operations.draw_order(office.session, round_, "一", by=office.officer, at=AT)
    operations.draw_order(office.session, round_, "二", by=office.officer, at=AT)
    events = office.session.scalars(select(AuditEntry.facts).filter_by(event="OrderDrawn").order_by(AuditEntry.id))
    assert ['"is_redraw": true' in facts for facts in events] == [False, True]
    assert round_.order_seed == "二"


def test_a_lot_counts_only_for_the_menu_it_was_drawn_for(office: Office) -> None:
    round_ = office.draft()
    operations.draw_order(office.session, round_, "一", by=office.officer, at=AT)
    operations.add_item(office.session, round_, office.item(5), by=office.officer, at=AT)
    assert round_.order_seed is None


def test_items_move_and_close_up_by_hand(office: Office) -> None:
    round_ = office.draft()
    items = items_of(office.session, round_)
    operations.move_item(office.session, round_, items[3], 1, by=office.officer, at=AT)
    assert names(office, round_) == ["1 第4道菜", "2 第1道菜", "3 第2道菜", "4 第3道菜"]
    operations.remove_item(office.session, round_, items[1], by=office.officer, at=AT)
    assert names(office, round_) == ["1 第4道菜", "2 第1道菜", "3 第3道菜"]
    with pytest.raises(InvalidInput, match=r"item\.position"):
        operations.move_item(office.session, round_, items[0], 4, by=office.officer, at=AT)


def test_a_stale_page_does_not_overwrite_an_item(office: Office) -> None:
    round_ = office.draft()
    item, page = items_of(office.session, round_)[0], round_.revision
    operations.edit_item(
        office.session, round_, item, office.item(name="新名称"), revision=page, by=office.officer, at=AT
    )
    with pytest.raises(Conflict, match=r"round\.edited_meanwhile"):
        operations.edit_item(office.session, round_, item, office.item(), revision=page, by=office.officer, at=AT)


def test_the_menu_is_searched_by_name_community_and_category(office: Office) -> None:
    round_ = office.draft(items=1)
    community = a_community(office.session, office.street, code="110102001002", name="第二社区")
    lamp = office.item(2, name="路灯100%更换", category=ItemCategory.GOODS, cost_fen=1, community_id=community.id)
    operations.add_item(office.session, round_, lamp, by=office.officer, at=AT)
    search = office.session, round_
    assert [item.name for item in items_of(*search, search="100%")] == ["路灯100%更换"]
    assert items_of(*search, search="100x") == []
    assert [item.number for item in items_of(*search, community_id=community.id)] == ["2"]
    assert [item.number for item in items_of(*search, community_id=WHOLE_STREET)] == ["1"]
    assert [item.number for item in items_of(*search, category=ItemCategory.WORKS)] == ["1"]


def test_nothing_is_added_to_an_announced_menu(office: Office) -> None:
    round_ = office.announce(office.draft())
    with pytest.raises(WrongState, match=r"round\.not_draft"):
        operations.add_item(office.session, round_, office.item(9), by=office.officer, at=AT)


def a_picture(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new(mode, size, (200, 30, 30, 90)[: len(mode)]).save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("PNG", "RGB", "image/png"),
        ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
    ],
)
def test_a_picture_is_made_anew_without_what_the_camera_knew(kind: str, mode: str, media_type: str) -> None:
    clean = clean_picture(a_picture(kind, mode=mode))
    assert clean.media_type == media_type
    assert b"secret place" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as again:
        assert again.size == (60, 40)
        assert not again.getexif()


def test_a_large_picture_is_made_smaller_and_turned_upright() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    Image.new("RGB", (3000, 1000), "blue").save(out, "JPEG", exif=exif)
    with Image.open(io.BytesIO(clean_picture(out.getvalue()).content)) as again:
        assert again.height == LONGEST_SIDE
        assert again.width < again.height


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture.empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture.not_a_picture"),
        (a_picture("PNG")[:60], "picture.not_a_picture"),
        (b"\x89PNG" + b"0" * 7_000_000, "picture.too_large"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        clean_picture(content)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(InvalidInput, match=r"picture\.too_many_pixels"):
        clean_picture(out.getvalue())


def test_one_picture_is_kept_once_and_needs_words(office: Office) -> None:
    round_ = office.draft(items=2)
    one, two = items_of(office.session, round_)
    for item in (one, two):
        operations.set_picture(office.session, round_, item, a_picture("PNG"), "新修的路口", by=office.officer, at=AT)
    assert one.picture_sha256 == two.picture_sha256
    assert len(office.session.scalars(select(Picture)).all()) == 1
    with pytest.raises(InvalidInput, match=r"item\.alt_missing"):
        operations.set_picture(office.session, round_, one, a_picture("PNG"), " ", by=office.officer, at=AT)
    operations.remove_picture(office.session, round_, one, by=office.officer, at=AT)
    assert one.picture_sha256 is None
