"""Changes of single entries of the register, 补登 by two people, and the end of all of them."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    Span,
    confirmable,
    request_confirmation,
    when_not_confirmed,
)
from diancai.platform.core.db import rows_changed
from diancai.platform.core.jobs import enqueue, is_queued
from diancai.platform.core.keys import keys_of
from diancai.platform.divisions.queries import retention_of
from diancai.platform.notices.operations import forget_contacts
from diancai.platform.polling.events import (
    EntryCorrected,
    EntryMarkedEligible,
    EntryMarkedIneligible,
    LateEntryConfirmed,
    LateEntryDropped,
    RegisterPurged,
)
from diancai.platform.polling.models import ClosingMinute, RegisterEntry
from diancai.platform.polling.operations.persons import (
    Person,
    changed_fields,
    entry_columns,
    person_of,
)
from diancai.platform.polling.operations.readings import keep_readings, replace_readings
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.queries import (
    EntryState,
    communities_of,
    given_count,
    late_count,
    register_count,
    state_of,
)
from diancai.platform.rounds.models import Round

LATE = "register.late"
FIXED_ONCE_GIVEN = frozenset({"name", "birth_year", "id_last_four"})
"""Who somebody is cannot be rewritten after that somebody was given the means to vote."""


def correct_entry(
    session: Session, round_: Round, entry: RegisterEntry, person: Person, *, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Bring an entry to what `person` (see `tidy_person`) says; returns the names of the changed fields.

    The log names the fields, never what stood in them. Raises WrongState (`require_state`); Conflict register.double,
    register.household_twice, register.given_already; InvalidInput register.unknown_community.
    """
    require_state("edit_register", round_)
    session.refresh(entry, with_for_update=True)
    changed = changed_fields(person_of(keys_of(session), entry), person)
    if not changed:
        return ()
    if entry.given is not None and FIXED_ONCE_GIVEN & set(changed):
        raise Conflict("register.given_already")
    columns = entry_columns(keys_of(session), round_.id, person)
    _check_place(session, round_, person, columns["identity_key"], but=entry.id)
    for name, value in columns.items():
        setattr(entry, name, value)
    if "name" in changed:
        replace_readings(session, entry, person.name)
    record(session, EntryCorrected(round_.street_id, round_.id, entry.id, changed), by=by, at=at)
    return changed


def mark_ineligible(
    session: Session, round_: Round, entry: RegisterEntry, *, reason: str, by: Actor, at: datetime
) -> None:
    """Raises WrongState (`require_state`), InvalidInput register.reason_missing, Conflict register.given_already."""
    require_state("edit_register", round_)
    if not reason.strip():
        raise InvalidInput("register.reason_missing", field="reason")
    if not entry.is_eligible:
        raise Conflict("state.changed_meanwhile")
    marking = (
        update(RegisterEntry)
        .where(RegisterEntry.id == entry.id, RegisterEntry.given.is_(None))
        .values(is_eligible=False, ineligible_reason=reason.strip()[:200])
    )
    if rows_changed(session, marking) != 1:
        raise Conflict("register.given_already")
    session.refresh(entry)
    record(session, EntryMarkedIneligible(round_.street_id, round_.id, entry.id), by=by, at=at)


def mark_eligible(session: Session, round_: Round, entry: RegisterEntry, *, by: Actor, at: datetime) -> None:
    """Take a marking back. A 补登 that waits for its second person is not for one person to pass.

    Raises WrongState (`require_state`), Conflict register.late_waits, register.household_twice.
    """
    require_state("edit_register", round_)
    if state_of(entry) is EntryState.WAITING:
        raise Conflict("register.late_waits")
    _check_place(session, round_, person_of(keys_of(session), entry), entry.identity_key, but=entry.id)
    entry.is_eligible, entry.ineligible_reason = True, ""
    record(session, EntryMarkedEligible(round_.street_id, round_.id, entry.id), by=by, at=at)


