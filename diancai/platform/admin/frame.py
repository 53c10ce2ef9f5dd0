"""What frames every page of the office: the rail with the office's own words, who is signed in, the help number.

Registered after the public frame, so that it has the last word on pages under /staff/.
"""

from typing import Any

from flask import current_app, request, url_for

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import requests_for
from diancai.platform.core.permissions import may
from diancai.platform.divisions import queries
from diancai.platform.web.access import actor, session
from diancai.platform.web.locale import _, current_locale, has_large_type, title

RailEntry = tuple[str, str, bool, int]
SIGNING_IN = "/staff/sign-in"


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
        "staff_role": "、".join(title(role) for role in Role if who.has_role(role)),
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
    """At most seven entries, only those that the person may open; the deepest that fits the page is the active one."""
    waiting = len(requests_for(session(), who))
    entries = (
        (_("首页"), "admin.home", "see_staff_home", waiting),
        (_("投票活动"), "rounds.rounds", "see_round", 0),
        (_("资金"), "funds.funds", "see_funds", 0),
        (_("名册与领票"), "desk.rounds", "see_register", 0),
        (_("日志"), "admin.log", "read_log", 0),
        (_("人员"), "people.staff", "manage_staff", 0),
        (_("设置"), "divisions.settings", "manage_calendar", 0),
    )
    known = current_app.view_functions
    shown = [
        (label, url_for(endpoint), count)
        for label, endpoint, action, count in entries
        if endpoint in known and may(who, action)
    ]
    fitting = [url for _label, url, _count in shown if request.path.startswith(url)]
    active = max(fitting, key=len, default="")
    if SETTINGS_PAGES.intersection([request.endpoint]):
        active = url_for("divisions.settings")
    return [(label, url, url == active, count) for label, url, count in shown]


SETTINGS_PAGES = frozenset(
    {
        "divisions.calendar_page",
        "divisions.import_divisions",
        "divisions.office",
        "divisions.privacy",
        "divisions.search",
        "divisions.settings",
    }
)
