"""The application over the two sample streets, and browsers of everybody in office there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient

from diancai.platform.core.actor import Role
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from tests.databases import Databases
from tests.offices import a_browser, form_token
from tests.sample import NOW, PLANS, SampleStreet, two_streets
from tests.sample_addresses import Address, Place, addresses, places_of
from tests.sample_preparing import Words
from tests.sites import Clock, Site, a_hall_certificate, an_app

ONE_A_STATE = tuple(plan for plan in PLANS if " by " not in plan.name)


@dataclass
class SampleSite:
    """Tests leave it as they find it. A role's browser is the same throughout; everybody is of street A."""

    site: Site
    streets: list[SampleStreet]
    places: list[list[Place]]
    browsers: dict[Role | None, FlaskClient] = field(default_factory=dict)
    tokens: dict[Role | None, str] = field(default_factory=dict)

    def addresses(self, method: str, street: int = 0) -> list[Address]:
        return addresses(self.site.app, method, self.places[street])

    def browser(self, role: Role | None) -> FlaskClient:
        """Somebody with this one role; without a role a passer-by."""
        return self.browsers[role]

    def token(self, role: Role | None) -> str:
        """A valid form token. Signing out wipes the one of a passer-by, who may ask for it; so it is read each time."""
        return self.tokens[role] if role else form_token(self.browsers[None], "/objections")

    def let_everybody_in(self) -> None:
        self.browsers[None] = self.site.app.test_client()
        for role in Role:
            self.browsers[role] = a_browser(self.site, self.streets[0].people[role])
            self.tokens[role] = form_token(self.browsers[role], "/staff/account")


@pytest.fixture(scope="session")
def sample(databases: Databases, keys: Keys) -> Iterator[SampleSite]:
    """Shared by all tests of this folder, which is why each of them leaves it as it was."""
    with a_sample(databases, keys) as made:
        yield made


@contextmanager
def a_sample(databases: Databases, keys: Keys, *, words: Words = str) -> Iterator[SampleSite]:
    load_jobs()
    url = databases.migrated("sqlite")
    engine = open_engine(url)
    with transaction(engine, keys=keys) as session:
        streets = two_streets(session, words=words, plans=ONE_A_STATE)
        places = [places_of(session, street) for street in streets]
    with an_app(url, engine, keys, Clock(NOW), hall_certificate=a_hall_certificate(databases.folder)) as site:
        made = SampleSite(site, streets, places)
        made.let_everybody_in()
        yield made
    engine.dispose()
    databases.drop(url)
