"""The story of the sample street: one round is final, one takes ballots, one is being drafted.

Everything is told through the operations that the pages call, by the people whose role it is, at instants relative to
the day on which the street is built; so it never grows old, and every number on every page can be traced.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.platform.cli.demo import closing, plans, polling_days, preparing
from diancai.platform.cli.demo.dishes import HUAIYIN, QIAOXI, QINGHELI
from diancai.platform.cli.demo.menu import MENU
from diancai.platform.cli.demo.menu_last_year import NEXT_YEAR
from diancai.platform.cli.demo.people import Resident, residents
from diancai.platform.cli.demo.stage import Plan, Stage
from diancai.platform.cli.demo.street import found_street, furnish, sample_street
from diancai.platform.cli.demo.team import Team, employ, team_of
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.clock import local_day, local_instant
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.queries import community_names
from diancai.platform.features import load_jobs
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import FundPlan, draft_fund
from diancai.platform.polling.kiosk_models import KioskState
from diancai.platform.polling.kiosk_queries import kiosks_of
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.kiosks import KioskFacts, add_kiosk, renew_code
from diancai.platform.polling.queries import open_stations, waiting_entries
from diancai.platform.rounds import operations
from diancai.platform.rounds.checks import YOUNGEST
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.queries import open_rounds
from diancai.platform.rounds.states import RoundState

SEED = "示范街道投票"
LEAST_TIME_LEFT = timedelta(days=2)
LAST_YEAR_AT_DESKS = 230
GIVEN, CAST = 300, 200
GIVEN_IN_COPY, CAST_IN_COPY = 90, 60
"""Fewer, so that a start stays quick."""
NEWCOMERS = (("白雪", HUAIYIN), ("江一帆", QIAOXI), ("马兰·努尔", QINGHELI))


def build(engine: Engine, keys: Keys, *, at: datetime, accounts_file: Path) -> None:
    """The whole street on an empty, migrated database; passwords go to `accounts_file` (0600)."""
    load_jobs()
    stage = Stage(engine, keys)
    now = plans.this_year(at)
    before, people = plans.last_year(now), residents(now.year)
    founded_at = before.begins_at - timedelta(days=3)
    with stage.step() as session:
        street = found_street(session, at=founded_at)
        employ(session, street, accounts_file=accounts_file, at=founded_at)
        team, street_id = team_of(session, founded_at), street.id
        furnish(session, street, by=team.administrator, at=founded_at)
    _play_last_year(stage, street_id, before, people, team, until=now.begins_at)
    _play_this_year(stage, street_id, now, people, team, at=at)
    yesterday = local_day(at) - timedelta(days=1)
    _begin_next_year(stage, street_id, now.year + 1, team, at=local_instant(yesterday, 17))
    stage.let_the_worker_run(at)


def refresh(engine: Engine, keys: Keys, *, at: datetime) -> None:
    """Bring the street to this instant: one round takes ballots for two more days at least, and due jobs run."""
    load_jobs()
    stage = Stage(engine, keys)
    _keep_one_round_open(stage, at)
    stage.let_the_worker_run(at)


def mint_code(engine: Engine, keys: Keys, *, at: datetime) -> str:
    """One more bearer slip, printed on the approval of two and handed to the next resident of the register."""
    load_jobs()
    with Stage(engine, keys).step() as session:
        team, street = team_of(session, at), sample_street(session, at)
        round_ = max(_usable_rounds(session, street.id, at), key=lambda one: one.closes_at)
        desk = open_stations(session, round_)[0]
        code = preparing.one_bearer_slip(session, round_, desk, team, at)
        entry = session.scalars(waiting_entries(round_, None).limit(1)).one()
        give_slip(session, round_, entry, station=desk, by=team.clerk, at=at)
        return code


def mint_kiosk_code(engine: Engine, keys: Keys, *, at: datetime) -> str:
    """The one-time code of the public terminal beside the first desk. A device that is enrolled stays what it is."""
    with Stage(engine, keys).step() as session:
        team, street = team_of(session, at), sample_street(session, at)
        round_ = max(_usable_rounds(session, street.id, at), key=lambda one: one.closes_at)
        waiting = [one for one in kiosks_of(session, round_) if one.state is not KioskState.ENROLLED]
        if waiting:
            return renew_code(session, round_, waiting[0], by=team.officer, at=at)
        name = f"{len(kiosks_of(session, round_)) + 1}号机"
        facts = KioskFacts(open_stations(session, round_)[0].id, name)
        return add_kiosk(session, round_, facts, by=team.officer, at=at)[1]


def _keep_one_round_open(stage: Stage, at: datetime) -> None:
    with stage.step() as session:
        street_id = sample_street(session, at).id
        if any(round_.closes_at - at >= LEAST_TIME_LEFT for round_ in _usable_rounds(session, street_id, at)):
            return
        plan, team, source_id = (
            _next_batch(session, street_id, at),
            team_of(session, at),
            _source_id(session, street_id),
        )
    _play_copy(stage, street_id, source_id, plan, team, at=at)


def _play_last_year(
    stage: Stage, street_id: int, plan: Plan, people: Sequence[Resident], team: Team, *, until: datetime
) -> None:
    """Slips delivered in four communities, taken at the desk in the others; the whole way to the final result."""
    people = [person for person in people if plan.year - person.birth_year >= YOUNGEST]
    fund_id = preparing.provide_fund(stage, street_id, plan, team)
    round_id = preparing.draft(stage, street_id, plan, fund_id, team)
    slips = _prepare(stage, round_id, plan, people, team)
    random = Random(f"{SEED} {plan.year}")
    by_post = [person for person in people if person.door in slips.delivered]
    at_desks = random.sample([person for person in people if person not in by_post], LAST_YEAR_AT_DESKS)
    coming = [
        polling_days.voter(random, person, plan, casting_share=0.78, code=slips.delivered[person.door])
        for person in by_post
    ]
    coming += [polling_days.voter(random, person, plan, casting_share=0.96) for person in at_desks]
    random.shuffle(coming)
    _vote(stage, round_id, slips, coming, team, plans.slots(plan, plan.closes_at, 14))
    closing.close(stage, round_id, plan, team)
    result_id = closing.count_and_certify(stage, round_id, plan, team)
    closing.publish(stage, round_id, result_id, plan, team)
    closing.answer_and_finish(stage, round_id, plan, team)
    closing.end_register(stage, round_id, until=until)


def _play_this_year(
    stage: Stage, street_id: int, plan: Plan, people: Sequence[Resident], team: Team, *, at: datetime
) -> None:
    fund_id = preparing.provide_fund(stage, street_id, plan, team)
    round_id = preparing.draft(stage, street_id, plan, fund_id, team)
    _open_and_vote(stage, round_id, plan, people, team, given=GIVEN, cast=CAST, at=at)
    yesterday = local_day(at) - timedelta(days=1)
    polling_days.register_late(stage, round_id, team, NEWCOMERS, at=local_instant(yesterday, 16))


def _play_copy(stage: Stage, street_id: int, source_id: int, plan: Plan, team: Team, *, at: datetime) -> None:
    fund_id = preparing.provide_fund(stage, street_id, plan, team)
    round_id = preparing.copy(stage, source_id, plan, fund_id, team)
    people = residents(plan.year)
    _open_and_vote(stage, round_id, plan, people, team, given=GIVEN_IN_COPY, cast=CAST_IN_COPY, at=at)


def _begin_next_year(stage: Stage, street_id: int, year: int, team: Team, *, at: datetime) -> None:
    """The other officer has asked for the money and entered six dishes; two of them still lack their day."""
    with stage.step() as session:
        wanted = FundPlan(year=year, name=preparing.FUND_NAME, budget_line=plans.BUDGET_LINE, amount_fen=plans.FUND_FEN)
        fund = draft_fund(session, street_id, wanted, by=team.other_officer, at=at)
        rules = plans.next_year_rules(year, fund.id)
        round_ = operations.draft_round(session, street_id, rules, by=team.other_officer, at=at)
        ids = {name: number for number, name in community_names(session, street_id).items()}
        for place, dish in enumerate(NEXT_YEAR):
            facts = dish.facts(ids, local_day(rules.closes_at))
            if place >= len(NEXT_YEAR) - 2:
                facts = replace(facts, completes_on=None, responsible_unit="")
            row = operations.add_item(session, round_, facts, by=team.other_officer, at=at + timedelta(minutes=place))
            if dish.picture:
                picture, alt = dish.picture_content, dish.picture_alt
                operations.set_picture(session, round_, row, picture, alt, by=team.other_officer, at=at)


def _prepare(stage: Stage, round_id: int, plan: Plan, people: Sequence[Resident], team: Team) -> preparing.Slips:
    preparing.publish_before_the_vote(stage, round_id, plan, people, team)
    preparing.sign_and_announce(stage, round_id, plan, team)
    preparing.staff_the_round(stage, round_id, plan, team)
    return preparing.print_slips(stage, round_id, plan, team)


def _open_and_vote(
    stage: Stage,
    round_id: int,
    plan: Plan,
    people: Sequence[Resident],
    team: Team,
    *,
    given: int,
    cast: int,
    at: datetime,
) -> None:
    """So many take a slip at the desks, and so many of them have voted by now."""
    slips = _prepare(stage, round_id, plan, people, team)
    random = Random(f"{SEED} {plan.year}")
    coming = [
        polling_days.voter(random, person, plan, casting_share=1 if place < cast else 0)
        for place, person in enumerate(random.sample(list(people), given))
    ]
    random.shuffle(coming)
    _vote(stage, round_id, slips, coming, team, plans.slots(plan, at, 10))


def _vote(
    stage: Stage,
    round_id: int,
    slips: preparing.Slips,
    coming: Sequence[polling_days.Voter],
    team: Team,
    slots: Sequence[datetime],
) -> None:
    with stage.step() as session:
        hall = polling_days.open_hall(session, session.get_one(Round, round_id), slips.piles, team.clerk)
    polling_days.play(stage, hall, coming, slots)


def _usable_rounds(session: Session, street_id: int, at: datetime) -> list[Round]:
    """Rounds that take ballots now and still hand out slips."""
    return [
        round_
        for round_ in open_rounds(session, street_id)
        if round_.state is RoundState.VOTING
        and round_.opens_at <= at < round_.closes_at
        and open_stations(session, round_)
        and session.scalar(waiting_entries(round_, None).limit(1)) is not None
    ]


def _source_id(session: Session, street_id: int) -> int:
    """The first round with this year's menu, which is kept for good."""
    first = select(func.min(Round.id)).join(MenuItem, MenuItem.round_id == Round.id)
    found = session.scalar(first.where(Round.street_id == street_id, MenuItem.name == MENU[0].name))
    assert found is not None  # the street was built with it
    return found


def _next_batch(session: Session, street_id: int, at: datetime) -> Plan:
    year = local_day(at).year
    funds = session.scalar(select(func.count()).where(Fund.street_id == street_id, Fund.year == year)) or 0
    last_entry_at = session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))
    assert last_entry_at is not None  # the street was built on record
    return plans.another_batch(at, batch=funds + 1, year=year, after=last_entry_at)
