"""The public site over a street with rounds in several states."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from tests.factories import AT
from tests.sites import Clock, Site, an_app


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT + timedelta(hours=1)), metrics_token="t" * 20) as running:
        yield running


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()
