"""The public pages' blueprint, and what its templates may call."""

from datetime import datetime

from flask import Blueprint

from diancai.platform.publishing import frame, moments
from diancai.platform.publishing.phases import TimeLeft
from diancai.platform.publishing.rules import Sentence
from diancai.platform.web.filters import wan
from diancai.platform.web.locale import current_locale, say

bp = Blueprint("publishing", __name__)
bp.app_context_processor(frame.frame)


@bp.app_template_filter("moment")
def moment(at: datetime) -> str:
    return moments.moment(at, current_locale())


@bp.app_template_filter("end_moment")
def end_moment(at: datetime) -> str:
    return moments.end_moment(at, current_locale())


@bp.app_template_filter("sentence")
def sentence(said: Sentence) -> str:
    """A rule in words. Public pages write money short, so an amount comes as words here."""
    facts = {name: wan(value) if name in ("fund", "limit") else value for name, value in said.facts.items()}
    return say(said.code, **facts)


@bp.app_template_filter("time_left")
def time_left(left: TimeLeft) -> str:
    return say(f"left.{left.unit}", count=left.count)
