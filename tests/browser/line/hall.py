"""The morning of a hall: the vote is open, slips, blanks, a terminal of its own and the sitting are prepared."""

from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import expect

from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import blocks, commission, opening, paper, sittings, stations
from diancai.platform.polling.operations.codes import print_batch
from diancai.platform.polling.operations.kiosks import KioskFacts, add_kiosk
from diancai.platform.rounds.states import RoundState, VotingChannel
from tests.browser.conftest import DESK, OpenContext
from tests.browser.line.street import Street
from tests.browser.test_booth import OFFLINE, Booth
from tests.browser.test_every_page import sign_in
from tests.browser.test_kiosk import TABLET
from tests.browser.walkers import Officer
from tests.offices import a_browser, form_token
from tests.sample import NOW, PEOPLE, an_office
from tests.sample_preparing import Office, Plan, Preparing
from tests.sites import Site

AT_EACH_TERMINAL, ONLINE, ON_PAPER = 2, 38, 12
PRESENT = ONLINE + ON_PAPER
PARTS = ("officer", "second_officer", "reviewer", "leader", "clerk", "chief", "second", "second", "administrator")
"""In the order in which `Street` names its people."""
KEEPERS = ("chief", "second", "reviewer")


@dataclass
class Day:
    """The round, its two desks, and everybody in office at a browser or a form."""

    site: Site
    street: Street
    staff: dict[str, int]
    round_id: int
    sitting_id: int
    desks: list[int]
    codes: list[list[str]]
    booth: Booth
    trackers: list[str] = field(default_factory=list)

    def client(self, part: str) -> FlaskClient:
        return a_browser(self.site, self.staff[part])

    def posts(self, part: str, rest: str, **form: object) -> None:
        client = self.client(part)
        token = form_token(client, "/staff/")
        answer = client.post(f"/staff/rounds/{self.round_id}/{rest}", data={"csrf_token": token, **form})
        assert answer.status_code == 303, answer.get_data(as_text=True)

    def signs_everybody_in(self) -> None:
        """Their sessions ended while the clock ran."""
        for part in set(PARTS):
            person = self.person(part)
            sign_in(person.page.context, self.client(part), self.site.url)

    def person(self, part: str) -> Officer:
        found: Officer = getattr(self.street, part)
        return found

    def chair_does(self, button: str = "办完这一步", **figures: int) -> None:
        chair = self.person("officer")
        chair.goes(f"/staff/sittings/{self.sitting_id}")
        for name, count in figures.items():
            chair.page.locator(f"#{name}").fill(str(count))
        chair.presses(button)


def the_morning(site: Site, open_context: OpenContext, folder: Path) -> Day:
    """The vote is open; slips, blanks and the sitting are prepared by the operations of the office."""
    with site.transaction() as session:
        office = an_office(session)
        plan = Plan(
            "千人大会",
            RoundState.VOTING,
            voter_count=ONLINE,
            paper_count=ON_PAPER,
            rules={"channels": tuple(VotingChannel)},
        )
        life = Preparing(office, plan, NOW)
        life.draft()
        second = a_second_desk(office, life)
        life.announce()
        codes = [life.codes]
        life.station, first = second, life.station
        life._print(is_approved=True)
        codes.append(life.codes)
        opening.open_round(session, life.round_, at=NOW)
        paper.receive_blanks(session, life.round_, second, ON_PAPER + 3, by=office.officer, at=NOW)
        slips, code, papers = a_terminal_of_its_own(office, life, first)
        staff = {part: office.actors[part].staff_id or 0 for part in PEOPLE}
        desks, round_id = [first.id, second.id], life.round_.id
        sitting_id = a_sitting(office, round_id, desks)
    people = [Officer(open_context(viewport=DESK).new_page(), site, part, PEOPLE[part][1]) for part in PARTS]
    street = Street(site, folder, open_context, *people)
    street.round_id = round_id
    context = open_context(viewport=TABLET)
    context.clock.set_system_time(NOW)
    keepers = [office.actors[part] for part in KEEPERS]
    booth = Booth(site, context, context.new_page(), slips, papers, keepers, office.officer)
    enrols(booth, code)
    made = Day(site, street, staff, round_id, sitting_id, desks, codes, booth)
    made.signs_everybody_in()
    return made


def a_second_desk(office: Office, life: Preparing) -> Station:
    facts = stations.StationFacts("第二投票点", "街道礼堂东侧", "14:00—16:00", "010-60000003")
    return stations.create_station(office.session, life.round_, facts, by=office.officer, at=life.at)


def a_terminal_of_its_own(office: Office, life: Preparing, station: Station) -> tuple[list[str], str, list[str]]:
    """Slips that work there only, the one-time code for the device, and the shares of the three keepers."""
    session, by = office.session, {"by": office.officer, "at": NOW}
    ids = [office.actors[part].staff_id or 0 for part in KEEPERS]
    commission.name_keepers(session, life.round_, ids, **by)
    papers = [commission.take_share(session, life.round_, by=office.actors[part], at=NOW) for part in KEEPERS]
    kiosk, code = add_kiosk(session, life.round_, KioskFacts(station.id, "离线机"), **by)
    batch = blocks.request_block(session, life.round_, kiosk, AT_EACH_TERMINAL + 2, reason="离线机专用", **by)
    life._confirm("codes.print_run", office.second_officer)
    return list(print_batch(session, life.round_, batch, **by).codes), code, papers


def enrols(booth: Booth, code: str) -> None:
    """Then the network goes, and does not come back before the vote is over."""
    booth.page.goto(f"{booth.site.url}/kiosk")
    booth.page.get_by_label("登记码").fill(code)
    booth.page.get_by_role("button", name="登记这台设备").click()
    booth.says("已联网，断网也能投")
    expect(booth.page.locator("main")).to_have_attribute("data-pages", "kept", timeout=30_000)
    booth.context.set_offline(True)
    booth.page.reload()
    booth.says(OFFLINE)


def a_sitting(office: Office, round_id: int, desks: list[int]) -> int:
    people = [office.actors[part].staff_id or 0 for part in ("officer", "chief", "second_officer", "second")]
    plan = sittings.SittingPlan(
        "2026年千人大会", "街道礼堂", NOW, PRESENT, (round_id,), *people, station_ids=tuple(desks)
    )
    return sittings.plan_sitting(office.session, office.street_id, plan, by=office.officer, at=NOW).id
