"""What frames every page of the office: the rail with the office's own words, who is signed in, the help number.

Registered after the public frame, so that it has the last word on pages under /staff/.
"""

from typing import Any

from flask import request, url_for

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import requests_for
from diancai.platform.core.permissions import may
from diancai.platform.divisions import queries
from diancai.platform.web.access import actor, session
from diancai.platform.web.locale import _, current_locale, has_large_type, title

RailEntry = tuple[str, str, bool, int]


def staff_frame() -> dict[str, Any]:
    """For the templates: see staff.html. Other pages keep the public frame."""
    if not request.path.startswith("/staff/"):
        return {}
    who = actor()
    if not who.is_staff:
        return {"rail": [], "site_nav": [], "staff_name": "", "staff_role": ""}
    return {
        "help_phone": _help_phone(who),
        "kiosk": False,
        "large_type": has_large_type(),
        "links": _links(),
        "locale": current_locale(),
        "rail": _rail(who),
        "staff_name": who.name,
        "staff_role": _("、").join(title(role) for role in Role if who.has_role(role)),
    }


def _help_phone(who: Actor) -> str:
    for street_id in sorted(who.street_ids):
        office = queries.office_of(session(), street_id)
        if office is not None and office.help_phone:
            return office.help_phone
    return ""


def _links() -> dict[str, str]:
    back = request.full_path.rstrip("?") if request.method == "GET" else url_for("admin.home")
    return {
        "home": url_for("admin.home"),
        "account": url_for("accounts.account"),
        "sign_out": url_for("accounts.sign_out"),
        "large_type": url_for("publishing.set_display", large=0 if has_large_type() else 1, back=back),
        "language": url_for("publishing.set_display", language="en" if current_locale() == "zh" else "zh", back=back),
    }


def _rail(who: Actor) -> list[RailEntry]:
    """At most seven entries, only those that the person may open."""
    waiting = len(requests_for(session(), who))
    entries = (
        (_("首页"), "admin.home", "see_staff_home", waiting),
        (_("居民提案"), "proposals.proposals", "see_proposals", 0),
        (_("投票活动"), "rounds.rounds", "see_round", 0),
        (_("督办"), "supervision.show", "write_supervision", 0),
        (_("资金"), "funds.funds", "see_funds", 0),
        (_("名册与领票"), "desk.rounds", "see_register", 0),
        (_("日志"), "admin.log", "read_log", 0),
        (_("人员"), "people.staff", "manage_staff", 0),
        (_("设置"), "divisions.settings", "manage_calendar", 0),
    )
    active = _active_entry(who)
    return [
        (label, url_for(endpoint), endpoint == active, count)
        for label, endpoint, action, count in entries
        if may(who, action)
    ]


def _active_entry(who: Actor) -> str:
    """The entry that the page belongs to, by its feature."""
    endpoint = request.endpoint or ""
    if endpoint.startswith("supervision.") and may(who, "write_supervision"):
        return "supervision.show"
    return ENTRY_OF.get(endpoint) or ENTRY_OF.get(endpoint.partition(".")[0], "")


ENTRY_OF = {
    "admin.home": "admin.home",
    "admin.log": "admin.log",
    "admin.show_request": "admin.home",
    "archive": "rounds.rounds",
    "closing": "rounds.rounds",
    "codes": "desk.rounds",
    "desk": "desk.rounds",
    "divisions": "divisions.settings",
    "funds": "funds.funds",
    "hall": "rounds.rounds",
    "notices": "rounds.rounds",
    "paper": "desk.rounds",
    "people": "people.staff",
    "proposals": "proposals.proposals",
    "register": "desk.rounds",
    "rehearsal": "rounds.rounds",
    "results": "rounds.rounds",
    "rounds": "rounds.rounds",
    "stations": "desk.rounds",
    "supervision": "rounds.rounds",
    "tally": "rounds.rounds",
    "timetable": "rounds.rounds",
}
"""By endpoint, else by blueprint."""
