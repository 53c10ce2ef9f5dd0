"""公示: posted for so many working days, objected to, answered."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.db import rows_changed
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.keys import keys_of
from diancai.platform.core.limits import add_failure, failures
from diancai.platform.core.timeline import note
from diancai.platform.core.working_days import Deadline, deadline
from diancai.platform.notices.events import NoticeConfirmed, NoticePosted, ObjectionAnswered, ObjectionReceived
from diancai.platform.notices.models import Channel, Notice, NoticeKind, Objection, Outcome
from diancai.platform.notices.queries import is_running

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LONGEST_TEXT = 4000
MOST_OBJECTIONS = 2000
"""A flood of one notice is refused online; the desk and the telephone stay open."""
MOST_AN_HOUR = 10
"""From one address, over all notices: a household, or a few neighbours behind one router."""
FROM_ADDRESS = "objection"


def post_notice(
    session: Session,
    *,
    street_id: int,
    subject: str,
    kind: NoticeKind,
    title: str,
    facts: Mapping[str, Any],
    working_days: int,
    by: Actor,
    at: datetime,
) -> Notice:
    """Publish a notice; the day of posting is not counted (民法典 201). `facts` come from `notice_facts`.

    Where the calendar of a year is not known yet the last day is tentative until `confirm_notice`. Raises InvalidInput
    notice.working_days for less than one. Source: domain B.8.
    """
    if working_days < 1:
        raise InvalidInput("notice.working_days", field="working_days")
    until = deadline(session, local_day(at), working_days)
    notice = Notice(
        street_id=street_id,
        subject=subject,
        kind=kind,
        title=title.strip(),
        facts=json.dumps(facts, ensure_ascii=False, sort_keys=True),
        posted_at=at,
        working_days=working_days,
        ends_at=until.ends_at,
        last_day=until.last_day,
        tentative_year=until.tentative_year,
    )
    session.add(notice)
    session.flush()
    event = NoticePosted(street_id, notice.id, subject, kind, until.last_day, until.tentative_year)
    record(session, event, by=by, at=at)
    note(session, subject, f"notice.posted.{kind.value}", at=at, notice_id=notice.id)
    _wait_for_end(session, notice)
    return notice


def confirm_notice(session: Session, notice: Notice, *, by: Actor, at: datetime) -> Notice:
    """Check a tentative last day against the calendar as it is now: it may move later, never earlier.

    An officer who confirms before the calendar is known vouches for the day. Raises WrongState notice.not_tentative.
    """
    if notice.tentative_year is None:
        raise WrongState("notice.not_tentative")
    before = notice.last_day
    _lengthen(session, notice, deadline(session, local_day(notice.posted_at), notice.working_days))
    notice.tentative_year = None
    record(session, NoticeConfirmed(notice.street_id, notice.id, before, notice.last_day), by=by, at=at)
    return notice


def object_online(
    session: Session, notice: Notice, *, text: str, contact: str, address: str, by: Actor, at: datetime
) -> Objection:
    """Receive an objection from a browser. Its address is counted, as an HMAC for a day, and kept nowhere else.

    Raises LimitReached objection.too_many_from_here (most), and as `object_to_notice`.
    """
    key = keys_of(session).hmac("address", address)
    if failures(session, FROM_ADDRESS, key, since=at - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise LimitReached("objection.too_many_from_here", most=MOST_AN_HOUR)
    objection = object_to_notice(session, notice, text=text, contact=contact, channel=Channel.ONLINE, by=by, at=at)
    add_failure(session, FROM_ADDRESS, key, at=at)
    return objection


def object_to_notice(
    session: Session,
    notice: Notice,
    *,
    text: str,
    contact: str,
    channel: Channel,
    by: Actor,
    at: datetime,
) -> Objection:
    """Receive an objection, from anyone, without a name if so wished; `contact` is sealed.

    One that arrives by desk, phone or letter is entered by a clerk. Raises InvalidInput objection.text_missing,
    .text_too_long, .contact_too_long (field), WrongState objection.window_ended, Conflict objection.too_many online. The
    look-up code is the sender's only way back to it.
    """
    text, contact = text.strip(), contact.strip()
    if not text:
        raise InvalidInput("objection.text_missing", field="text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput("objection.text_too_long", field="text", most=LONGEST_TEXT)
    if len(contact) > 200:
        raise InvalidInput("objection.contact_too_long", field="contact", most=200)
    if not is_running(notice, at):
        raise WrongState("objection.window_ended", last_day=notice.last_day)
    objection = Objection(
        notice_id=notice.id,
        number=_next_number(session, notice, channel),
        channel=channel,
        text=text,
        contact=keys_of(session).seal_text(contact) if contact else None,
        look_up_code="".join(secrets.choice(ALPHABET) for _ in range(12)),
        received_at=at,
        entered_by=by.staff_id if channel is not Channel.ONLINE else None,
    )
    session.add(objection)
    session.flush()
    record(session, ObjectionReceived(notice.street_id, notice.id, objection.number, channel), by=by, at=at)
    return objection


def answer_objection(
    session: Session, notice: Notice, objection: Objection, *, outcome: Outcome, answer: str, by: Actor, at: datetime
) -> Objection:
    """Answer once, in words and with an outcome (维持, 更正, 重新计票, 取消并递补, 重新投票).

    What the outcome asks for is done by its own operation, a recount for example. Raises InvalidInput
    objection.answer_missing (field), Conflict objection.answered_already.
    """
    if not answer.strip():
        raise InvalidInput("objection.answer_missing", field="answer")
    session.flush()
    statement = update(Objection).where(Objection.id == objection.id, Objection.outcome.is_(None))
    values = {"outcome": outcome, "answer": answer.strip(), "answered_at": at, "answered_by": by.staff_id}
    if rows_changed(session, statement.values(values)) != 1:
        raise Conflict("objection.answered_already")
    session.refresh(objection)
    record(session, ObjectionAnswered(notice.street_id, notice.id, objection.number, outcome), by=by, at=at)
    return objection


def forget_contacts(session: Session, subject: str) -> None:
    """Delete the names and phones that were left with objections; what was said and answered stays."""
    about = select(Notice.id).where(Notice.subject == subject)
    rows_changed(session, update(Objection).where(Objection.notice_id.in_(about)).values(contact=None))


def end_window(session: Session, notice: Notice, *, at: datetime) -> None:
    """Note on the subject's page that the window ended. A window that was lengthened meanwhile is waited for again."""
    if at < notice.ends_at:
        _wait_for_end(session, notice)
        return
    note(session, notice.subject, "notice.window_ended", at=notice.ends_at, notice_id=notice.id)


def _lengthen(session: Session, notice: Notice, until: Deadline) -> None:
    if until.ends_at > notice.ends_at:
        notice.ends_at, notice.last_day = until.ends_at, until.last_day
        _wait_for_end(session, notice)


def _wait_for_end(session: Session, notice: Notice) -> None:
    enqueue(session, "notices.window_ended", notice.id, due_at=notice.ends_at, unique_key=f"window:{notice.id}")


def _next_number(session: Session, notice: Notice, channel: Channel) -> int:
    """1, 2, … within the notice, one sender at a time."""
    session.scalar(select(Notice.id).where(Notice.id == notice.id).with_for_update())
    last = session.scalar(select(func.max(Objection.number)).where(Objection.notice_id == notice.id)) or 0
    if last >= MOST_OBJECTIONS and channel is Channel.ONLINE:
        raise Conflict("objection.too_many")
    return last + 1
