"""档案: versions of a round's file set, and photos of its notices as they were posted."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from diancai.errors import DomainError, NotFound
from diancai.platform.archive import operations, queries
from diancai.platform.archive.contents import archive_files, notices_in_order, photos_of
from diancai.platform.archive.files import numbered
from diancai.platform.archive.models import ArchiveBundle, PostingPhoto
from diancai.platform.archive.policy import (
    may_add_posting_photo,
    may_download_archive,
    may_make_archive,
    may_see_archive,
)
from diancai.platform.core.clock import local_day
from diancai.platform.core.pictures import Picture
from diancai.platform.notices.models import Notice
from diancai.platform.polling.queries import staff_names
from diancai.platform.rounds import loaders
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.forms import Form
from diancai.platform.web.loading import loads
from diancai.platform.web.locale import lazy_gettext as _l
from diancai.platform.web.pages import again, download, page, refused, see_other, tell

bp = Blueprint("archive", __name__)
PAGE, ZIP = "archive/archive.html", "application/zip"

__all__ = ["bp", "loaders"]


@loads("archive_version", "bundle")
def load_bundle(current: Session, version: int, things: Mapping[str, Any]) -> ArchiveBundle | None:
    return queries.archive_of_version(current, things["round_"].id, version)


@loads("photo_id", "photo")
def load_photo(current: Session, number: int, things: Mapping[str, Any]) -> PostingPhoto | None:
    return queries.photo_in(current, things["round_"].id, number)


class PhotoForm(Form):
    notice_id = SelectField(_l("哪一份公示"), [InputRequired(_l("请选择公示"))], coerce=int)
    picture = FileField(_l("照片（JPEG、PNG 或 WebP）"))
    place = StringField(_l("贴在哪里"), [InputRequired(_l("请填写地点")), Length(max=80)])
    taken_on = DateField(_l("拍摄日期"), [InputRequired(_l("请填写日期"))])


@bp.get("/staff/rounds/<int:round_id>/archive")
@allow(may_see_archive)
def show(round_: Round) -> object:
    return page(PAGE, form=_form(round_), **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/archive")
@allow(may_make_archive)
def make(round_: Round) -> object:
    try:
        made = operations.make_archive(session(), round_, by=actor(), at=request_time())
    except DomainError as refusal:
        return again(PAGE, refusal, form=_form(round_), **_facts(round_))
    tell("archive.made", version=made.version, count=made.file_count)
    return see_other("archive.show", round_id=round_.id)


@bp.post("/staff/rounds/<int:round_id>/archive/photos")
@allow(may_add_posting_photo)
def add_photo(round_: Round) -> object:
    form = _form(round_)
    if not form.validate_on_submit():
        return page(PAGE, form=form, **_facts(round_)), 422
    notice = session().get(Notice, form.notice_id.data)
    if notice is None:
        raise NotFound("page.not_found")
    content = form.picture.data.read() if form.picture.data else b""
    values: dict[str, Any] = {
        "place": form.place.data or "",
        "taken_on": form.taken_on.data or local_day(request_time()),
    }
    try:
        operations.add_posting_photo(session(), round_, notice, content, **values, by=actor(), at=request_time())
    except DomainError as refusal:
        return refused(PAGE, refusal, form, **_facts(round_))
    tell("archive.photo_added")
    return see_other("archive.show", round_id=round_.id)


@bp.get("/staff/rounds/<int:round_id>/archive/photos/<int:photo_id>")
@allow(may_see_archive)
def photo(round_: Round, photo: PostingPhoto) -> Response:
    picture = session().get_one(Picture, photo.picture_sha256)
    return Response(picture.content, content_type=picture.media_type)


@bp.get("/staff/rounds/<int:round_id>/archive/<int:archive_version>.zip")
@allow(may_download_archive)
def get_bundle(round_: Round, bundle: ArchiveBundle) -> Response:
    name = f"{round_.year}-{round_.id}-归档包-第{bundle.version}版.zip"
    return download(bundle.content, name, ZIP)


def _form(round_: Round) -> PhotoForm:
    form = PhotoForm()
    form.notice_id.choices = [(one.id, one.title) for one in notices_in_order(session(), round_)]
    form.picture.flags.required = True
    return form


def _facts(round_: Round) -> dict[str, Any]:
    bundles = queries.archives_of(session(), round_)
    over_at = queries.ended_at(session(), round_) if round_.state in operations.OVER else None
    notices = notices_in_order(session(), round_)
    return {
        "round_": round_,
        "bundles": bundles,
        "names": staff_names(session(), {one.made_by for one in bundles}),
        "files": [(name, len(one.content)) for name, one in numbered(archive_files(session(), round_))]
        if over_at
        else [],
        "over_at": over_at,
        "kept_years": operations.KEPT_YEARS,
        "photos": [(one, [photo for photo, _ in photos_of(session(), one)]) for one in notices],
    }
