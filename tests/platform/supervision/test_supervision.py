"""区级督办: notes with a day to answer by, answered once; overdue notices and exceptions of every street."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed
from diancai.platform.core.actor import Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.divisions.models import Division
from diancai.platform.rounds.models import RoundAddendum
from diancai.platform.rounds.states import RoundState
from diancai.platform.supervision.models import SupervisionNote
from diancai.platform.supervision.operations import answer_note, write_note
from diancai.platform.supervision.queries import is_late, notes_of, supervised_rounds
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

TODAY = local_day(AT)


def a_note(session: Session, days: int = 3) -> SupervisionNote:
    street = a_street(session)
    supervisor = a_staff(session, street, Role.DISTRICT_SUPERVISOR, name="宋怀瑾")
    return write_note(session, street.id, " 公示要按时 ", TODAY + timedelta(days=days), by=supervisor, at=AT)


def test_a_note_is_answered_once_and_a_late_answer_stays_late(session: Session) -> None:
    note = a_note(session)
    assert (note.text, is_late(note, TODAY)) == ("公示要按时", False)
    assert is_late(note, TODAY + timedelta(days=4))
    officer = a_staff(session, session.get_one(Division, note.street_id), Role.OFFICER)
    answer_note(session, note, "已办", by=officer, at=AT + timedelta(days=4))
    assert is_late(note, TODAY)
    with pytest.raises(Conflict, match=r"supervision\.answered"):
        answer_note(session, note, "再答", by=officer, at=AT)
    assert notes_of(session, [note.street_id]) == [note]


def test_a_supervisor_writes_to_streets_of_the_own_district_only(session: Session) -> None:
    note = a_note(session)
    other = a_street(session, code="310104007000")
    stranger = a_staff(session, other, Role.DISTRICT_SUPERVISOR)
    with pytest.raises(NotAllowed, match=r"supervision\.not_yours"):
        write_note(session, note.street_id, "x", TODAY, by=stranger, at=AT)


@pytest.mark.parametrize(
    ("words", "days", "code"), [(" ", 1, "text"), ("字" * 2001, 1, "text"), ("好", -1, "reply_by")]
)
def test_a_note_says_something_and_gives_time(session: Session, words: str, days: int, code: str) -> None:
    street = a_street(session)
    supervisor = a_staff(session, street, Role.DISTRICT_SUPERVISOR)
    with pytest.raises(InvalidInput, match=rf"supervision\.{code}"):
        write_note(session, street.id, words, TODAY + timedelta(days=days), by=supervisor, at=AT)


def test_overdue_notices_exceptions_late_entries_and_extensions_are_seen(session: Session) -> None:
    seed_calendar(session)
    street = a_street(session)
    officer = a_staff(session, street, Role.OFFICER)
    times = {"opens_at": AT + timedelta(days=2), "closes_at": AT + timedelta(days=9)}
    draft = a_round(
        session,
        street,
        state=RoundState.DRAFT,
        candidate_notice_days=5,
        latest_close_at=AT + timedelta(days=9),
        **times,
    )
    voting = a_round(session, street)
    station = a_station(session, voting)
    station.difference_reason = "少一张"
    an_entry(session, voting, is_late=True)
    facts = {"round_id": voting.id, "code": "extended", "reason": "大雨", "signer_name": "赵静", "at": AT}
    session.add(RoundAddendum(signed_by=officer.staff_id, **facts))
    session.flush()
    seen = {row.round_.id: row for row in supervised_rounds(session, [street.id], at=AT)}
    assert [one.code for one in seen[draft.id].overdue] == ["candidate_notice"]
    assert seen[voting.id].exceptions == [(station.name, "少一张")]
    assert (seen[voting.id].late_count, seen[voting.id].extensions) == (1, 1)


@pytest.mark.parametrize("statement", ["UPDATE supervision_note SET text = 'x'", "DELETE FROM supervision_note"])
def test_what_was_written_stays(session: Session, statement: str) -> None:
    a_note(session)
    session.commit()
    with pytest.raises(IntegrityError, match="supervision_note"):
        session.execute(text(statement))
