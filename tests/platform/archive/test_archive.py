"""归档包: every paper of a round that is over, numbered, with its hash; the same bytes whenever it is made."""

import hashlib
import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.archive.files import CONTENTS, table_file
from diancai.platform.archive.models import ArchiveBundle
from diancai.platform.archive.operations import add_posting_photo, kept_until, make_archive
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.clock import local_day
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.notices.models import Channel, Notice
from diancai.platform.notices.operations import object_to_notice
from diancai.platform.polling.case_models import CaseKind, CaseOutcome, CaseState, DeskCase
from diancai.platform.polling.day_models import StationDay
from diancai.platform.polling.mobile_models import MobileBox, MobileReturn, MobileTrip
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.register import purge_register
from diancai.platform.polling.sample_models import SampleCheck
from diancai.platform.results.operations import finish_round
from diancai.platform.results.operations.objections import keep_result
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import a_round, a_station, a_street
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, count, publish
from tests.sample_preparing import a_picture

load_jobs()
OWN_NAME = "王五投诉人"


def a_final_stage(session: Session) -> tuple[Stage, Notice]:
    stage = a_stage(session, ["1,2"] * 12 + ["2,3"] * 8)
    notice = publish(session, stage, count(session, stage))
    objection = object_to_notice(
        session, notice, text="2号项目资料有误", contact=OWN_NAME, channel=Channel.DESK, by=stage.officer, at=CLOSED_AT
    )
    keep_result(session, stage.round_, objection, answer="经查无误", by=stage.officer, at=CLOSED_AT)
    finish_round(session, stage.round_, by=stage.leader, at=notice.ends_at)
    return stage, notice


def opened(bundle: ArchiveBundle) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_the_stations_wrote_down_is_in_it_without_what_people_said(session: Session) -> None:
    stage, notice = a_final_stage(session)
    one, two, three = (each.staff_id or 0 for each in (stage.officer, stage.leader, stage.chief))
    station = session.scalars(select(Station).filter_by(round_id=stage.round_.id)).first()
    assert station is not None
    box = a_station(session, stage.round_, name="流动票箱")
    day = StationDay(station_id=station.id, day=local_day(CLOSED_AT), opened_at=CLOSED_AT, closing_seal="封0417")
    day.opened_by, day.opening_confirmed_by, day.closed_by, day.closing_confirmed_by = one, two, two, one
    day.closed_at = CLOSED_AT
    case = DeskCase(round_id=stage.round_.id, number=1, kind=CaseKind.DISPUTE, text=OWN_NAME, ballot_count=1)
    case.state, case.opened_by, case.opened_at, case.decided_by = CaseState.DECIDED, one, CLOSED_AT, two
    case.outcome, case.decision, case.decided_at = CaseOutcome.DISMISSED, "签收单上有本人签字", CLOSED_AT
    check = SampleCheck(round_id=stage.round_.id, seed="3 1 4", first_by=one, second_by=two, drawn_at=CLOSED_AT)
    check.bound_permille, check.sheet_count, check.sample_size = 50, 100, 59
    session.add_all([day, case, check, MobileBox(station_id=box.id, box_number="流1")])
    session.flush()
    trip = MobileTrip(station_id=box.id, day=local_day(CLOSED_AT), seal="流0099", left_at=CLOSED_AT)
    trip.first_id, trip.second_id, trip.scrutineer_id = one, two, three
    session.add(trip)
    session.flush()
    back = MobileReturn(station_id=box.id, day=trip.day, found_seal="流0100", returned_at=CLOSED_AT, is_broken=False)
    back.difference_reason, back.read_by, back.scrutineer_id = "路上换过封条", one, three
    session.add(back)
    session.flush()
    files = opened(make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at))
    for name, said in {
        "每日开箱封箱": "封0417",
        "流动票箱": "路上换过封条",
        "个案": "签收单上有本人签字",
        "抽查": "3 1 4",
    }.items():
        (content,) = (content for file, content in files.items() if name in file)
        assert said in content.decode()
    assert OWN_NAME.encode() not in b"".join(files.values())


def test_every_paper_is_in_it_numbered_and_hashed(session: Session) -> None:
    stage, notice = a_final_stage(session)
    made = make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at)
    files = opened(made)
    contents = files.pop(CONTENTS).decode()
    words = (
        "表决办法",
        "拟稿审核签发",
        "公示",
        "监票人",
        "名册和票数",
        "投票点平衡",
        "封存",
        "抽签",
        "结果第1版",
        "签字",
        "异议和答复",
        "日志摘录",
    )
    assert [word for word in words if not any(word in name for name in files)] == []
    assert [name[:3] for name in files] == [f"{number:02}-" for number in range(1, len(files) + 1)]
    for name, content in files.items():
        assert name in contents
        assert hashlib.sha256(content).hexdigest() in contents
    assert made.file_count == len(files)
    assert made.sha256 == hashlib.sha256(made.content).hexdigest()
    assert str(made.keep_until) in contents
    assert made.keep_until == kept_until(local_day(notice.ends_at))


