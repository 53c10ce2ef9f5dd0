"""A small application that shows every template of the resident's way and every shared part with sample values.

Run it to look at them: `python -m tests.browser.gallery.pages 8077`. Query: large=1, kiosk=1.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from diancai.budget.money import show_wan, show_yuan
from diancai.platform.web.assets import init_assets
from diancai.platform.web.headers import init_headers
from diancai.voting.ballots import BallotType
from tests.browser.gallery import samples
from tests.browser.gallery.sample_form import SampleForm

Page = Callable[[], dict[str, Any]]
PACKAGE = Path(__file__).parents[3] / "diancai"


def _start() -> dict[str, Any]:
    return {"rule": "从24个项目里选，最多5项。", "action_url": "/ballot-tick", "desks_url": "/", "board_url": "/"}


def _ballot(kind: BallotType, low: int, high: int, **more: Any) -> dict[str, Any]:
    values = {
        "ballot": samples.form(kind, low, high),
        "items": samples.menu_with_withdrawn(),
        "chosen": set(),
        "ranks": {},
    }
    return values | {"proof": "p" * 120, "ballot_url": request.path, "review_url": "/review"} | more


def _review() -> dict[str, Any]:
    lines = [samples.Line(item, place) for place, item in enumerate(samples.menu(4), start=1)]
    total = sum(line.item.cost_fen for line in lines)
    return {
        "lines": lines,
        "ranking": request.args.get("ranking") == "1",
        "total_fen": total,
        "fund_fen": samples.FUND_FEN,
        "left_fen": samples.FUND_FEN - total,
        "remark": "您还可以再选1项；不选也可以。",
        "tracker": samples.TRACKER,
        "proof": "p" * 120,
        "r": "r" * 22,
        "choices": [("choice", line.item.number) for line in lines],
        "cast_url": "/receipt",
        "ballot_url": "/ballot-tick",
        "review_url": "/review",
    }


def _receipt() -> dict[str, Any]:
    note = "结果从12月3日起在公示栏和本网站公示7个工作日。"
    return {
        "tracker": samples.TRACKER,
        "board_url": "/tracker",
        "result_note": note,
        "first_counted": request.args.get("first") == "1",
    }


def _tracker() -> dict[str, Any]:
    found = {"yes": True, "no": False}.get(request.args.get("found", ""))
    tracker = samples.TRACKER if found is not None else None
    return {
        "lookup_url": "/tracker",
        "found": found,
        "tracker": tracker,
        "seals": samples.SEALS,
        "lists": [("查询码列表", "/")],
    }


def _staff() -> dict[str, Any]:
    entries = ["待我确认", "投票活动", "菜单", "名册与投票码", "计票与公示", "资金", "设置"]
    rail = [(label, "/", index == 1, 3 if index == 0 else 0) for index, label in enumerate(entries)]
    return {"rail": rail, "staff_name": "王*芳", "staff_role": "经办人", "form": SampleForm(), "items": samples.menu(8)}


def _public() -> dict[str, Any]:
    return {"items": samples.menu(6), "fund_fen": samples.FUND_FEN, "qr_svg": samples.qr_svg()}


PAGES: dict[str, tuple[str, Page]] = {
    "start": ("voting/start.html", _start),
    "start-problem": (
        "voting/start.html",
        lambda: _start() | {"problem": "有一位输错了，请对照凭条再看一遍。", "code": "7KQM-29XD-PWCB"},
    ),
    "ballot-tick": ("voting/ballot.html", lambda: _ballot(BallotType.TICK, 1, 5, chosen={"1", "2"})),
    "ballot-exactly": (
        "voting/ballot.html",
        lambda: _ballot(BallotType.TICK, 5, 5, chosen={"1"}, problems=["请选满5项，您选了1项。"]),
    ),
    "ballot-knapsack": ("voting/ballot.html", lambda: _ballot(BallotType.KNAPSACK, 1, 24, publishes_ballots=True)),
    "ballot-ranking": ("voting/ballot.html", lambda: _ballot(BallotType.RANKING, 1, 5, ranks={"3": 1, "7": 2})),
    "review": ("voting/review.html", _review),
    "receipt": ("voting/receipt.html", _receipt),
    "refused": (
        "voting/refused.html",
        lambda: {
            "reason": request.args.get("reason", "used"),
            "board_url": "/tracker",
            "desks_url": "/",
            "leave_url": "/",
        },
    ),
    "wait": ("voting/wait.html", lambda: {"refresh_url": "/refused?reason=unknown"}),
    "tracker": ("voting/tracker.html", _tracker),
    "kiosk": (
        "voting/kiosk.html",
        lambda: {
            "rounds": [samples.Round()],
            "kiosk_name": "一号机",
            "station_name": "政务服务中心",
            "english_url": "/start?language=en",
        },
    ),
    "error": ("error.html", lambda: {"status": int(request.args.get("status", "404")), "reference": "9f3a61c2"}),
    "public": ("gallery_public.html", _public),
    "staff": ("gallery_staff.html", _staff),
    "night": ("gallery_night.html", dict),
}


def create_gallery() -> Flask:
    """The application; its pages are `PAGES`, each under its name."""
    app = Flask("diancai", root_path=str(PACKAGE), template_folder="templates")
    app.config.update(SECRET_KEY="gallery", BOOTSTRAP_SERVE_LOCAL=True, SEND_FILE_MAX_AGE_DEFAULT=3600)
    app.jinja_loader.searchpath.append(str(Path(__file__).parent / "templates"))  # type: ignore[union-attr]
    app.jinja_env.auto_reload = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect().init_app(app)
    app.config["WTF_CSRF_ENABLED"] = False
    Bootstrap5(app)
    init_assets(app)
    Babel(app, default_locale="zh")
    app.jinja_env.globals["_"] = lambda text, **facts: text % facts if facts else text
    app.jinja_env.globals["site_name"] = "示范街道点菜"
    app.jinja_env.filters.update(yuan=show_yuan, wan=show_wan, local_time=_local_time)
    app.jinja_env.filters["closing"] = lambda at: f"{_local_time(at)} 截止"
    app.jinja_env.globals["is_hall_server"] = lambda: False
    init_headers(app, sends_hsts=False)
    app.add_url_rule("/<name>", "page", _page, methods=["GET", "POST"])
    return app


def _local_time(at: datetime) -> str:
    local = at + timedelta(hours=8)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _page(name: str) -> Response | str:
    if name not in PAGES:
        return Response(status=404)
    template, values = PAGES[name]
    switches = {"large_type": request.values.get("large") == "1", "kiosk": request.args.get("kiosk") == "1"}
    idle = {key: int(request.args[key]) for key in ("kiosk_idle_seconds", "kiosk_grace_seconds") if key in request.args}
    return render_template(template, **samples.Common().values, **switches, **idle, **values())


if __name__ == "__main__":
    create_gallery().run(port=int(sys.argv[1]))
