"""What templates may call on values: money, time, titles, masked names."""

from datetime import datetime

from flask import Flask, current_app

from diancai.budget import show_yuan
from diancai.platform.core import texts
from diancai.platform.core.masking import masked
from diancai.platform.settings import Settings
from diancai.platform.web import locale


def wan(fen: int) -> str:
    return texts.show_money_short(fen, locale.current_locale())


def closing(at: datetime) -> str:
    """When the vote ends, as a phrase: on the server of a hall without internet its chair ends it, not the clock."""
    if _is_hall_server():
        return locale._("主持人宣布截止")
    return locale._("%(time)s 截止", time=locale.local_time(at))


def _is_hall_server() -> bool:
    settings: Settings = current_app.extensions["diancai.settings"]
    return settings.hall_certificate is not None


def init_filters(app: Flask) -> None:
    app.jinja_env.filters.update(
        yuan=show_yuan,
        wan=wan,
        local_time=locale.local_time,
        local_day=locale.local_day,
        title_of=locale.title,
        masked=masked,
        closing=closing,
        percent=texts.show_percent,
    )
    app.jinja_env.globals.update(say=locale.say, is_hall_server=_is_hall_server)
