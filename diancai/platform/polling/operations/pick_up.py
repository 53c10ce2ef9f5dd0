"""代领 by household with a signature, 委托投票 in writing: only as far as the rule book allows.

The register keeps who collected for whom, until it is purged; neither slips nor the log do.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, NotFound, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import coarse_hour
from diancai.platform.core.keys import keys_of
from diancai.platform.polling.events import PickedUp
from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations.desk import mark_given, require_desk
from diancai.platform.polling.operations.persons import name_key, tidy_household, tidy_name
from diancai.platform.polling.pick_up_models import PickUp, PickUpKind
from diancai.platform.polling.pick_up_queries import collected_count, limit_of
from diancai.platform.rounds.models import Round


def hand_to_another(
    session: Session,
    round_: Round,
    entry: RegisterEntry,
    collector: RegisterEntry,
    kind: PickUpKind,
    *,
    document: str,
    station: Station,
    given: GivenKind = GivenKind.SLIP,
    by: Actor,
    at: datetime,
) -> None:
    """Mark `entry` as given, through `collector`, who signed line `document` of the list or brought that authorisation.

    Raises InvalidInput pick_up.no_document; WrongState pick_up.not_allowed (kind); Conflict pick_up.same_person,
    pick_up.other_household, pick_up.not_entitled; LimitReached pick_up.limit (limit); and as `give_slip`.
    """
    if not (document := document.strip()):
        raise InvalidInput("pick_up.no_document", field="document")
    _require_fitting(session, round_, entry, collector, kind)
    require_desk(session, station)
    mark_given(session, round_, entry, station=station, kind=given, at=at)
    session.add(PickUp(entry_id=entry.id, collector_id=collector.id, kind=kind, document=document[:40]))
    session.flush()
    event = PickedUp(round_.street_id, round_.id, station.id, kind, given)
    record(session, event, by=by, at=coarse_hour(at))


def find_collector(session: Session, round_: Round, name: str, household: str) -> RegisterEntry:
    """The one person of this name, at this door where several have it.

    Raises NotFound pick_up.unknown; Conflict pick_up.several; InvalidInput as `tidy_name`.
    """
    wanted = select(RegisterEntry).where(
        RegisterEntry.round_id == round_.id,
        RegisterEntry.name_key == name_key(keys_of(session), round_.id, tidy_name(name)),
    )
    if household.strip():
        wanted = wanted.where(RegisterEntry.household == tidy_household(household))
    found = list(session.scalars(wanted.limit(2)))
    if not found:
        raise NotFound("pick_up.unknown", field="name")
    if len(found) > 1:
        raise Conflict("pick_up.several", field="household")
    return found[0]


def _require_fitting(
    session: Session, round_: Round, entry: RegisterEntry, collector: RegisterEntry, kind: PickUpKind
) -> None:
    """Hold the collector's row: of two desks that give the last one only one does."""
    session.refresh(collector, with_for_update=True)
    limit = limit_of(round_, kind)
    if not limit:
        raise WrongState("pick_up.not_allowed", kind=kind)
    if collector.id == entry.id:
        raise Conflict("pick_up.same_person")
    if not collector.is_eligible or collector.round_id != round_.id:
        raise Conflict("pick_up.not_entitled")
    same_door = (collector.community_id, collector.household) == (entry.community_id, entry.household)
    if kind is PickUpKind.HOUSEHOLD and not same_door:
        raise Conflict("pick_up.other_household")
    if collected_count(session, collector, kind) >= limit:
        raise LimitReached("pick_up.limit", kind=kind, limit=limit)
