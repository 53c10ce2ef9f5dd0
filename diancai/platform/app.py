"""The application: settings in, Flask out. Refuses to start when an endpoint names no policy."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from diancai.platform.core import clock
from diancai.platform.core.keys import Keys, read_keys
from diancai.platform.core.permissions import may
from diancai.platform.divisions.signed_in import signed_in_actor
from diancai.platform.features import VIEWS, load_jobs
from diancai.platform.settings import Environment, Settings
from diancai.platform.web import (
    access,
    assets,
    ballot_only,
    database,
    error_pages,
    filters,
    headers,
    locale,
    request_log,
)
from diancai.platform.web.cookies import Cookies

csrf = CSRFProtect()


def create_app(settings: Settings, *, keys: Keys | None = None, now: Callable[[], datetime] = clock.now) -> Flask:
    """Raises SettingsError for missing secrets, RuntimeError for an endpoint without a policy."""
    app = Flask("diancai")
    app.session_interface = Cookies()
    keys = keys or read_keys(_keys_file(settings))
    _configure(app, settings, keys)
    app.extensions["diancai.settings"] = settings
    app.extensions["diancai.clock"] = now
    app.extensions["diancai.actor"] = signed_in_actor
    database.init_database(app, settings.database_url, keys)
    _limit_plain_forms(app)
    csrf.init_app(app)
    Bootstrap5(app)
    for init in (
        locale.init_locale,
        filters.init_filters,
        assets.init_assets,
        error_pages.init_error_pages,
        request_log.init_request_log,
    ):
        init(app)
    # a hall answers phones in plain http under the same name
    headers.init_headers(app, sends_hsts=settings.is_https and not settings.ballot_origin)
    if settings.ballot_only:
        ballot_only.init_ballot_only(app)
    _init_templates(app, settings)
    _register(app)
    access.check_every_endpoint(app)
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _keys_file(settings: Settings) -> Path:
    assert settings.keys_file is not None  # Settings.check refuses to do without
    return settings.keys_file


def _configure(app: Flask, settings: Settings, keys: Keys) -> None:
    hosts = settings.trusted_hosts or (urlsplit(settings.origin).hostname or "",)
    app.config.update(
        SECRET_KEY=keys.session.hex(),
        TESTING=settings.environment is Environment.TEST,
        TRUSTED_HOSTS=[host for host in hosts if host] or None,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
    )


def _limit_plain_forms(app: Flask) -> None:
    """Forms without files have the limit of form fields: the parser itself asks that of multipart forms only."""

    @app.before_request
    def limit() -> None:
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]


def _init_templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["may"] = lambda action, thing=None: may(access.actor(), action, thing)
    app.jinja_env.globals["actor"] = access.actor
    app.jinja_env.globals["site_name"] = settings.site_name


def _register(app: Flask) -> None:
    load_jobs()
    for name in VIEWS:
        app.register_blueprint(import_module(f"diancai.platform.{name}").bp)
