"""代领 and 委托投票 at the desk, and the list that a collector signs."""

from flask import Blueprint, request

from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.keys import keys_of
from diancai.platform.core.masking import masked
from diancai.platform.polling import loaders
from diancai.platform.polling.desk_views import chosen_station, entry_again
from diancai.platform.polling.models import GivenKind, RegisterEntry
from diancai.platform.polling.operations import persons, pick_up
from diancai.platform.polling.pick_up_models import PickUpKind
from diancai.platform.polling.policy import may_give_slip, may_see_register
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import page, see_other, tell

bp = Blueprint("pick_up", __name__)
LINES = 20
"""Of a printed list."""

__all__ = ["bp", "loaders"]


@bp.post("/staff/rounds/<int:round_id>/desk/<int:entry_id>/pick-up")
@allow(may_give_slip)
def hand(round_: Round, entry: RegisterEntry) -> object:
    given = GivenKind.PAPER if request.form.get("given") == "paper" else GivenKind.SLIP
    try:
        kind, station = _kind(), chosen_station(round_)
        collector = _collector(round_, entry, kind)
        pick_up.hand_to_another(
            session(),
            round_,
            entry,
            collector,
            kind,
            document=request.form.get("document", ""),
            station=station,
            given=given,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return entry_again(round_, entry, refusal)
    keys = keys_of(session())
    names = {"name": persons.person_of(keys, entry).name, "collector": persons.person_of(keys, collector).name}
    tell(f"pick_up.handed.{kind.value}", **{key: masked(name) for key, name in names.items()})
    return see_other("desk.find", round_id=round_.id, station=station.id)


@bp.get("/staff/rounds/<int:round_id>/pick-up-list")
@allow(may_see_register)
def blank_list(round_: Round) -> object:
    """代领登记表, to print: numbered lines on which collectors sign."""
    return page("desk/pick_up_list.html", round_=round_, lines=range(1, LINES + 1))


def _kind() -> PickUpKind:
    try:
        return PickUpKind(request.form.get("kind", ""))
    except ValueError:
        raise InvalidInput("pick_up.no_kind") from None


def _collector(round_: Round, entry: RegisterEntry, kind: PickUpKind) -> RegisterEntry:
    """One of the door's people by choice, or anybody of the register by name."""
    if kind is PickUpKind.PROXY:
        name, household = request.form.get("name", "")[:80], request.form.get("household", "")[:100]
        return pick_up.find_collector(session(), round_, name, household)
    found = session().get(RegisterEntry, request.form.get("collector", 0, type=int))
    if found is None or found.round_id != entry.round_id:
        raise InvalidInput("pick_up.nobody_chosen")
    return found
