"""Versions, signatures and objections by their numbers in an address, always inside their round."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.notices.models import Notice, Objection
from diancai.platform.results.models import Result, Signature
from diancai.platform.results.queries import result_of_version
from diancai.platform.rounds import loaders  # noqa: F401  registers how a round is found
from diancai.platform.web.loading import loads


@loads("version", "result")
def load_result(session: Session, version: int, things: Mapping[str, Any]) -> Result | None:
    return result_of_version(session, things["round_"].id, version)


@loads("signature_id", "signature")
def load_signature(session: Session, number: int, things: Mapping[str, Any]) -> Signature | None:
    rows = select(Signature).join(Result, Result.id == Signature.result_id)
    return session.scalar(rows.where(Signature.id == number, Result.round_id == things["round_"].id))


@loads("result_objection_id", "objection")
def load_objection(session: Session, number: int, things: Mapping[str, Any]) -> Objection | None:
    rows = select(Objection).join(Notice, Notice.id == Objection.notice_id)
    return session.scalar(rows.where(Objection.id == number, Notice.subject == f"round:{things['round_'].id}"))
