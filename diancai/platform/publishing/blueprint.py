"""The public pages' blueprint, and what its templates may call."""

from datetime import datetime

from flask import Blueprint

from diancai.platform.publishing import frame, moments
from diancai.platform.publishing.phases import TimeLeft
from diancai.platform.publishing.rules import Sentence
from diancai.platform.web.locale import current_locale, say

bp = Blueprint("publishing", __name__)
bp.app_context_processor(frame.frame)


@bp.app_template_filter("moment")
def moment(at: datetime) -> str:
    return moments.moment(at, current_locale())


@bp.app_template_filter("sentence")
def sentence(said: Sentence) -> str:
    return say(said.code, **said.facts)


@bp.app_template_filter("time_left")
def time_left(left: TimeLeft) -> str:
    return say(f"left.{left.unit}", count=left.count)
