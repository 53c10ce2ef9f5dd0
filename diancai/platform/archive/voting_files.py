"""The vote in figures: register, stations, paper boxes, seals, the closing minute, the tally by hand, and the halls."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.archive.files import File, table_file
from diancai.platform.archive.station_files import station_files
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.texts import title_of
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingRound
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.polling.models import ClosingMinute, Seal
from diancai.platform.polling.paper_queries import boxes_of
from diancai.platform.polling.queries import stations_of
from diancai.platform.polling.tally_queries import finding_of, lines_of, readings_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import scrutineers_of

Names = dict[int, str]


def voting_files(session: Session, round_: Round, names: Names) -> Iterator[File]:
    rows = [
        (staff.name, "总监票人" if row.is_chief else "监票人", row.chosen_by)
        for row, staff in scrutineers_of(session, round_)
    ]
    yield table_file("监票人", ("姓名", "职务", "推选方式"), rows)
    if (minute := session.get(ClosingMinute, round_.id)) is not None:
        yield table_file("名册和票数", ("数字", "多少"), _figures(minute))
    yield from _stations(session, round_)
    yield from station_files(session, round_, names)
    yield from _seals(session, round_, minute)
    yield from _tally(session, round_, names)
    yield from _halls(session, round_, names)


def _figures(minute: ClosingMinute) -> list[tuple[str, int]]:
    return [
        ("有资格的人", minute.register_count),
        ("其中补登", minute.late_count),
        ("领票", minute.given_count),
        ("投票", minute.ballot_count),
        ("其中用投票码投的", minute.used_code_count),
        ("其中纸质票", minute.sheet_count),
        ("无效纸质票", minute.invalid_sheet_count),
    ]


def _stations(session: Session, round_: Round) -> Iterator[File]:
    """From the log: what a station issued is no longer in the register once that is destroyed."""
    ended = {}
    entries = select(AuditEntry.facts).where(
        AuditEntry.street_id == round_.street_id, AuditEntry.event == "IssuingEnded"
    )
    for text in session.scalars(entries.order_by(AuditEntry.id)):
        facts = json.loads(text)
        ended[facts["station_id"]] = facts
    boxes = {box.station_id: box for box in boxes_of(session, round_)}
    rows = []
    for station in stations_of(session, round_):
        facts, box = ended.get(station.id, {}), boxes.get(station.id)
        counted = [facts.get(f"{name}_count") for name in ("printed", "unused", "spoiled", "issued")]
        paper = (box.received_count, box.unused_count, box.spoiled_count, box.found_count) if box else ()
        rows.append((station.name, station.address, station.ended_at, *counted, facts.get("difference"),
                     station.difference_reason, *paper))  # fmt: skip
    heads = (
        "投票点",
        "地址",
        "结束发放",
        "凭条印制",
        "未用",
        "填坏",
        "发出",
        "相差",
        "差额的原因",
        "领到纸质票",
        "未用",
        "填坏",
        "箱内",
    )
    if rows:
        yield table_file("投票点平衡", heads, rows)


def _seals(session: Session, round_: Round, minute: ClosingMinute | None) -> Iterator[File]:
    seals = session.scalars(select(Seal).filter_by(round_id=round_.id).order_by(Seal.number))
    rows: list[tuple[Any, ...]] = [
        (one.number, one.sealed_at, one.ballot_count, one.root, one.signature, "封存" if one.is_closing else "")
        for one in seals
    ]
    if rows:
        yield table_file("封存", ("序号", "时间", "票数", "封存校验码", "签名（Ed25519）", "最后一次"), rows)
    if minute is not None:
        hashes = [("封存校验码", minute.root_a), ("选票校验码", minute.hash_b), ("时间", minute.sealed_at)]
        yield table_file("封存记录", ("项目", "内容"), hashes)


def _tally(session: Session, round_: Round, names: Names) -> Iterator[File]:
    readings = readings_of(session, round_)
    if len(readings) < 2:
        return
    people = [names.get(one.row.staff_id, "") for one in readings[:2]]
    words = {"valid": "念出的有效票", "invalid": "无效票"}
    rows: list[tuple[Any, ...]] = [
        (words.get(line.number, line.number), line.name, *line.readings, line.stands, line.platform)
        for line in lines_of(session, round_, readings)
    ]
    if (finding := finding_of(session, round_)) is not None and finding.reason:
        rows.append(("与平台不同的原因", finding.reason))
    yield table_file("唱票计票", ("编号", "项目", *people, "确定", "平台"), rows)


def _halls(session: Session, round_: Round, names: Names) -> Iterator[File]:
    sittings = select(Sitting).join(SittingRound, SittingRound.sitting_id == Sitting.id)
    for sitting in session.scalars(sittings.where(SittingRound.round_id == round_.id).order_by(Sitting.starts_at)):
        day = day_of(session, sitting)
        rows = []
        for number, step in enumerate(STEPS, 1):
            if (done := day.done.get(step)) is None:
                continue
            counted = day.ballots.get(step, {}).get(round_.id)
            marked = day.handed_out.get(step, {}).get(round_.id)
            people = [names.get(done.done_by), names.get(done.confirmed_by or 0)]
            rows.append((number, title_of(step), done.done_at, done.present_count, counted, marked, *people, done.note))
        heads = ("步骤", "事项", "时间", "实到", "票数", "名册上发出", "经办", "确认", "备注")
        yield table_file(f"会场记录-{sitting.title}", heads, rows)
