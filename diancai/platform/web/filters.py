"""What templates may call on values: money, time, titles, masked names."""

from flask import Flask

from diancai.budget import show_yuan
from diancai.platform.core import texts
from diancai.platform.web import locale


def masked(name: str) -> str:
    """李明 → 李*, 李晓明 → 李*明, 阿依古丽·买买提 → 阿*提."""
    if len(name) <= 1:
        return "*"
    return name[0] + "*" + (name[-1] if len(name) > 2 else "")


def wan(fen: int) -> str:
    return texts.show_money_short(fen, locale.current_locale())


def init_filters(app: Flask) -> None:
    app.jinja_env.filters.update(
        yuan=show_yuan,
        wan=wan,
        local_time=locale.local_time,
        local_day=locale.local_day,
        title_of=locale.title,
        masked=masked,
        percent=texts.show_percent,
    )
    app.jinja_env.globals.update(say=locale.say)
