"""The second person: a request waits in 待我确认 until another holder of a fitting role confirms or declines it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.errors import Conflict, InvalidInput, NotAllowed
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import Event, record
from diancai.platform.core.db import Base, Identity, stored_enum
from diancai.platform.core.moves import move


class RequestState(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


REQUEST_MOVES: dict[RequestState, set[RequestState]] = {
    RequestState.PENDING: {
        RequestState.CONFIRMED,
        RequestState.DECLINED,
        RequestState.WITHDRAWN,
        RequestState.LAPSED,
    },
    RequestState.CONFIRMED: set(),
    RequestState.DECLINED: set(),
    RequestState.WITHDRAWN: set(),
    RequestState.LAPSED: set(),
}


class ConfirmationRequest(Base):
    __tablename__ = "confirmation_request"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('confirmed', 'declined') OR (decided_by IS NOT NULL AND decided_by <> requested_by)",
            name="another_person",
        ),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index(
            "uq_confirmation_request_pending",
            "action",
            "arguments",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    action: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[str] = mapped_column(String(2000))
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    requester_name: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(stored_enum(RequestState, "state"), default=RequestState.PENDING)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: still waits, or lapsed
    decided_at: Mapped[datetime | None]  # NULL: still waits

    @property
    def argument_values(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(self.arguments)
        return values


@dataclass(frozen=True)
class ActionRequested(Event):
    request_id: int
    action: str
    arguments: str
    reason: str


@dataclass(frozen=True)
class ActionConfirmed(Event):
    request_id: int
    action: str
    requested_by: int


@dataclass(frozen=True)
class ActionDeclined(Event):
    request_id: int
    action: str


@dataclass(frozen=True)
class ActionLapsed(Event):
    request_id: int
    action: str


class Span(IntEnum):
    """How long a request about a round makes sense: while votes are taken, until the closing seal, until its end."""

    VOTING = 1
    COLLECTING = 2
    ROUND = 3


IsMeant = Callable[[Session, Mapping[str, Any], Actor], bool]
RoundOf = Callable[[Session, Mapping[str, Any]], int | None]


def round_in_arguments(_session: Session, values: Mapping[str, Any]) -> int | None:
    found: int | None = values.get("round_id")
    return found


def every_holder(_session: Session, _values: Mapping[str, Any], _who: Actor) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """What is done once confirmed, the roles that may confirm it, and of which round it is for how long.

    `is_meant`: of those who hold such a role it waits for this one; the handler refuses the others.
    """

    handler: Callable[..., Any]
    roles: frozenset[Role]
    span: Span
    round_of: RoundOf
    is_meant: IsMeant


CONFIRMABLE: dict[str, SecondPerson] = {}
UNDOING: dict[str, Callable[..., Any]] = {}


def confirmable(
    action: str,
    *roles: Role,
    span: Span = Span.ROUND,
    round_of: RoundOf = round_in_arguments,
    is_meant: IsMeant = every_holder,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `handler(session, *, by, requested_by, reason, at, **arguments)` as what a confirmation carries out.

    After its `span` the request lapses; `round_of` finds its round where the arguments do not name it.
    """

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        CONFIRMABLE[action] = SecondPerson(handler, frozenset(roles), span, round_of, is_meant)
        return handler

    return register


