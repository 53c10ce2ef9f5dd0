"""Answers: a page, the same page again with a refusal, or the way to the next one."""

from typing import Any
from urllib.parse import quote

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from diancai.errors import DomainError
from diancai.platform.core import texts
from diancai.platform.web.database import session
from diancai.platform.web.error_pages import status_of
from diancai.platform.web.forms import Form
from diancai.platform.web.locale import current_locale, say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"


def page(template: str, **facts: Any) -> str:
    return render_template(template, **facts)


def again(template: str, refusal: DomainError, **facts: Any) -> tuple[str, int]:
    """Undo what the request began and show the page with what was typed and the true reason."""
    session().rollback()
    reason = texts.say_error(refusal, current_locale())
    return render_template(template, refusal=reason, **facts), status_of(refusal)


def refused(template: str, refusal: DomainError, form: Form, **facts: Any) -> tuple[str, int]:
    """Undo what the request began and show the page with the reason at the field of `form` that it is about."""
    session().rollback()
    form.refuse(refusal)
    return render_template(template, form=form, **facts), status_of(refusal)


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file to keep. Its name may be Chinese: a header holds ASCII only, so it travels percent-encoded (RFC 6266)."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, content_type=media_type, headers=headers)


def see_other(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), code=303)


def tell(code: str, **facts: object) -> None:
    """Say on the next page what happened; the words live in the catalogue."""
    flash(say(code, **facts), "done")
