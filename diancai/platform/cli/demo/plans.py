"""When each round of the story happens, told from the day on which the street is built or its copy is made."""

from datetime import date, datetime, timedelta

from diancai.budget import Method
from diancai.platform.cli.demo.dishes import HONGZHUAN, QINGHELI, SHUYUAN, XIANGYANG
from diancai.platform.cli.demo.menu import MENU
from diancai.platform.cli.demo.menu_last_year import LAST_YEAR
from diancai.platform.cli.demo.stage import Plan
from diancai.platform.core.clock import local_day, local_instant
from diancai.platform.rounds.operations import RoundRules
from diancai.voting import BallotType

BUDGET_LINE = "2120399 其他城乡社区公共设施支出"
FUND_FEN = 300_000_000
A_YEAR = timedelta(days=371)
"""The same weekday a year before, and never in the same calendar year."""
PREPARATION_DAYS = 40
OPEN_FOR_DAYS = 5
"""How long the round that takes ballots has been open when the street is built."""
CLOSES_IN_DAYS = 7
LATEST_IN_DAYS = 14
DESK_HOURS = (10, 15)
SHORTEST_PREPARATION = timedelta(hours=1)


def title_of(year: int, batch: int = 1) -> str:
    ending = "" if batch == 1 else f"（第{batch}批）"
    return f"示范街道{year}年民生微实事{ending}"


def this_year(at: datetime) -> Plan:
    """Open for five days, open for seven more."""
    day = local_day(at)
    opens_on = day - timedelta(days=OPEN_FOR_DAYS)
    return Plan(
        title=title_of(opens_on.year),
        year=opens_on.year,
        budget_line=BUDGET_LINE,
        menu=MENU,
        order_seed=f"{opens_on.year}年居民代表会议摇号 17 05 23 11",
        begins_at=local_instant(opens_on - timedelta(days=PREPARATION_DAYS), 10),
        opens_at=local_instant(opens_on, 9),
        closes_at=local_instant(day + timedelta(days=CLOSES_IN_DAYS), 20),
        latest_close_at=local_instant(day + timedelta(days=LATEST_IN_DAYS), 20),
        closes_on=day + timedelta(days=CLOSES_IN_DAYS),
    )


def last_year(after: Plan) -> Plan:
    """A year before `after`, two weeks of voting; slips were delivered in four communities."""
    opens_on = local_day(after.opens_at) - A_YEAR
    closes_on = opens_on + timedelta(days=14)
    return Plan(
        title=title_of(after.year - 1),
        year=after.year - 1,
        budget_line=BUDGET_LINE,
        menu=LAST_YEAR,
        order_seed=f"{after.year - 1}年居民代表会议摇号 08 14 02 30",
        begins_at=local_instant(opens_on - timedelta(days=PREPARATION_DAYS), 10),
        opens_at=local_instant(opens_on, 9),
        closes_at=local_instant(closes_on, 20),
        latest_close_at=local_instant(closes_on + timedelta(days=7), 20),
        closes_on=closes_on,
        delivered_to=frozenset({QINGHELI, SHUYUAN, HONGZHUAN, XIANGYANG}),
    )


def another_batch(at: datetime, *, batch: int, year: int, after: datetime) -> Plan:
    """A copy of the menu's round when no round takes ballots long enough any more.

    It is prepared in the time since `after`, the last entry of the log, so that the log stays in order; where that is
    long, over 40 days. A ninth of the time is left for the first ballots. It asks for no publicity before the vote, for
    which there may be no week: its candidates were all public with the first batch.
    """
    day = local_day(at)
    longest = timedelta(days=PREPARATION_DAYS + OPEN_FOR_DAYS)
    begins_at = min(max(after, at - longest), at - SHORTEST_PREPARATION)
    opens_at = (begins_at + (at - begins_at) * 8 / 9).replace(microsecond=0)
    return Plan(
        title=title_of(year, batch),
        year=year,
        budget_line=f"{BUDGET_LINE}（第{batch}批）",
        menu=MENU,
        order_seed=f"{year}年第{batch}批摇号 21 09 16 27",
        begins_at=begins_at,
        opens_at=opens_at,
        closes_at=local_instant(day + timedelta(days=CLOSES_IN_DAYS), 20),
        latest_close_at=local_instant(day + timedelta(days=LATEST_IN_DAYS), 20),
        closes_on=day + timedelta(days=CLOSES_IN_DAYS),
        notice_days=0,
    )


def next_year_rules(year: int, fund_id: int) -> RoundRules:
    """A ranking of five, in the spring; the fund is not approved yet."""
    return RoundRules(
        title=title_of(year),
        year=year,
        fund_id=fund_id,
        fund_fen=FUND_FEN,
        opens_at=local_instant(date(year, 3, 10), 9),
        closes_at=local_instant(date(year, 3, 24), 20),
        latest_close_at=local_instant(date(year, 3, 31), 20),
        ballot_type=BallotType.RANKING,
        max_marks=5,
        method=Method.GREEDY,
    )


def slots(plan: Plan, until: datetime, count: int) -> list[datetime]:
    """So many instants at which people come, before `until`: mornings and afternoons, or evenly where days are few."""
    end = min(until, plan.closes_at)
    day_count = (local_day(end) - local_day(plan.opens_at)).days + 1
    days = [local_day(plan.opens_at) + timedelta(days=n) for n in range(day_count)]
    times = [local_instant(day, hour, 30) for day in days for hour in DESK_HOURS]
    fitting = [at for at in times if plan.opens_at < at < end]
    if len(fitting) >= count:
        return fitting[:: len(fitting) // count][:count]
    step = (end - plan.opens_at) / (count + 1)
    return [plan.opens_at + step * (place + 1) for place in range(count)]
