"""A real election, imported, counted, signed and published: the page says what the command line and the peer say."""

import json
import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from diancai.budget import Completion, Method, Rule, Utility
from diancai.platform.cli import main
from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.results import operations
from diancai.platform.rounds.models import RoundScrutineer
from diancai.voting import read_pabulib
from tests.elections import real_files
from tests.factories import AT, a_staff, a_street
from tests.platform.results.stage import PEOPLE, Stage, publish
from tests.platform.results.test_import import WIELICZKA, winners_of_peer
from tests.sites import Clock, Site, an_app

RULES = {
    "greedy": Rule(Method.GREEDY),
    "equal-shares": Rule(Method.EQUAL_SHARES, utility=Utility.COST, completion=Completion.NONE),
}
WON = re.compile(r'<li class="item[^"]* item-won">.*?<span class="item-number">([^<]+)</span>', re.S)


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT)) as running:
        yield running


@pytest.mark.oracle
@pytest.mark.parametrize("name", list(RULES))
def test_the_published_winners_are_those_of_the_command_line_and_the_peer(site: Site, name: str) -> None:
    reason = "pabutools is not installed (pip install '.[oracle]')"
    peers = [pytest.importorskip(f"pabutools.{part}", reason=reason) for part in ("election", "rules")]
    path = next((file for file in real_files() if file.stem == WIELICZKA), None)
    if path is None:
        pytest.skip(f"{WIELICZKA}.pb is not beside this checkout")
    round_id = _published(site, read_pabulib(path), RULES[name])
    page = site.app.test_client().get(f"/rounds/{round_id}/result").text
    on_page = WON.findall(page)
    answer = CliRunner().invoke(main, ["count", str(path), "--rule", name, "--json"])
    assert sorted(on_page) == sorted(json.loads(answer.output)["selected"])
    assert set(on_page) == winners_of_peer(path, RULES[name], *peers)
    assert "6586" in page.replace(",", "")


def _published(site: Site, file: object, rule: Rule) -> int:
    with site.transaction() as session:
        seed_calendar(session)
        street = a_street(session)
        people = [a_staff(session, street, role, name=name) for role, name in PEOPLE]
        assert people[0].roles_in(street.id) == {Role.OFFICER}
        round_ = operations.import_election(
            session, street.id, file, rule=rule, title="Wieliczka 2023", by=people[0], at=AT
        )
        stage = Stage(street, round_, *people)
        for actor, is_chief in ((stage.chief, True), (stage.second, False)):
            session.add(
                RoundScrutineer(
                    round_id=round_.id,
                    staff_id=actor.staff_id,
                    is_chief=is_chief,
                    chosen_by="推选",
                    has_no_conflict=True,
                    appointed_at=AT,
                )
            )
        session.flush()
        result = operations.count_round(session, round_, by=stage.officer, at=AT)
        publish(session, stage, result)
        return round_.id
