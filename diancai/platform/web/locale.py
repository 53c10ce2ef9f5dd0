"""The reader's language and type size, kept in the session cookie; Chinese unless asked otherwise."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum

from flask import Flask, g, has_request_context, session
from flask_babel import Babel
from flask_babel.speaklater import LazyString

from diancai.platform.core import texts


def current_locale() -> str:
    if not has_request_context():
        return texts.SOURCE
    chosen = g.get("language") or session.get("locale", texts.SOURCE)
    return chosen if chosen in texts.LOCALES else texts.SOURCE


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """What is rendered within is in `locale`, whatever the reader chose: for a page that holds every language."""
    g.language = locale
    try:
        yield
    finally:
        del g.language


def has_large_type() -> bool:
    """大字版."""
    return has_request_context() and bool(session.get("large_type"))


def keep_display_choices(choices: Mapping[str, str]) -> None:
    """Remember `large` ("1" or "0") and `language` ("en" or any of Chinese) for this browser."""
    if "large" in choices:
        session["large_type"] = choices["large"] == "1"
    if "language" in choices:
        session["locale"] = "en" if choices["language"].startswith("en") else texts.SOURCE


def forget_display_choices() -> None:
    """For the next person at a terminal that many use."""
    session.pop("large_type", None)
    session.pop("locale", None)


def _(message: str, **facts: object) -> str:
    """Translate a source text and fill in `%(name)s`."""
    translated = texts.translate(current_locale(), message)
    return translated % facts if facts else translated


def lazy_gettext(message: str) -> LazyString:
    """A text translated when it is shown: for labels of forms, which are made before there is a reader."""
    return LazyString(_, message)


def ngettext(singular: str, plural: str, count: int) -> str:
    return texts.catalogue(current_locale()).ngettext(singular, plural, count)


def say(code: str, **facts: object) -> str:
    return texts.say(code, current_locale(), **facts)


def title(member: StrEnum) -> str:
    return texts.title_of(member, current_locale())


def local_time(at: datetime | None) -> str:
    return texts.show_time(at, current_locale()) if at else "—"


def local_day(day: date | None) -> str:
    return texts.show_day(day, current_locale()) if day else "—"


def init_locale(app: Flask) -> None:
    Babel(app, default_locale=texts.SOURCE, default_timezone="Asia/Shanghai", locale_selector=current_locale)
    app.jinja_env.install_gettext_callables(_, ngettext, newstyle=False)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = _
