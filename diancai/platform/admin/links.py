"""Addresses of the pages of other features that the joined screens lead to, and the words of jobs."""

from flask import current_app, url_for

from diancai.platform.core.jobs import Job
from diancai.platform.core.texts import translate
from diancai.platform.core.words import WORDS
from diancai.platform.notices.models import Notice
from diancai.platform.rounds.models import Round
from diancai.platform.web.locale import current_locale

ROUND_PAGE = "rounds.show"
NOTICE_PAGE = "notices.show"


def round_url(round_: Round) -> str:
    """The office's page of a round."""
    return url_for(ROUND_PAGE if ROUND_PAGE in current_app.view_functions else "publishing.round", round_id=round_.id)


def notice_url(notice: Notice) -> str:
    """Where a notice is read and its window confirmed."""
    return url_for(NOTICE_PAGE, notice_id=notice.id) if NOTICE_PAGE in current_app.view_functions else ""


def job_title(job: Job) -> str:
    return translate(current_locale(), WORDS.get(f"job.{job.name}", job.name))
