"""What a hall server has taken along is not done at the office meanwhile, and its pages do not offer it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from diancai.platform.core.actor import Actor
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from tests.factories import AT
from tests.platform.hall_server.halls import Office, an_office, prepare
from tests.sites import Clock, Site, an_app

load_jobs()


@dataclass
class Pages:
    site: Site
    office: Office
    client: FlaskClient

    def of(self, who: Actor, rest: str) -> str:
        self.site.app.extensions["diancai.actor"] = lambda _session: who
        return self.client.get(rest).get_data(as_text=True)

    def day(self, who: Actor) -> str:
        return self.of(who, f"/staff/sittings/{self.office.sitting_id}")

    def desk(self) -> str:
        return self.of(self.office.people.clerk, f"/staff/rounds/{self.office.round_id}/desk")

    def goes_away(self) -> None:
        with self.site.transaction() as session:
            prepare(session, self.office)


@pytest.fixture
def pages(database_url: str, engine: Engine, keys: Keys) -> Iterator[Pages]:
    with an_app(database_url, engine, keys, Clock(AT)) as site:
        with site.transaction() as session:
            office = an_office(session)
        yield Pages(site, office, site.app.test_client())


def test_the_plan_and_the_steps_are_not_offered_while_the_hall_is_away(pages: Pages) -> None:
    people = pages.office.people
    assert "修改安排" in pages.day(people.officer)
    assert "办完这一步" in pages.day(people.chair)
    pages.goes_away()
    assert "修改安排" not in pages.day(people.officer)
    assert "办完这一步" not in (day := pages.day(people.chair))
    assert "已经交给会场服务器" in day


def test_the_desk_in_a_hall_that_is_away_is_not_offered(pages: Pages) -> None:
    assert ">会场</option>" in pages.desk()
    pages.goes_away()
    assert "街道大厅" in (desk := pages.desk())
    assert ">会场</option>" not in desk
