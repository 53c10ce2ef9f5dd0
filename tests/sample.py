"""Two streets in two districts, each with rounds in every state, made by the operations that the pages call.

`two_streets(session)` makes them as they stand on `NOW`; with `words` every text that people type can be another one.
Nothing of street A is visible to the office of street B.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from diancai.budget import Binding, Completion, Method, Rule, Utility
from diancai.platform.accounts.models import Staff
from diancai.platform.accounts.operations.people import name_deputy
from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.core.jobs import Job, JobState
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.divisions.models import CodeFormat, StreetOffice
from diancai.platform.divisions.operations import add_division
from diancai.platform.divisions.operations.offices import OfficeSettings, change_office, publish_privacy_notice
from diancai.platform.divisions.queries import actor_of
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import FundPlan, approve_fund, draft_fund, seed_caps
from diancai.platform.rehearsal.operations import RehearsalPlan, begin_rehearsal, cast_test_ballots
from diancai.platform.results.operations import import_election
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import Publication, RoundState, VotingChannel
from diancai.platform.supervision import operations as supervision
from diancai.voting import BallotType, parse_pabulib
from tests.factories import AT
from tests.offices import an_account
from tests.sample_halls import some_sittings
from tests.sample_preparing import Office, Plan, Words
from tests.sample_proposals import some_proposals
from tests.sample_rounds import a_round_by_plan

NOW = AT + timedelta(days=56)
FOUNDED = AT - timedelta(days=10)

SHARES = {
    "method": Method.EQUAL_SHARES,
    "utility": Utility.COST,
    "completion": Completion.GREEDY,
    "publication": Publication.BALLOTS,
}
SEATS = {"method": Method.TOP_K, "binding": Binding.SKIP, "seat_count": 2}
EVERYWHERE = tuple(VotingChannel)
VOTING_RULES = {"max_marks": 5, "channels": EVERYWHERE, "household_pick_up_limit": 2, "proxy_limit": 1}
PLANS = (
    Plan("draft", RoundState.DRAFT),
    Plan("announced", RoundState.ANNOUNCED),
    Plan(
        "voting",
        RoundState.VOTING,
        item_count=24,
        paper_count=2,
        rules={"max_marks": 5, "channels": EVERYWHERE, "household_pick_up_limit": 2, "proxy_limit": 1},
    ),
    Plan("voting by knapsack", RoundState.VOTING, rules={"ballot_type": BallotType.KNAPSACK, "max_marks": 6}),
    Plan("voting by ranking", RoundState.VOTING, rules={"ballot_type": BallotType.RANKING}),
    Plan("suspended", RoundState.SUSPENDED),
    Plan("collecting", RoundState.COLLECTING),
    Plan("collecting paper", RoundState.COLLECTING, paper_count=3, rules={"channels": EVERYWHERE}),
    Plan("closed", RoundState.CLOSED),
    Plan("counted", RoundState.COUNTED, rules=SEATS),
    Plan("counted paper", RoundState.COUNTED, voter_count=0, paper_count=20, rules={"channels": EVERYWHERE}),
    Plan("certified", RoundState.CERTIFIED),
    Plan("published", RoundState.PUBLISHED),
    Plan("final", RoundState.FINAL, rules=SHARES, voter_count=100),
    Plan("void", RoundState.VOID),
)
ELECTION = (
    "META\nkey;value\ncountry;Poland\nunit;Nowa\ninstance;2023\ncurrency;PLN\nbudget;100\nvote_type;approval\n"
    'date_begin;01.03.2023\ndate_end;20.03.2023\nPROJECTS\nproject_id;cost;name\n1;40;"{name}"\n2;60;Drzewo\nB-1;0.50;\n'
    "VOTES\nvoter_id;vote;age;sex\n1;1,2;44;F\n2;2;44;F\n3;2,B-1;20;M\n"
)


@dataclass
class SampleStreet:
    """Numbers of what is there; `people` by role, `rounds` by the name of their plan, `codes` unused by round, the rest by how far they are."""

    code: str
    id: int
    district_id: int
    people: dict[Role, int]
    rounds: dict[str, int] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    sittings: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, int] = field(default_factory=dict)


PEOPLE = {
    "administrator": (Role.ADMINISTRATOR, "钱管"),
    "officer": (Role.OFFICER, "王敏"),
    "second_officer": (Role.OFFICER, "刘洋"),
    "reviewer": (Role.REVIEWER, "李强"),
    "leader": (Role.LEADER, "赵静"),
    "clerk": (Role.CLERK, "孙丽"),
    "chief": (Role.SCRUTINEER, "陈监"),
    "second": (Role.SCRUTINEER, "周票"),
    "auditor": (Role.AUDITOR, "罗敬"),
    "supervisor": (Role.DISTRICT_SUPERVISOR, "宋怀瑾"),
}


def two_streets(session: Session, *, words: Words = str, plans: tuple[Plan, ...] = PLANS) -> list[SampleStreet]:
    """Street A and street B, alike but for their names and numbers."""
    _equip(session)
    return [_a_street(session, code, name, words, plans) for code, name in CODES.items()]


def one_street(session: Session) -> SampleStreet:
    """Street A alone, as most installations have it."""
    _equip(session)
    code, name = next(iter(CODES.items()))
    return _a_street(session, code, name, str, PLANS)


CODES = {"110102001000": "甲", "310104007000": "乙"}


def _equip(session: Session) -> None:
    seed_calendar(session)
    seed_caps(session)


def an_office(session: Session) -> Office:
    """The office of a street without any round yet."""
    _equip(session)
    code, name = next(iter(CODES.items()))
    return _found(session, code, name, str)[0]


def _a_street(session: Session, code: str, name: str, words: Words, plans: tuple[Plan, ...]) -> SampleStreet:
    office, sample = _found(session, code, name, words)
    for plan in plans:
        sample.rounds[plan.name], sample.codes[plan.name] = a_round_by_plan(office, plan, NOW)
    sample.rounds["imported"] = _imported(office)
    if number := sample.rounds.get("announced"):
        sample.rounds["rehearsal"], sample.codes["rehearsal"] = _rehearsed(office, number), []
    for days in (-1, 5):
        written_at = NOW - timedelta(days=10)
        supervision.write_note(
            office.session, office.street_id, words("公示要按时"), (NOW + timedelta(days=days)).date(),
            by=office.actors["supervisor"], at=written_at,
        )  # fmt: skip
    sample.proposals = some_proposals(office, NOW)
    sample.sittings = some_sittings(office, sample.rounds, NOW)
    return sample


def _found(session: Session, code: str, name: str, words: Words) -> tuple[Office, SampleStreet]:
    rows = [
        add_division(session, code=part, name=words(title), valid_from=date(2020, 1, 1), by=SYSTEM, at=FOUNDED)
        for part, title in (
            (f"{code[:6]}000000", f"{name}区"),
            (code, f"{name}街道"),
            (f"{code[:9]}001", f"{name}一社区"),
            (f"{code[:9]}002", f"{name}二社区"),
        )
    ]
    district, street = rows[0], rows[1]
    staff = _people(session, district.id, street.id, code, words)
    actors = {part: actor_of(session, person.id, NOW) for part, person in staff.items()}
    office = Office(session, street.id, _money(session, street.id, actors, words), actors, words)
    _furnish(office)
    numbers = {role: staff[part].id for part, (role, _) in reversed(PEOPLE.items())}
    return office, SampleStreet(code, street.id, district.id, numbers)


def _people(session: Session, district_id: int, street_id: int, code: str, words: Words) -> dict[str, Staff]:
    staff = {}
    for part, (role, name) in PEOPLE.items():
        place = district_id if role is Role.DISTRICT_SUPERVISOR else street_id
        sign_in_name = f"{part.replace('_', '.')}.{code[:6]}"
        staff[part] = an_account(session, place, role, sign_in_name=sign_in_name, name=words(name))
    first, last = (NOW - timedelta(days=3)).date(), (NOW + timedelta(days=30)).date()
    administrator = actor_of(session, staff["administrator"].id, NOW)
    name_deputy(
        session, staff["leader"], staff["second_officer"], first_day=first, last_day=last, by=administrator, at=FOUNDED
    )
    return staff


def _money(session: Session, street_id: int, actors: dict[str, Actor], words: Words) -> Fund:
    """An approved fund that every round of the street draws on, and one that is still a draft."""
    officer, leader = actors["officer"], actors["leader"]
    name, line = words("民生微实事专项资金"), words("2120201")
    plan = FundPlan(year=2026, name=name, budget_line=line, amount_fen=3_000_000_000)
    fund = draft_fund(session, street_id, plan, by=officer, at=FOUNDED)
    reference = words("示人字〔2026〕3号")
    approve_fund(session, fund, reference=reference, approved_on=FOUNDED.date(), by=leader, at=FOUNDED)
    small = FundPlan(year=2027, name=name, budget_line=line, amount_fen=100, below_floor_reason=words("试点"))
    draft_fund(session, street_id, small, by=officer, at=FOUNDED)
    return fund


def _furnish(office: Office) -> None:
    words, session = office.words, office.session
    settings = OfficeSettings(
        office_name=words("示范街道办事处"),
        help_phone="010-60000000",
        supervision_phone="010-60000001",
        address=words("示范路1号"),
        office_hours=words("工作日9:00—17:00"),
        contact_name=words("王敏"),
        publicity_working_days=5,
        retention_days=90,
        fund_floor_fen=300_000_000,
        code_format=CodeFormat.LETTERS,
    )
    change_office(
        session, session.get_one(StreetOffice, office.street_id), settings, by=office.administrator, at=FOUNDED
    )
    publish_privacy_notice(session, office.street_id, words("只为投票使用。"), by=office.administrator, at=FOUNDED)
    job = Job(name="polling.purge_failures", arguments="[]", due_at=FOUNDED, state=JobState.FAILED)
    job.attempts, job.last_error = 20, "OperationalError"
    session.add(job)


def _rehearsed(office: Office, round_id: int) -> int:
    """The announced round is being rehearsed; its test ballots are cast."""
    session, by = office.session, office.officer
    plan = RehearsalPlan(voter_count=20, minutes=120)
    rehearsal = begin_rehearsal(session, session.get_one(Round, round_id), plan, by=by, at=NOW)
    round_ = session.get_one(Round, rehearsal.round_id)
    cast_test_ballots(session, round_, 12, by=by, at=NOW)
    return round_.id


def _imported(office: Office) -> int:
    file = parse_pabulib(ELECTION.format(name=office.words("Ławka").replace('"', '""')))
    round_ = import_election(
        office.session,
        office.street_id,
        file,
        rule=Rule(Method.GREEDY),
        title=office.words("Nowa 2023"),
        by=office.officer,
        at=NOW,
    )
    return round_.id