def test_the_same_record_gives_the_same_bytes_also_without_its_register(session: Session) -> None:
    stage, notice = a_final_stage(session)
    first = make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at)
    purge_register(session, stage.round_, by=SYSTEM, at=notice.ends_at + timedelta(days=400))
    with pytest.raises(Conflict, match=r"archive\.unchanged"):
        make_archive(session, stage.round_, by=stage.leader, at=notice.ends_at + timedelta(days=401))
    assert len(first.sha256) == 64


def test_nobody_of_the_register_and_no_objector_is_in_it(session: Session) -> None:
    stage, notice = a_final_stage(session)
    texts = b"".join(opened(make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at)).values())
    assert "2号项目资料有误".encode() in texts
    for name in ("李明", OWN_NAME):
        assert name.encode() not in texts


def test_a_photo_of_a_notice_makes_another_version(session: Session) -> None:
    stage, notice = a_final_stage(session)
    make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at)
    facts = {"place": "社区公告栏", "taken_on": local_day(notice.posted_at), "by": stage.officer, "at": notice.ends_at}
    add_posting_photo(session, stage.round_, notice, a_picture(1), **facts)
    with pytest.raises(Conflict, match=r"archive\.same_photo"):
        add_posting_photo(session, stage.round_, notice, a_picture(1), **facts)
    second = make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at)
    assert second.version == 2
    assert any("张贴照片1" in name and name.endswith(".png") for name in opened(second))


@pytest.mark.parametrize(
    ("place", "days", "code"),
    [(" ", 0, "place_missing"), ("公告栏", -1, "taken_before"), ("公告栏", 30, "taken_later")],
)
def test_a_photo_says_where_and_when(session: Session, place: str, days: int, code: str) -> None:
    stage, notice = a_final_stage(session)
    taken_on = local_day(notice.posted_at) + timedelta(days=days)
    facts = {"place": place, "taken_on": taken_on, "by": stage.officer, "at": notice.ends_at}
    with pytest.raises(InvalidInput, match=rf"archive\.{code}"):
        add_posting_photo(session, stage.round_, notice, a_picture(1), **facts)


def test_a_photo_belongs_to_a_notice_of_the_round(session: Session) -> None:
    stage, notice = a_final_stage(session)
    other = a_round(session, a_street(session, code="310104007000"))
    facts = {"place": "公告栏", "taken_on": local_day(CLOSED_AT), "by": stage.officer, "at": CLOSED_AT}
    with pytest.raises(NotFound):
        add_posting_photo(session, other, notice, a_picture(1), **facts)


def test_only_what_is_over_and_was_public_is_archived(session: Session) -> None:
    stage = a_stage(session, ["1,2"] * 3)
    with pytest.raises(WrongState, match=r"archive\.not_over"):
        make_archive(session, stage.round_, by=stage.officer, at=CLOSED_AT)
    draft = a_round(session, stage.street, state=RoundState.DRAFT)
    draft.void_reason, draft.state = "不办了", RoundState.VOID
    with pytest.raises(WrongState, match=r"archive\.never_public"):
        make_archive(session, draft, by=stage.officer, at=CLOSED_AT)


def test_the_worker_makes_the_first_one(engine: Engine, keys: Keys) -> None:
    with Session(engine, info={"keys": keys}) as session, session.begin():
        stage, notice = a_final_stage(session)
        round_id, at = stage.round_.id, notice.ends_at
    run_due_jobs(engine, at=at, keys=keys)
    with Session(engine) as session:
        made = session.scalars(select(ArchiveBundle)).one()
        assert (made.round_id, made.version, made.made_by) == (round_id, 1, None)
        assert session.get_one(Round, round_id).state is RoundState.FINAL


def test_an_archive_is_kept_as_it_is(session: Session) -> None:
    stage, notice = a_final_stage(session)
    make_archive(session, stage.round_, by=stage.officer, at=notice.ends_at)
    session.commit()
    with pytest.raises(IntegrityError, match="archive_bundle_no_delete"):
        session.execute(text("DELETE FROM archive_bundle"))


def test_a_leap_day_is_kept_until_the_28th() -> None:
    assert kept_until(date(2028, 2, 29)) == date(2058, 2, 28)


def test_no_cell_becomes_a_formula() -> None:
    content = table_file("表", ("a",), [("=1+1",), ("@x",), (-5,), ("平常",)]).content.decode("utf-8-sig")
    assert content.splitlines() == ["a", "'=1+1", "'@x", "-5", "平常"]
