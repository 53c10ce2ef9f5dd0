"""What the worker does for rounds."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.jobs import job
from diancai.platform.rounds.operations import make_rounds_effective


@job("rounds.fund_approved")
def fund_approved(session: Session, fund_id: int, *, at: datetime) -> None:
    """Rounds that were announced as 拟安排 become effective with the fund's approval."""
    make_rounds_effective(session, fund_id, by=SYSTEM, at=at)
