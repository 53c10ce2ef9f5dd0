"""Everything that belongs to one round, found by the foreign keys, so that nothing of a rehearsal is forgotten."""

import json

from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlalchemy.orm import Session

from diancai.platform.core.confirmations import ConfirmationRequest
from diancai.platform.core.db import Base, rows_changed
from diancai.platform.core.jobs import Job
from diancai.platform.core.timeline import TimelineEntry
from diancai.platform.polling.hall_models import Sitting, SittingBallots, SittingRound, SittingStation, StepDone
from diancai.platform.polling.hall_server_models import HallServer
from diancai.platform.rehearsal.models import Rehearsal
from diancai.platform.results.models import Result
from diancai.platform.rounds.models import Round

KEPT = frozenset({Round.__tablename__, Rehearsal.__tablename__})
OF_ROUNDS = ("polling.", "results.", "archive.", "backups.")
"""Jobs whose first argument is a round's number."""


def owned_tables(round_id: int) -> list[tuple[Table, ColumnElement[bool]]]:
    """Tables whose rows point to the round, directly or over others, with what finds these rows; children first."""
    owned: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        found: list[ColumnElement[bool]] = []
        for key in table.foreign_keys:
            parent = key.column.table
            if parent.name == Round.__tablename__:
                found.append(key.parent == round_id)
            elif parent in owned:
                found.append(key.parent.in_(select(key.column).where(owned[parent])))
        if found and table.name not in KEPT:
            owned[table] = or_(*found)
    return list(reversed(owned.items()))


def wipe_round(session: Session, round_: Round) -> int:
    """Delete the round with all that is its own. Triggers let only a rehearsal go. Returns how many rows."""
    session.flush()
    count = _wipe_queue(session, round_) + _wipe_sittings(session, round_.id)
    for table, condition in owned_tables(round_.id):
        count += rows_changed(session, delete(table).where(condition))
    count += rows_changed(session, delete(Round).where(Round.id == round_.id))
    session.expire_all()
    return count


def _wipe_sittings(session: Session, round_id: int) -> int:
    """A sitting is for rehearsals only, or for none."""
    mine = list(session.scalars(select(SittingRound.sitting_id).filter_by(round_id=round_id)))
    tables = (HallServer, SittingBallots, StepDone, SittingStation, SittingRound)
    count = sum(rows_changed(session, delete(table).where(table.sitting_id.in_(mine))) for table in tables)
    return count + rows_changed(session, delete(Sitting).where(Sitting.id.in_(mine)))


def _wipe_queue(session: Session, round_: Round) -> int:
    """What waits for it: jobs, requests to a second person; and what its page told."""
    results = set(session.scalars(select(Result.id).filter_by(round_id=round_.id)))
    jobs = [
        job.id
        for job in session.scalars(select(Job).where(or_(*(Job.name.startswith(part) for part in OF_ROUNDS))))
        if _concerns(job, round_.id, results)
    ]
    requests = [
        request.id
        for request in session.scalars(select(ConfirmationRequest).filter_by(street_id=round_.street_id))
        if request.argument_values.get("round_id") == round_.id
    ]
    count = rows_changed(session, delete(Job).where(Job.id.in_(jobs)))
    count += rows_changed(session, delete(ConfirmationRequest).where(ConfirmationRequest.id.in_(requests)))
    return count + rows_changed(session, delete(TimelineEntry).where(TimelineEntry.subject == f"round:{round_.id}"))


def _concerns(job: Job, round_id: int, results: set[int]) -> bool:
    arguments = json.loads(job.arguments)
    if not arguments:
        return False
    return arguments[0] in results if job.name == "results.search_margins" else arguments[0] == round_id