def request_late_entry(
    session: Session, round_: Round, person: Person, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """补登, first person: the entry is written at once but entitles to nothing until a second person confirms it.

    So no personal value ever stands in a request or in the log. Raises WrongState (`require_state`); Conflict
    register.double, register.household_twice; InvalidInput register.unknown_community, confirmation.reason_missing.
    """
    require_state("register_late", round_)
    columns = entry_columns(keys_of(session), round_.id, person)
    _check_place(session, round_, person, columns["identity_key"])
    entry = RegisterEntry(round_id=round_.id, is_eligible=False, is_late=True, **columns)
    session.add(entry)
    session.flush()
    keep_readings(session, round_.id, [(entry.id, person.name)])
    return request_confirmation(
        session, LATE, round_.street_id, reason=reason, by=by, at=at, round_id=round_.id, entry_id=entry.id
    )


@confirmable(LATE, Role.OFFICER, Role.REVIEWER, Role.SCRUTINEER, span=Span.VOTING)
def confirm_late_entry(
    session: Session, *, by: Actor, requested_by: Actor, reason: str, at: datetime, round_id: int, entry_id: int
) -> RegisterEntry:
    """补登, second person. Raises WrongState (`require_state`), NotFound, Conflict register.household_twice."""
    round_ = session.get_one(Round, round_id)
    require_state("register_late", round_)
    entry = session.get(RegisterEntry, entry_id)
    if entry is None or state_of(entry) is not EntryState.WAITING:
        raise NotFound("register.late_gone")
    _check_place(session, round_, person_of(keys_of(session), entry), entry.identity_key, but=entry.id)
    entry.is_eligible = True
    event = LateEntryConfirmed(round_.street_id, round_.id, entry.id, requested_by.staff_id or 0)
    record(session, event, by=by, at=at)
    return entry


@when_not_confirmed(LATE)
def drop_late_entry(session: Session, *, by: Actor, at: datetime, round_id: int, entry_id: int) -> None:
    """A 补登 that nobody confirmed leaves no personal data behind."""
    round_ = session.get_one(Round, round_id)
    entry = session.get(RegisterEntry, entry_id)
    if entry is None or state_of(entry) is not EntryState.WAITING:
        return
    session.delete(entry)
    record(session, LateEntryDropped(round_.street_id, round_.id, entry_id), by=by, at=at)


def purge_register(session: Session, round_: Round, *, by: Actor, at: datetime) -> int:
    """Delete every person of the round, n days after it is final (a void round: at once). Returns how many.

    The contacts that objectors left go with them. The counts stay in the log and in the closing minute. Safe to run
    twice. Raises WrongState (`require_state`), register.purge_too_early (due_at), register.seal_waits while a void
    round has not got its closing seal.
    """
    if round_.register_purged_at is not None:
        return 0
    require_state("purge_register", round_)
    due_at = purge_due_at(session, round_)
    if due_at is not None and at < due_at:
        raise WrongState("register.purge_too_early", due_at=due_at)
    if session.get(ClosingMinute, round_.id) is None and is_queued(session, f"erase:{round_.id}"):
        raise WrongState("register.seal_waits")  # its minute counts the register
    counts = (register_count(session, round_), late_count(session, round_), given_count(session, round_))
    removed = rows_changed(session, delete(RegisterEntry).where(RegisterEntry.round_id == round_.id))
    forget_contacts(session, f"round:{round_.id}")
    round_.register_purged_at = at
    record(session, RegisterPurged(round_.street_id, round_.id, *counts), by=by, at=at)
    enqueue(session, "polling.erase_traces", round_.id, due_at=at, unique_key=f"erase:{round_.id}")
    return removed


def purge_due_at(session: Session, round_: Round) -> datetime | None:
    """When the register may go; None when nothing delays it."""
    if round_.final_at is None:
        return None
    return round_.final_at + retention_of(session, round_.street_id)


def _check_place(
    session: Session, round_: Round, person: Person, identity_key: bytes, *, but: int | None = None
) -> None:
    """No second entry for the same person, nor for a household that votes through one representative."""
    if person.community_id not in {community.id for community in communities_of(session, round_)}:
        raise InvalidInput("register.unknown_community", name="", field="community_id")
    others = select(RegisterEntry.id).where(RegisterEntry.round_id == round_.id, RegisterEntry.id != (but or 0))
    if session.scalar(others.where(RegisterEntry.identity_key == identity_key)) is not None:
        raise Conflict("register.double", field="name")
    same_door = (
        RegisterEntry.community_id == person.community_id,
        RegisterEntry.household == person.household,
        RegisterEntry.is_eligible,
    )
    if round_.is_per_household and session.scalar(others.where(*same_door).limit(1)) is not None:
        raise Conflict("register.household_twice", field="household")