def when_not_confirmed(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `handler(session, *, by, at, **arguments)` as what tidies up after a request that was not confirmed."""

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        UNDOING[action] = handler
        return handler

    return register


def request_confirmation(
    session: Session, action: str, street_id: int, *, reason: str, by: Actor, at: datetime, **arguments: Any
) -> ConfirmationRequest:
    """Ask for the second person. Raises InvalidInput without a reason, Conflict when the same request waits already."""
    if not reason.strip():
        raise InvalidInput("confirmation.reason_missing")
    packed = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    twin = select(ConfirmationRequest.id).where(
        ConfirmationRequest.action == action,
        ConfirmationRequest.arguments == packed,
        ConfirmationRequest.state == RequestState.PENDING,
    )
    if session.scalar(twin) is not None:
        raise Conflict("confirmation.already_waits")
    request = ConfirmationRequest(
        street_id=street_id,
        action=action,
        arguments=packed,
        reason=reason.strip(),
        requested_by=by.staff_id,
        requester_name=by.name,
        requested_at=at,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError as problem:
        if session.scalar(twin) is None:
            raise
        # two asked at once: the unique index lets one wait
        raise Conflict("confirmation.already_waits") from problem
    record(session, ActionRequested(street_id, request.id, action, packed, request.reason), by=by, at=at)
    return request


def may_decide(actor: Actor, request: ConfirmationRequest) -> bool:
    """Another person, with a role in that street that fits the action."""
    fitting = actor.roles_in(request.street_id) & CONFIRMABLE[request.action].roles
    return request.state is RequestState.PENDING and actor.staff_id != request.requested_by and bool(fitting)


def confirm_request(session: Session, request: ConfirmationRequest, *, by: Actor, at: datetime) -> Any:
    """Carry out what was asked, in one transaction with the confirmation.

    Raises NotAllowed for the same person or a role that does not fit, Conflict when it was decided meanwhile.
    """
    _require_second_person(request, by)
    move(session, request, RequestState.CONFIRMED, table=REQUEST_MOVES, decided_by=by.staff_id, decided_at=at)
    record(session, ActionConfirmed(request.street_id, request.id, request.action, request.requested_by), by=by, at=at)
    handler = CONFIRMABLE[request.action].handler
    first = Actor(staff_id=request.requested_by, name=request.requester_name)
    return handler(session, by=by, requested_by=first, reason=request.reason, at=at, **request.argument_values)


def decline_request(session: Session, request: ConfirmationRequest, *, by: Actor, at: datetime) -> None:
    """Raises as `confirm_request`."""
    _require_second_person(request, by)
    move(session, request, RequestState.DECLINED, table=REQUEST_MOVES, decided_by=by.staff_id, decided_at=at)
    _end_unconfirmed(session, request, ActionDeclined, by=by, at=at)


def withdraw_request(session: Session, request: ConfirmationRequest, *, by: Actor, at: datetime) -> None:
    """The one who asked takes it back. Raises NotAllowed for another, Conflict when it was decided meanwhile."""
    if by.staff_id != request.requested_by:
        raise NotAllowed("confirmation.not_yours")
    _require_waiting(request)
    move(session, request, RequestState.WITHDRAWN, table=REQUEST_MOVES, decided_by=by.staff_id, decided_at=at)
    _end_unconfirmed(session, request, ActionDeclined, by=by, at=at)


def lapse_requests(session: Session, street_id: int, round_id: int, span: Span, *, by: Actor, at: datetime) -> None:
    """`span` of this round is over: what waits in 待我确认 for no longer than that ends by itself, undecided."""
    pending = select(ConfirmationRequest).filter_by(street_id=street_id, state=RequestState.PENDING)
    for request in session.scalars(pending.order_by(ConfirmationRequest.id)).all():
        second = CONFIRMABLE[request.action]
        if second.span <= span and second.round_of(session, request.argument_values) == round_id:
            move(session, request, RequestState.LAPSED, table=REQUEST_MOVES, decided_at=at)
            _end_unconfirmed(session, request, ActionLapsed, by=by, at=at)


def _end_unconfirmed(
    session: Session,
    request: ConfirmationRequest,
    event: type[ActionDeclined] | type[ActionLapsed],
    *,
    by: Actor,
    at: datetime,
) -> None:
    record(session, event(request.street_id, request.id, request.action), by=by, at=at)
    if request.action in UNDOING:
        UNDOING[request.action](session, by=by, at=at, **request.argument_values)


def requests_for(session: Session, actor: Actor) -> list[ConfirmationRequest]:
    """待我确认: what waits for this person, oldest first."""
    pending = select(ConfirmationRequest).where(
        ConfirmationRequest.state == RequestState.PENDING,
        ConfirmationRequest.street_id.in_(actor.street_ids),
    )
    rows = session.scalars(pending.order_by(ConfirmationRequest.requested_at))
    return [request for request in rows if may_decide(actor, request) and is_meant_for(session, actor, request)]


def is_meant_for(session: Session, actor: Actor, request: ConfirmationRequest) -> bool:
    return CONFIRMABLE[request.action].is_meant(session, request.argument_values, actor)


def _require_second_person(request: ConfirmationRequest, by: Actor) -> None:
    if by.staff_id == request.requested_by:
        raise NotAllowed("confirmation.same_person")
    if not by.roles_in(request.street_id) & CONFIRMABLE[request.action].roles:
        raise NotAllowed("confirmation.role_does_not_fit")
    _require_waiting(request)


def _require_waiting(request: ConfirmationRequest) -> None:
    if request.state is not RequestState.PENDING:
        raise Conflict("confirmation.already_decided")
