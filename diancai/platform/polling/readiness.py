"""What a vote needs at its desks before it opens, as lines of the round's checklist."""

from sqlalchemy.orm import Session

from diancai.platform.polling import queries
from diancai.platform.polling.models import BatchState
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.readiness import Step, further_steps


@further_steps
def desk_steps(session: Session, round_: Round) -> list[Step]:
    """A register, a desk that gives slips, and slips to give."""
    count = queries.register_count(session, round_)
    stations = queries.stations_of(session, round_)
    printed = sum(
        batch.slip_count for batch in queries.batches_of(session, round_) if batch.state is BatchState.PRINTED
    )
    return [
        Step("register", count > 0, {"count": count}),
        Step("stations", bool(stations), {"count": len(stations)}),
        Step("codes", printed > 0, {"count": printed}),
    ]
