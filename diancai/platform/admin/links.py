"""Addresses of the pages of other features that the joined screens lead to, and the words of jobs."""

from flask import url_for

from diancai.platform.admin.queries import NextStep
from diancai.platform.core.actor import Actor
from diancai.platform.core.jobs import Job
from diancai.platform.core.permissions import may
from diancai.platform.core.texts import translate
from diancai.platform.core.words import WORDS
from diancai.platform.notices.models import Notice
from diancai.platform.rounds.models import Round
from diancai.platform.web.locale import current_locale

STEP_PAGES: dict[str, tuple[str, str]] = {
    "next.round.review": ("rounds.signing", "see_round"),
    "next.round.sign": ("rounds.signing", "see_round"),
    "next.announced": ("register.show_register", "see_register"),
    "next.voting": ("desk.find", "see_register"),
    "next.collecting": ("closing.show", "see_closing"),
    "next.closed": ("results.count_desk", "see_count_desk"),
    "next.counted": ("results.desk", "see_result"),
    "next.certified": ("results.desk", "see_result"),
    "next.result.review": ("results.desk", "see_result"),
    "next.result.sign": ("results.desk", "see_result"),
    "next.published": ("results.desk", "see_result"),
    "next.published.provisional": ("results.desk", "see_result"),
    "next.granting": ("results.grant", "grant_fund"),
}
"""Where the next step is done, and what one must be allowed to open the page; elsewhere the round's own page."""


def step_url(step: NextStep, actor: Actor) -> str:
    endpoint, action = STEP_PAGES.get(step.code, ("rounds.show", "see_round"))
    fitting = endpoint if may(actor, action, step.round_) else "rounds.show"
    return url_for(fitting, round_id=step.round_.id)


def round_url(round_: Round) -> str:
    """The office's page of a round."""
    return url_for("rounds.show", round_id=round_.id)


def notice_url(notice: Notice) -> str:
    """Where a notice is read and its window confirmed."""
    return url_for("notices.staff_notice", notice_id=notice.id)


def job_title(job: Job) -> str:
    return translate(current_locale(), WORDS.get(f"job.{job.name}", job.name))
