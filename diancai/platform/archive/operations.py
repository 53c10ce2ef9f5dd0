"""归档包: made once a round is over, kept in the database, the same bytes for the same record."""

import hashlib
from datetime import date, datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.archive.contents import archive_files
from diancai.platform.archive.events import ArchiveMade, PostingPhotoAdded
from diancai.platform.archive.files import contents_text, packed
from diancai.platform.archive.models import ArchiveBundle, PostingPhoto
from diancai.platform.archive.queries import ended_at, latest_archive, photo_twin
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.clock import local_day
from diancai.platform.core.moves import hold
from diancai.platform.core.pictures import clean_picture, keep_picture
from diancai.platform.core.texts import title_of
from diancai.platform.divisions.models import Division
from diancai.platform.notices.models import Notice
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

KEPT_YEARS = 30
"""定期30年, the longer of the two terms of 国家档案局令第8号 (2006); the street's archive may keep it for longer."""
OVER = frozenset({RoundState.FINAL, RoundState.VOID})


def add_posting_photo(
    session: Session,
    round_: Round,
    notice: Notice,
    content: bytes,
    *,
    place: str,
    taken_on: date,
    by: Actor,
    at: datetime,
) -> PostingPhoto:
    """张贴照片 of a notice of this round; decoded and encoded anew.

    Raises NotFound for a notice of another round, InvalidInput archive.place_missing, archive.taken_before (posted_on),
    archive.taken_later, and as `clean_picture`; Conflict archive.same_photo.
    """
    if notice.subject != f"round:{round_.id}":
        raise NotFound("page.not_found")
    if not place.strip():
        raise InvalidInput("archive.place_missing", field="place")
    if taken_on < local_day(notice.posted_at):
        raise InvalidInput("archive.taken_before", field="taken_on", posted_on=local_day(notice.posted_at))
    if taken_on > local_day(at):
        raise InvalidInput("archive.taken_later", field="taken_on")
    picture = clean_picture(content)
    if photo_twin(session, notice, picture.sha256) is not None:
        raise Conflict("archive.same_photo", field="picture")
    keep_picture(session, picture)
    assert by.staff_id is not None
    photo = PostingPhoto(
        notice_id=notice.id, picture_sha256=picture.sha256, place=place.strip()[:80], taken_on=taken_on
    )
    photo.added_by, photo.added_at = by.staff_id, at
    session.add(photo)
    session.flush()
    event = PostingPhotoAdded(round_.street_id, round_.id, notice.id, photo.place, picture.sha256)
    record(session, event, by=by, at=at)
    return photo


def make_archive(session: Session, round_: Round, *, by: Actor, at: datetime) -> ArchiveBundle:
    """The numbered file set with its list, as the next version.

    Raises WrongState archive.not_over before the round is final or void, archive.never_public for a draft that was
    given up; Conflict archive.unchanged when nothing is new since the last version.
    """
    hold(session, round_)  # of two who ask at once one makes it
    if round_.state not in OVER:
        raise WrongState("archive.not_over")
    over_at = ended_at(session, round_)
    if over_at is None:
        raise WrongState("archive.never_public")
    files, keep_until = archive_files(session, round_), kept_until(local_day(over_at))
    content = packed(files, contents_text(_head(session, round_, over_at, keep_until), files), over_at)
    last, sha256 = latest_archive(session, round_), hashlib.sha256(content).hexdigest()
    if last is not None and last.sha256 == sha256:
        raise Conflict("archive.unchanged", version=last.version)
    made = ArchiveBundle(
        round_id=round_.id, version=last.version + 1 if last else 1, sha256=sha256, made_by=by.staff_id
    )
    made.byte_count, made.file_count, made.content = len(content), len(files), content
    made.keep_until, made.made_at = keep_until, at
    session.add(made)
    session.flush()
    event = ArchiveMade(round_.street_id, round_.id, made.version, made.file_count, sha256, keep_until)
    record(session, event, by=by, at=at)
    return made


def kept_until(day: date) -> date:
    """29 February becomes the 28th."""
    return date(day.year + KEPT_YEARS, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _head(session: Session, round_: Round, over_at: datetime, keep_until: date) -> list[str]:
    street = session.get_one(Division, round_.street_id)
    return [
        "归档包目录",
        f"投票活动：{round_.title}（第{round_.id}号）",
        f"街道：{street.name}（{street.code}）",
        f"状态：{title_of(round_.state)}，{local_day(over_at)}",
        *([f"作废原因：{round_.void_reason}"] if round_.void_reason else []),
        f"保管期限：定期{KEPT_YEARS}年，到{keep_until}",
        "名册里的个人信息不归档；异议人的姓名、电话不归档。",
    ]
