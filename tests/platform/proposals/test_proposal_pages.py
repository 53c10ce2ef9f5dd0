"""提案 on the pages: a resident writes, finds, supports and withdraws; the office answers (X-24, F-01, F-04)."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, event, select

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.keys import Keys
from diancai.platform.core.pictures import Picture
from diancai.platform.divisions.models import Division
from diancai.platform.proposals.models import Proposal, ProposalPicture, ProposalSupport
from diancai.platform.proposals.states import ProposalState
from diancai.platform.web.database import db
from tests.factories import AT, a_staff, a_street
from tests.platform.proposals.needs import a_proposal, the_community
from tests.sites import Clock, Site, an_app

CODE = re.compile(r'class="tracker">([0-9A-Z]{4})-([0-9A-Z]{4})-([0-9A-Z]{4})<')
HOSTILE = '<script>alert(1)</script>{{ 7*7 }}=cmd|"/c calc"!A1'


def a_photo(*, with_place: bool = True) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    if with_place:
        exif[0x8825] = {1: "N", 2: (39.0, 54.0, 0.0)}
    Image.new("RGB", (40, 30), "seagreen").save(out, "JPEG", exif=exif)
    return out.getvalue()


class Square:
    """A street on the web: `reads` as a resident, `sits` as somebody of the office."""

    def __init__(self, site: Site) -> None:
        self.site, self.client = site, site.app.test_client()
        self.public = site.app.extensions["diancai.actor"]
        with site.transaction() as session:
            street = a_street(session)
            self.code, self.street_id = street.code, street.id
            self.community_id = the_community(session, street).id
            self.officer, self.clerk = (a_staff(session, street, role) for role in (Role.OFFICER, Role.CLERK))

    def sits(self, who: Actor | None) -> None:
        self.site.app.extensions["diancai.actor"] = (lambda _session: who) if who else self.public

    def a_proposal(self, **facts: Any) -> int:
        with self.site.transaction() as session:
            return a_proposal(session, session.get_one(Division, self.street_id), **facts).id

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **form: Any) -> str:
        answer = self.client.post(path, data=form)
        assert answer.status_code == status, answer.text
        return answer.text

    def write(self, status: int = 200, *, button: str = "submit", **changes: Any) -> str:
        form = {"community_id": self.community_id, "title": "3号楼加装电梯", "problem": "老人下楼难", "name": "王小明"}
        return self.post(f"/streets/{self.code}/proposals/new", status, **form | changes, **{button: "1"})

    def all(self, model: Any) -> list[Any]:
        with self.site.transaction() as session:
            found = list(session.scalars(select(model).order_by(model.__table__.primary_key.columns)))
            session.expunge_all()
        return found


@pytest.fixture
def square(database_url: str, engine: Engine, keys: Keys) -> Iterator[Square]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield Square(site)


def code_on(page: str) -> str:
    found = CODE.search(page)
    assert found, page
    return "".join(found.groups())


def test_a_draft_is_seen_by_nobody_until_its_author_submits_it_with_the_code(square: Square) -> None:
    page = square.write(button="save", title="", picture=(io.BytesIO(a_photo()), "a.jpg"))
    code = code_on(page)
    assert "只有您凭取件码能看到" in page
    assert "还没有人提" in square.get(f"/streets/{square.code}/proposals")
    square.get(f"/proposals/{square.all(Proposal)[0].id}", 404)
    square.get(f"/pictures/{square.all(Picture)[0].sha256}", 404)
    mine = f"/streets/{square.code}/proposals/mine"
    assert "没有这个取件码" in square.post(mine, 404, code="0000-0000-0000")
    page = square.post(mine, 200, code=code.lower())
    assert "老人下楼难" in page
    assert "data:image/jpeg;base64," in page
    form = {"code": code, "community_id": square.community_id, "problem": "老人下楼难", "name": "王小明"}
    assert "请用一句话写明要办什么事" in square.post(mine, 422, **form, submit="1")
    assert "现在大家都能看到" in square.post(mine, 200, **form, title="3号楼加装电梯", submit="1")
    [proposal] = square.all(Proposal)
    page = square.get(f"/proposals/{proposal.id}")
    assert "3号楼加装电梯" in page
    assert "王*明" in page
    assert "王小明" not in page
    assert "街道答复是否受理，最迟" in page


def test_pictures_lose_their_place_and_can_be_dropped_or_taken_down(square: Square) -> None:
    """Re-encoded, at most three; the office takes down one that shows a face and says why."""
    page = square.write(button="save", picture=(io.BytesIO(a_photo()), "a.jpg"))
    code, [picture] = code_on(page), square.all(Picture)
    assert b"Exif" not in picture.content
    mine = f"/streets/{square.code}/proposals/mine"
    form = {"code": code, "community_id": square.community_id, "title": "电梯", "problem": "难", "name": "王"}
    square.post(mine, 200, **form, drop=picture.sha256)
    assert square.all(ProposalPicture) == []
    many = [(io.BytesIO(a_photo_of(color)), f"{color}.png") for color in ("red", "blue", "green", "black")]
    assert "最多3张照片" in square.post(mine, 422, **form, submit="1", picture=many)
    assert "不是能读的" in square.post(mine, 422, **form, submit="1", picture=(io.BytesIO(b"GIF89a.."), "a.jpg"))
    square.post(mine, 200, **form, submit="1", picture=(io.BytesIO(a_photo_of("red")), "r.png"))
    [shown] = square.all(ProposalPicture)
    assert square.client.get(f"/pictures/{shown.picture_sha256}").mimetype == "image/png"
    square.sits(square.officer)
    office = f"/staff/proposals/{shown.proposal_id}"
    square.post(f"{office}/pictures/remove", 422, picture=shown.picture_sha256, reason=" ")
    square.post(f"{office}/pictures/remove", picture=shown.picture_sha256, reason="照片里有人脸")
    assert square.all(ProposalPicture) == []
    square.sits(None)
    assert "撤下一张照片：照片里有人脸" in square.get(f"/proposals/{shown.proposal_id}")


def a_photo_of(color: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(out, "PNG")
    return out.getvalue()


def test_similar_ones_are_named_while_writing_and_after_a_refusal(square: Square) -> None:
    number = square.a_proposal()
    found = square.client.get(f"/streets/{square.code}/proposals/similar", query_string={"text": "三号楼加装电梯"}).json
    assert [one["title"] for one in found or []] == ["3号楼加装电梯"]
    assert f"/proposals/{number}" in square.write(422, problem="")


@pytest.mark.parametrize("field", ["title", "place", "problem", "wish", "beneficiaries"])
def test_no_field_takes_ten_thousand_characters(square: Square, field: str) -> None:
    assert "字" in square.write(422, **{field: "长" * 10_000})
    assert square.all(Proposal) == []


def test_what_is_written_comes_back_as_text(square: Square) -> None:
    square.write(problem=HOSTILE, wish=HOSTILE, name="䶮𬱖·买买提")
    page = square.get(f"/proposals/{square.all(Proposal)[0].id}")
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert "䶮" in page


def test_a_neighbour_supports_and_a_clerk_confirms_by_telephone(square: Square) -> None:
    number = square.a_proposal()
    square.post(f"/proposals/{number}/support", name="李晓明", phone="139 0000 0001")
    square.post(f"/proposals/{number}/support", name="李晓明", phone="13900000001")
    assert "1人支持（已核实0人）" in square.get(f"/proposals/{number}")
    assert "电话号码不对" in square.post(f"/proposals/{number}/support", 422, name="李", phone="12345")
    [support] = square.all(ProposalSupport)
    square.sits(square.clerk)
    page = square.get(f"/staff/proposals/{number}")
    assert "李晓明" in page
    assert "13900000001" in page
    square.post(f"/staff/proposals/{number}/supports/{support.id}/confirm")
    square.sits(None)
    page = square.get(f"/proposals/{number}")
    assert "1人支持（已核实1人）" in page
    assert "李*明" in page
    assert "13900000001" not in page


def test_an_author_withdraws_once(square: Square) -> None:
    code = code_on(square.write())
    mine = f"/streets/{square.code}/proposals/mine"
    assert "撤回2026-001号提案" in square.post(mine, 200, code=code)
    square.post(mine, code=code, withdraw="1")
    [proposal] = square.all(Proposal)
    assert proposal.state is ProposalState.WITHDRAWN
    assert "撤回2026-001号提案" not in square.post(mine, 200, code=code)
    assert "提出人撤回" in square.get(f"/proposals/{proposal.id}")


def test_the_office_answers_with_a_reason_that_everybody_reads(square: Square) -> None:
    first, second = square.a_proposal(), square.a_proposal()
    square.sits(square.officer)
    assert "2件等待答复是否受理" in square.get("/staff/proposals")
    square.post(f"/staff/proposals/{first}/accept")
    square.post(f"/staff/proposals/{second}/decline", 422, reason="")
    square.post(f"/staff/proposals/{second}/decline", reason="小区已列入明年改造")
    assert "没有等待答复的提案" in square.get("/staff/proposals")
    assert "3号楼加装电梯" in square.get("/staff/proposals?state=declined&words=电梯")
    square.sits(None)
    assert "小区已列入明年改造" in square.get(f"/proposals/{second}")
    assert "街道和社区商量怎么立项" in square.get(f"/proposals/{first}")


def test_the_office_merges_and_splits_and_each_page_leads_to_the_others(square: Square) -> None:
    first, second = square.a_proposal(), square.a_proposal()
    square.sits(square.officer)
    path = f"/staff/proposals/{second}"
    assert "没有这个编号的提案" in square.post(f"{path}/merge", 422, into="2026-099", reason="同一部电梯")
    assert "不能并入它自己" in square.post(f"{path}/merge", 422, into="2026-002", reason="同一部电梯")
    square.post(f"{path}/merge", into="2026-001", reason="同一部电梯")
    square.post(f"{path}/merge", 409, into="2026-001", reason="再并一次")
    page = square.get(f"/staff/proposals/{first}/split")
    assert page.count("3号楼加装电梯") >= 2
    parts = {
        "part1-title": "3号楼电梯",
        "part1-problem": "下楼难",
        "part2-title": "4号楼电梯",
        "part2-problem": "下楼难",
    }
    assert "至少拆成2件" in square.post(
        f"/staff/proposals/{first}/split", 422, reason="两栋楼", **parts | {"part2-title": ""}
    )
    square.post(f"/staff/proposals/{first}/split", reason="两栋楼", **parts)
    square.sits(None)
    page = square.get(f"/proposals/{first}")
    assert "2026-003 3号楼电梯" in page
    assert "2026-002" in page
    assert "已并入" in square.get(f"/proposals/{second}")
    assert "从这件拆出来" in square.get(f"/proposals/{square.all(Proposal)[-1].id}")


def test_a_clerk_enters_one_for_somebody_who_called(square: Square) -> None:
    square.sits(square.clerk)
    path = f"/staff/streets/{square.street_id}/proposals/new"
    form = {"community_id": square.community_id, "title": "路灯坏了", "problem": "晚上看不见", "name": "老赵"}
    square.post(path, 422, **form)
    square.post(path, **form, intake="phone", source="resident")
    [proposal] = square.all(Proposal)
    page = square.get(f"/staff/proposals/{proposal.id}")
    assert "请把取件码" in page
    assert "老赵" in page
    assert proposal.entered_by == square.clerk.staff_id


def test_another_streets_office_neither_reads_nor_decides(square: Square) -> None:
    number = square.a_proposal()
    with square.site.transaction() as session:
        stranger = a_staff(session, a_street(session, code="110103001000", name="别处街道"), Role.OFFICER)
    square.sits(stranger)
    square.get(f"/staff/proposals/{number}", 404)
    square.post(f"/staff/proposals/{number}/accept", 404)
    assert "3号楼加装电梯" not in square.get("/staff/proposals")


def test_lists_ask_the_database_as_often_for_fifty_as_for_one(square: Square) -> None:
    def asked(path: str) -> int:
        count = 0

        def add(*_: object) -> None:
            nonlocal count
            count += 1

        with square.site.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", add)
        square.get(path)
        event.remove(engine, "before_cursor_execute", add)
        return count

    paths = (f"/streets/{square.code}/proposals", "/staff/proposals")
    square.a_proposal()
    few = []
    for path in paths:
        square.sits(square.officer if path.startswith("/staff") else None)
        few.append(asked(path))
    for _ in range(20):
        square.a_proposal()
    for path, before in zip(paths, few, strict=True):
        square.sits(square.officer if path.startswith("/staff") else None)
        assert asked(path) == before, path
