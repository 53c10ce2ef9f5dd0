"""Flask-SQLAlchemy around our own Base, and the session of a request."""

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from diancai.platform.core.db import Base, engine_options, prepare_engine
from diancai.platform.core.keys import Keys

db = SQLAlchemy(metadata=Base.metadata, engine_options={}, disable_autonaming=True)


def init_database(app: Flask, database_url: str, keys: Keys) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(database_url)
    app.extensions["diancai.keys"] = keys
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def session() -> Session:
    """The session of this request, knowing the installation's keys."""
    current = db.session()
    current.info.setdefault("keys", current_app.extensions["diancai.keys"])
    return current


def installation_keys() -> Keys:
    keys: Keys = current_app.extensions["diancai.keys"]
    return keys
