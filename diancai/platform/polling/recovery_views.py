"""A desk's journal for another device; after a restore: journals replayed, then two people let the vote go on."""

from flask import Blueprint
from werkzeug.wrappers import Response
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from diancai.errors import DomainError
from diancai.platform.polling import loaders
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import recovery as operations
from diancai.platform.polling.policy import may_keep_journal, may_recover_round
from diancai.platform.polling.queries import stations_of
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.forms import Form
from diancai.platform.web.locale import lazy_gettext
from diancai.platform.web.pages import again, download, page, see_other, tell

bp = Blueprint("recovery", __name__)
PAGE, JOURNAL_PAGE = "recovery/show.html", "recovery/journal.html"

__all__ = ["bp", "loaders"]


class JournalForm(Form):
    journal = TextAreaField(
        lazy_gettext("流水"),
        [InputRequired(lazy_gettext("请贴上流水的全部内容")), Length(max=2_000_000)],
        description=lazy_gettext("打开从另一台设备拿来的流水文件，全部复制，贴在这里。"),
    )
    issued_count = IntegerField(
        lazy_gettext("桌上清点：发出的张数"),
        [InputRequired(lazy_gettext("请清点后填写")), NumberRange(0, 1_000_000)],
        description=lazy_gettext("领到的减去未用的和填坏、收回的；凭条和纸质票合计。"),
    )
    spoiled = TextAreaField(
        lazy_gettext("备份以后收回的凭条上的投票码"),
        [Length(max=20_000)],
        description=lazy_gettext("每行一个；没有就不填。"),
    )


class ResumeForm(Form):
    published_count = IntegerField(
        lazy_gettext("最后一次公布的票数"),
        [InputRequired(lazy_gettext("请填写公布过的票数")), NumberRange(0, 100_000_000)],
        description=lazy_gettext("看任何人保存的公示板、截图或打印件，取最大的。"),
    )
    reason = TextAreaField(
        lazy_gettext("理由"),
        [InputRequired(lazy_gettext("请写明原因")), Length(max=400)],
        description=lazy_gettext("向居民公布。"),
    )


@bp.get("/staff/rounds/<int:round_id>/stations/<int:station_id>/journal")
@allow(may_keep_journal)
def journal(round_: Round, station: Station) -> Response:
    """To be kept outside the server, on the desk's other device or printed."""
    text = operations.journal_of(session(), round_, station, at=request_time())
    return download(text.encode(), f"journal-{round_.id}-{station.id}-{request_time():%Y%m%d-%H%M}.txt", "text/plain")


@bp.get("/staff/rounds/<int:round_id>/recovery")
@allow(may_recover_round)
def show(round_: Round) -> object:
    return page(PAGE, form=ResumeForm(), **_facts(round_))


@bp.post("/staff/rounds/<int:round_id>/recovery")
@allow(may_recover_round)
def resume(round_: Round) -> object:
    form = ResumeForm()
    if not form.validate():
        return page(PAGE, form=form, **_facts(round_)), 422
    count, reason = form.published_count.data or 0, form.reason.data or ""
    try:
        operations.request_resumption(session(), round_, count, reason=reason, by=actor(), at=request_time())
    except DomainError as refusal:
        session().rollback()
        return again(PAGE, refusal, form=form, **_facts(round_))
    tell("recovery.asked")
    return see_other("recovery.show", round_id=round_.id)


@bp.route("/staff/rounds/<int:round_id>/recovery/<int:station_id>", methods=["GET", "POST"])
@allow(may_recover_round)
def replay(round_: Round, station: Station) -> object:
    form = JournalForm()
    facts = {"round_": round_, "station": station}
    if not form.validate_on_submit():
        return page(JOURNAL_PAGE, form=form, **facts)
    codes = (form.spoiled.data or "").split()
    try:
        done = operations.replay_journal(
            session(),
            round_,
            station,
            form.journal.data or "",
            form.issued_count.data or 0,
            codes,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        session().rollback()
        return again(JOURNAL_PAGE, refusal, form=form, **facts)
    tell("recovery.replayed", marked=done.marked, cleared=done.cleared, voided=done.voided)
    if done.unknown:
        tell("recovery.unknown", numbers="、".join(map(str, done.unknown)))
    return see_other("recovery.show", round_id=round_.id)


def _facts(round_: Round) -> dict[str, object]:
    missing = {station.id for station in operations.stations_to_replay(session(), round_)}
    return {
        "round_": round_,
        "stations": stations_of(session(), round_),
        "missing": missing,
        "held": operations.ballots_held(session(), round_),
    }
