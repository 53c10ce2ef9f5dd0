"""An application with a street and its people."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from tests.factories import AT, a_street
from tests.offices import a_browser, an_account
from tests.sites import Clock, Site, an_app


@dataclass
class Office:
    """One street; `browser_of` signs somebody in with these roles."""

    site: Site
    street_id: int
    district_id: int

    def browser_of(self, *roles: Role, name: str = "李明", place_id: int | None = None) -> FlaskClient:
        return a_browser(self.site, self.person(*roles, name=name, place_id=place_id))

    def person(self, *roles: Role, name: str = "李明", place_id: int | None = None) -> int:
        with self.site.transaction() as session:
            sign_in_name = f"person{len(name)}-{'-'.join(role.value for role in roles)}".replace("_", "-")
            place = place_id or self.street_id
            return an_account(session, place, *roles, sign_in_name=sign_in_name, name=name).id


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT)) as running:
        yield running


@pytest.fixture
def office(site: Site) -> Office:
    with site.transaction() as session:
        street = a_street(session)
        assert street.parent_id is not None
        return Office(site, street.id, street.parent_id)
