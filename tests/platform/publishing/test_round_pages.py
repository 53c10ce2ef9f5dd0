"""A round in public: its page, menu, items, desks, papers and pictures, and what may be counted while it votes."""

import hashlib
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from diancai.budget import ItemCategory
from diancai.platform.core.pictures import Picture
from diancai.platform.polling.models import GivenKind, InboxBallot, Seal, SealedBallot
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round, RoundAddendum, RuleBook
from diancai.platform.rounds.states import RoundKind, RoundState
from tests.factories import AT, a_community, a_menu_item, a_round, a_staff, a_station, a_street, an_entry
from tests.sites import Site

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def test_the_page_says_what_how_and_until_when(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_id = a_round(session, a_street(session)).id
    page = client.get(f"/rounds/{round_id}").text
    for words in ("正在投票", "投票截止", "去投票", "从菜单里选1到3项。", "年满15周岁", "30万元"):
        assert words in page


def test_a_vote_that_is_held_back_says_so(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_id = a_round(session, a_street(session), state=RoundState.ANNOUNCED).id
    for page in (f"/rounds/{round_id}", "/"):
        assert "原定时间已到，还没有开始" in client.get(page).text
    site.clock.at = AT - timedelta(minutes=1)
    assert "现在可以先看菜单" in client.get(f"/rounds/{round_id}").text


def test_the_rule_book_is_handed_out_byte_for_byte(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_id = a_round(session, a_street(session)).id
        text = session.scalar(select(RuleBook.text))
    answer = client.get(f"/rounds/{round_id}/rule-book.json")
    assert answer.data.decode() == text
    assert answer.mimetype == "application/json"


def test_while_voting_only_given_counts_and_the_last_seal_are_told(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        round_ = a_round(session, street)
        station = a_station(session, round_)
        large = a_community(session, street, code="110102001002")
        small = a_community(session, street, code="110102001003")
        for community, count in ((large, 45), (small, 7)):
            for n in range(count):
                an_entry(
                    session,
                    round_,
                    name=f"居民{community.id}-{n}",
                    community_id=community.id,
                    given=GivenKind.SLIP,
                    given_hour=AT,
                    given_station_id=station.id,
                )
        for n in range(31):
            session.add(SealedBallot(round_id=round_.id, tracker_key=bytes([n]) * 16, choices="1"))
        for n in range(31, 44):
            session.add(InboxBallot(round_id=round_.id, tracker_key=bytes([n]) * 16, choices="2"))
        seal = {"root": "0" * 64, "signature": "0" * 128, "is_closing": False}
        session.add(Seal(round_id=round_.id, number=1, sealed_at=AT, ballot_count=31, **seal))
        round_id = round_.id
    page = client.get(f"/rounds/{round_id}").text
    assert "52人" in page
    assert "31张" in page
    assert "每天领了多少" in page
    assert "2026年9月1日" in page
    assert "人数少，暂不单列" in page
    for hidden in ("44张", "13张", ">7<"):
        assert hidden not in page


def test_a_signed_extension_stands_on_the_page(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        round_ = a_round(session, street)
        session.add(
            RoundAddendum(
                round_id=round_.id,
                code="extended",
                reason="连日大雪",
                closes_at=AT + timedelta(days=8),
                signed_by=a_staff(session, street).staff_id,
                signer_name="张伟",
                at=AT,
            )
        )
        round_id = round_.id
    page = client.get(f"/rounds/{round_id}").text
    assert "投票延期" in page
    assert "连日大雪" in page


def test_the_reason_of_a_suspension_is_that_of_the_suspension(site: Site, client: FlaskClient) -> None:
    """Also when the round is extended, or its fund is settled, while it is suspended."""
    with site.transaction() as session:
        round_ = a_round(session, street := a_street(session), state=RoundState.SUSPENDED)
        signer = a_staff(session, street).staff_id
        for code, reason in (("suspended", "会场停电"), ("extended", "补足时间")):
            facts = {"code": code, "reason": reason, "signed_by": signer, "signer_name": "张伟", "at": AT}
            session.add(RoundAddendum(round_id=round_.id, **facts))
            session.flush()
        round_id = round_.id
    alert = client.get(f"/rounds/{round_id}").text.partition("中止的原因")[2][:80]
    assert "会场停电" in alert


def test_a_void_round_gives_its_reason_and_nothing_to_do(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_ = a_round(session, a_street(session))
        round_.state, round_.void_reason = RoundState.VOID, "投票率不够"
        round_id = round_.id
    page = client.get(f"/rounds/{round_id}").text
    assert "投票率不够" in page
    assert "去投票" not in page


def a_searchable_menu(site: Site) -> int:
    with site.transaction() as session:
        street = a_street(session)
        community = a_community(session, street, code="110102001002", name="河沿社区")
        round_ = a_round(session, street, state=RoundState.DRAFT, items=0)
        session.add(a_menu_item(round_, 1, name="楼道扶手", community_id=community.id))
        session.add(a_menu_item(round_, 2, name="助餐车", category=ItemCategory.GOODS))
        session.add(a_menu_item(round_, 12, name="100%_棉被", category=ItemCategory.GOODS))
        return round_.id


def test_the_menu_is_searched_by_name_number_community_and_category(site: Site, client: FlaskClient) -> None:
    round_id = a_searchable_menu(site)
    with site.transaction() as session:
        session.execute(update(MenuItem).values(place="东门"))
        round_ = session.get_one(Round, round_id)
        round_.announced_at, round_.state = AT, RoundState.ANNOUNCED
        community = session.scalar(select(MenuItem.community_id).where(MenuItem.name == "楼道扶手"))

    def found(query: str) -> list[str]:
        page = client.get(f"/rounds/{round_id}/menu?{query}").text
        return [name for name in ("楼道扶手", "助餐车", "100%_棉被") if name in page]

    assert found("") == ["楼道扶手", "助餐车", "100%_棉被"]
    assert found("words=扶手") == ["楼道扶手"]
    assert found("words=%25_") == ["100%_棉被"]
    assert found("words=2") == ["助餐车"]
    assert found(f"community={community}") == ["楼道扶手"]
    assert found("community=0") == ["助餐车", "100%_棉被"]
    assert found("category=goods&words=助") == ["助餐车"]
    assert found("category=nonsense&community=x") == ["楼道扶手", "助餐车", "100%_棉被"]
    assert "没有符合的项目" in client.get(f"/rounds/{round_id}/menu?words=没有的").text


def test_an_item_shows_everything_promised_and_nothing_runs_in_it(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_ = a_round(session, a_street(session), state=RoundState.DRAFT, items=0)
        session.add(
            a_menu_item(
                round_,
                1,
                name="<script>alert(1)</script>",
                social_fen=1_234_56,
                beneficiary_count=1200,
                responsible_unit="城管办",
                aftercare="社区管护",
                origin="议事会第3号",
                completes_on=date(2027, 6, 30),
                text="第一段\n第二段",
            )
        )
        session.flush()
        round_.announced_at, round_.state = AT, RoundState.ANNOUNCED
        round_id = round_.id
    page = client.get(f"/rounds/{round_id}/items/1").text
    for words in ("100,000.00", "1,234.56", "约1,200人", "城管办", "社区管护", "议事会第3号", "2027年6月30日以前"):
        assert words in page
    assert "<script>alert" not in page
    assert client.get(f"/rounds/{round_id}/items/99").status_code == 404


def test_a_withdrawn_item_stays_in_sight_with_its_reason(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        street = a_street(session)
        round_ = a_round(session, street)
        item = session.scalar(select(MenuItem).where(MenuItem.number == "2"))
        assert item is not None
        first, second = a_staff(session, street), a_staff(session, street, name="李芳")
        session.add(
            ItemWithdrawal(
                item_id=item.id,
                round_id=round_.id,
                reason="场地有争议",
                requested_by=first.staff_id,
                confirmed_by=second.staff_id,
                at=AT,
            )
        )
        round_id = round_.id
    for path in ("menu", "items/2", "booklet"):
        assert "场地有争议" in client.get(f"/rounds/{round_id}/{path}").text


def test_desks_are_listed_with_address_hours_and_phone(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_ = a_round(session, a_street(session))
        a_station(session, round_, name="党群服务中心")
        round_id = round_.id
    for path in ("how-to-vote", "poster"):
        page = client.get(f"/rounds/{round_id}/{path}").text
        assert "党群服务中心" in page
        assert "示范路2号" in page
    assert "010-60000002" in client.get(f"/rounds/{round_id}/how-to-vote").text


def test_papers_carry_the_address_as_a_qr_code_without_inline_style(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_id = a_round(session, a_street(session)).id
    page = client.get(f"/rounds/{round_id}/poster").text
    assert "<svg" in page
    assert f"/rounds/{round_id}" in page
    assert "style=" not in page


def test_pictures_are_public_with_their_round_and_cached_for_good(site: Site, client: FlaskClient) -> None:
    sha256 = hashlib.sha256(SVG).hexdigest()
    with site.transaction() as session:
        session.add(Picture(sha256=sha256, media_type="image/png", content=SVG))
        session.flush()
        round_ = a_round(session, a_street(session), state=RoundState.DRAFT, items=0)
        session.add(a_menu_item(round_, 1, picture_sha256=sha256))
        round_id = round_.id
    assert client.get(f"/pictures/{sha256}").status_code == 404
    with site.transaction() as session:
        round_ = session.get_one(Round, round_id)
        round_.announced_at, round_.state = AT, RoundState.ANNOUNCED
    answer = client.get(f"/pictures/{sha256}")
    assert answer.data == SVG
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/pictures/" + "0" * 64).status_code == 404


def test_an_imported_election_says_so_everywhere_and_claims_no_place(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_ = a_round(session, a_street(session), state=RoundState.DRAFT, items=0, kind=RoundKind.IMPORTED)
        item = a_menu_item(round_, 7, category=None, place="")
        item.number = "BO.D16.4/20"
        session.add(item)
        session.flush()
        round_.state = RoundState.CLOSED
        round_id = round_.id
    for path in ("", "/menu", "/items/BO.D16.4/20", "/booklet"):
        page = client.get(f"/rounds/{round_id}{path}").text
        assert "不是本平台组织的投票" in page
        assert "None" not in page
    assert "全街道" not in client.get(f"/rounds/{round_id}/items/BO.D16.4/20").text
