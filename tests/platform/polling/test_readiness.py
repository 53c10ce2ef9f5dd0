"""What the desks still need before a vote opens, on the round's checklist."""

from sqlalchemy.orm import Session

from diancai.platform.polling.models import BatchKind, BatchState, CodeBatch
from diancai.platform.polling.readiness import desk_steps
from diancai.platform.rounds.readiness import what_is_missing
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry


def test_a_round_needs_a_register_a_desk_and_slips(session: Session) -> None:
    round_ = a_round(session, a_street(session), state=RoundState.ANNOUNCED)
    assert [step.code for step in desk_steps(session, round_)] == ["register", "stations", "codes"]
    assert what_is_missing(session, round_, at=AT)[-3:] == ["register", "stations", "codes"]


def test_what_is_there_is_said_with_its_number(session: Session) -> None:
    street = a_street(session)
    round_ = a_round(session, street, state=RoundState.ANNOUNCED)
    an_entry(session, round_)
    station = a_station(session, round_)
    first, second = a_staff(session, street), a_staff(session, street)
    for state, printed_at in ((BatchState.PRINTED, AT), (BatchState.VOID, AT), (BatchState.REQUESTED, None)):
        batch = CodeBatch(round_id=round_.id, station_id=station.id, kind=BatchKind.BEARER, slip_count=45, state=state)
        batch.requested_by, batch.approved_by = first.staff_id, second.staff_id if printed_at else None
        batch.requested_at, batch.printed_at = AT, printed_at
        session.add(batch)
    session.flush()
    said = {step.code: (step.is_done, step.facts["count"]) for step in desk_steps(session, round_)}
    assert said == {"register": (True, 1), "stations": (True, 1), "codes": (True, 45)}
