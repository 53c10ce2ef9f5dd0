"""The life of a sample street in every state, and each of its pages once, on SQLite and on PostgreSQL."""

from sqlalchemy import Engine

from diancai.platform.core.actor import Role
from diancai.platform.core.audit import broken_entries
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.offices import a_browser
from tests.platform.web.contents import content_hash
from tests.sample import NOW, one_street
from tests.sample_addresses import addresses, places_of
from tests.sites import Clock, an_app


def test_a_street_lives_and_is_shown_on_both_databases(database_url: str, engine: Engine, keys: Keys) -> None:
    load_jobs()
    with an_app(database_url, engine, keys, Clock(NOW)) as site:
        with site.transaction() as session:
            street = one_street(session)
            places = places_of(session, street)
            assert {round_.state for round_ in session.query(Round)} == set(RoundState)
            assert list(broken_entries(session)) == []
        browsers = [site.app.test_client()] + [
            a_browser(site, street.people[role]) for role in (Role.OFFICER, Role.LEADER)
        ]
        before = content_hash(engine)
        for address in addresses(site.app, "GET", places):
            for browser in browsers:
                assert browser.get(address.path).status_code in (200, 303, 403, 404, 409, 422), address
        assert content_hash(engine) == before
