"""What the worker does for notices."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.core.jobs import job
from diancai.platform.notices import operations
from diancai.platform.notices.queries import notice_by_id


@job("notices.window_ended")
def window_ended(session: Session, notice_id: int, *, at: datetime) -> None:
    notice = notice_by_id(session, notice_id)
    if notice is not None:
        operations.end_window(session, notice, at=at)
