"""限制条件 on its page: one form a kind, without scripts; refusals stand where they belong."""

import json

from diancai.platform.divisions.models import Division
from diancai.platform.rounds.models import Round
from tests.platform.rounds.test_round_pages import ITEM, Office, office

__all__ = ["office"]


def a_menu(office: Office) -> str:
    """A draft with three works, two of them of the community; the page of its constraints."""
    path = office.a_draft()
    with office.site.transaction() as session:
        community = str(session.query(Division.id).filter_by(parent_id=office.street_id).scalar())
    for name, place in (("路灯", community), ("扶手", community), ("坡道", "0")):
        office.post(f"{path}/menu/new", **(ITEM | {"name": name, "community_id": place}))
    return f"{path}/constraints"


FIELDS = {
    "ceilings": ("group_0", "group_3"),
    "floors": ("group_3",),
    "exclusive": ("exclusive",),
    "winner_limit": ("winner_limit",),
    "decided": ("decided",),
    "minimum": ("least_score", "least_percent"),
    "reserve": ("percent", "amount_fen"),
}


def save(office: Office, page: str, kind: str, status: int = 303, **fields: str) -> str:
    revision = str(office.one(Round).revision)
    named = {f"{kind}-{name}": value for name, value in (fields | {"revision": revision}).items()}
    return office.post(f"{page}/{kind}", status, **named)


def test_every_kind_is_filled_in_read_again_and_taken_away(office: Office) -> None:
    page = a_menu(office)
    assert "空着就是没有" in office.get(page)
    save(office, page, "ceilings", group_0="900000", group_3="500000.50")
    save(office, page, "floors", group_3="1", group_0="", group_1="0")
    save(office, page, "exclusive", exclusive="1，2\n\n2 3")
    save(office, page, "winner_limit", winner_limit="2")
    save(office, page, "decided", decided="3")
    save(office, page, "minimum", least_score="5", least_percent="10")
    save(office, page, "reserve", percent="80", amount_fen="20000")
    plain = json.loads(office.one(Round).constraints)
    assert plain["ceilings"] == [
        {"dimension": "category", "group": "works", "limit_fen": 90_000_000},
        {"dimension": "community", "group": "第一社区", "limit_fen": 50_000_050},
    ]
    assert plain["floors"] == {"dimension": "community", "groups": [{"group": "第一社区", "winners": 1}]}
    assert (plain["exclusive"], plain["decided"], plain["winner_limit"]) == ([["1", "2"], ["2", "3"]], ["3"], 2)
    assert (plain["least_score"], plain["least_share"]) == (5, {"numerator": 1, "denominator": 10})
    assert plain["reserve"] == {"share": {"numerator": 4, "denominator": 5}, "amount_fen": 2_000_000}
    shown = office.get(page)
    for value in ('value="900,000.00"', 'value="500,000.50"', "1 2\r\n2 3", 'value="80"', 'value="20,000.00"'):
        assert value.replace("\r\n", "\n") in shown.replace("\r\n", "\n")
    assert "限制条件已填好，共 8 种" in office.get(page.removesuffix("/constraints"))
    for kind, names in FIELDS.items():
        save(office, page, kind, **dict.fromkeys(names, ""))
    assert office.one(Round).constraints == "{}"


def test_refusals_stand_on_the_page_with_what_was_typed(office: Office) -> None:
    page = a_menu(office)
    assert "菜单里没有 9 号" in save(office, page, "decided", 422, decided="9")
    assert "不能两样都填" in save(office, page, "floors", 422, group_0="1", group_3="1")
    assert "只有 3 项，保底 4 项办不到" in save(office, page, "floors", 422, group_0="4")
    assert "最多补多少元" in save(office, page, "reserve", 422, percent="80")
    assert "请填 0 到 100" in save(office, page, "minimum", 422, least_percent="101")

    assert office.one(Round).constraints == "{}"
    office.post(f"{page}/nothing", 404)


def test_a_stale_page_is_told(office: Office) -> None:
    page = a_menu(office)
    assert "其他人刚刚改过" in office.post(f"{page}/decided", 409, **{"decided-decided": "1", "decided-revision": "0"})


def test_only_the_officer_of_the_street_opens_it(office: Office) -> None:
    page = a_menu(office)
    for person in (office.reviewer, office.stranger):
        office.sit_down(person)
        assert office.client.get(page).status_code in (403, 404)
