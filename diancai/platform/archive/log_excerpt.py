"""The round's part of the administrative log, with the hashes of its entries; what points to a person is withheld."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.archive.files import File, table_file
from diancai.platform.core.audit import AuditEntry
from diancai.platform.polling.hall_models import SittingRound
from diancai.platform.rounds.models import Round

AFTERWARDS = frozenset({"RegisterPurged", "TracesErased", "ArchiveMade", "PostingPhotoAdded"})
"""What follows the end of a round leaves its record as it was."""
OF_PERSONS = ("register.", "desk.", "kiosk.")
"""Requests about one person of the register: their reasons may name somebody."""
WITHHELD = "（涉及个人，不摘录）"


def log_excerpt(session: Session, round_: Round) -> File:
    heads = ("序号", "时间", "谁", "事件", "内容", "上一条的校验码", "本条的校验码")
    return table_file("日志摘录", heads, _rows(session, round_))


def _rows(session: Session, round_: Round) -> Iterator[tuple[Any, ...]]:
    sittings = set(session.scalars(select(SittingRound.sitting_id).filter_by(round_id=round_.id)))
    requests: dict[int, str] = {}
    entries = select(AuditEntry).where(AuditEntry.street_id == round_.street_id).order_by(AuditEntry.id)
    for entry in session.scalars(entries):
        facts = json.loads(entry.facts)
        if entry.event == "ActionRequested" and _asks_about(facts, round_.id, sittings):
            requests[facts["request_id"]] = facts["action"]
        is_ours = facts.get("round_id") == round_.id or facts.get("sitting_id") in sittings
        is_ours |= facts.get("request_id") in requests
        if not is_ours or entry.event in AFTERWARDS:
            continue
        is_personal = "entry_id" in facts or str(requests.get(facts.get("request_id"), "")).startswith(OF_PERSONS)
        shown = WITHHELD if is_personal else entry.facts
        yield (entry.id, entry.at, entry.actor_name, entry.event, shown, entry.previous_hash, entry.hash)


def _asks_about(facts: dict[str, Any], round_id: int, sittings: set[int]) -> bool:
    arguments = json.loads(facts.get("arguments", "{}"))
    return arguments.get("round_id") == round_id or arguments.get("sitting_id") in sittings
