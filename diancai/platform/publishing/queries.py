"""What the public pages read beyond a single round: streets, rounds by phase, notices, published results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from diancai.platform.divisions.models import Division, Level, PrivacyNotice, StreetOffice
from diancai.platform.notices.models import Notice
from diancai.platform.publishing.phases import CURRENT, Phase, phase_of
from diancai.platform.results.models import Result, ResultItem
from diancai.platform.results.queries import current_result
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.queries import rounds_public

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Street:
    """A street that uses the platform, with what its office says of itself."""

    division: Division
    office: StreetOffice


def _streets(session: Session, rows: Select[Division, StreetOffice]) -> list[Street]:
    return [Street(division, office) for division, office in session.execute(rows)]


def _with_office() -> Select[Division, StreetOffice]:
    return select(Division, StreetOffice).join(StreetOffice, StreetOffice.street_id == Division.id)


def streets(session: Session) -> list[Street]:
    """Every street with an office here, by code."""
    return _streets(session, _with_office().order_by(Division.code))


def street_by_code(session: Session, code: str) -> Street | None:
    """The 12-digit code stays readable in addresses; of several with one code the newest is meant."""
    rows = _with_office().where(Division.code == code, Division.level == Level.STREET)
    return next(iter(_streets(session, rows.order_by(Division.valid_from.desc()))), None)


def street_of(session: Session, street_id: int) -> Street | None:
    """None while the street's office has not been set up."""
    return next(iter(_streets(session, _with_office().where(Division.id == street_id))), None)


def privacy_notices(session: Session, street: Street, *, at: datetime) -> list[PrivacyNotice]:
    """Versions in force by now, the newest first."""
    rows = select(PrivacyNotice).where(PrivacyNotice.street_id == street.division.id, PrivacyNotice.in_force_from <= at)
    return list(session.scalars(rows.order_by(PrivacyNotice.version.desc())))


@dataclass(frozen=True, slots=True)
class StreetRounds:
    """Rounds in the order in which a resident needs them; nothing that was never public."""

    current: list[Round]
    coming: list[Round]
    past: list[Round]


def rounds_of_street(session: Session, street_id: int, *, at: datetime) -> StreetRounds:
    """Open ones first, then what comes next, then the newest of the past."""
    rows = [(row, phase_of(row, at)) for row in rounds_public(session, street_id)]
    order = list(Phase)
    current = sorted((pair for pair in rows if pair[1] in CURRENT), key=lambda pair: order.index(pair[1]))
    return StreetRounds(
        current=[row for row, _ in current],
        coming=sorted((row for row, phase in rows if phase is Phase.COMING), key=lambda row: row.opens_at),
        past=[row for row, phase in rows if phase in (Phase.FINAL, Phase.VOID)],
    )


def running_notices(session: Session, street_id: int, *, at: datetime) -> list[Notice]:
    """公示 whose window is open, the one that ends first on top."""
    rows = select(Notice).where(Notice.street_id == street_id, Notice.posted_at <= at, Notice.ends_at > at)
    return list(session.scalars(rows.order_by(Notice.ends_at, Notice.id)))


def item_counts(session: Session, rounds: Sequence[Round]) -> dict[int, int]:
    """Items on the menu of each round."""
    ids = [row.id for row in rounds]
    rows = select(MenuItem.round_id, func.count()).where(MenuItem.round_id.in_(ids)).group_by(MenuItem.round_id)
    return dict(session.execute(rows).all())


def item_numbered(session: Session, round_: Round, number: str) -> MenuItem | None:
    return session.scalar(select(MenuItem).filter_by(round_id=round_.id, number=number))


def neighbours(session: Session, item: MenuItem) -> tuple[MenuItem | None, MenuItem | None]:
    """The items before and after it on the menu."""
    rows = select(MenuItem).where(MenuItem.round_id == item.round_id)
    before = rows.where(MenuItem.position < item.position).order_by(MenuItem.position.desc()).limit(1)
    after = rows.where(MenuItem.position > item.position).order_by(MenuItem.position).limit(1)
    return session.scalar(before), session.scalar(after)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A published result in one line: how many won and what they cost."""

    result: Result
    won_count: int
    item_count: int


def outcome_of(session: Session, round_: Round) -> Outcome | None:
    """The version in force; None for a round without a published one."""
    result = current_result(session, round_) if round_.published_at else None
    if result is None:
        return None
    counts = select(func.count().filter(ResultItem.is_selected), func.count()).where(ResultItem.result_id == result.id)
    won_count, item_count = session.execute(counts).one()
    return Outcome(result, won_count, item_count)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of the list of results, newest first; `first` and `last` are 0 for an empty list."""

    rounds: list[Round]
    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE_SIZE, self.total)


def published_rounds(session: Session, *, words: str = "", year: int | None = None, page: int = 1) -> ResultPage:
    """Rounds of every street whose result was published; words match the title or the street's name."""
    rows = select(Round).join(Division, Division.id == Round.street_id).where(Round.published_at.is_not(None))
    if words:
        fits = (column.icontains(words, autoescape=True) for column in (Round.title, Division.name))
        rows = rows.where(or_(*fits))
    if year:
        rows = rows.where(Round.year == year)
    total = session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    page = max(1, min(page, -(-total // PAGE_SIZE)))
    shown = rows.order_by(Round.published_at.desc(), Round.id.desc()).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return ResultPage(list(session.scalars(shown)), total, page)


def years_with_results(session: Session) -> list[int]:
    rows = select(Round.year).where(Round.published_at.is_not(None)).distinct().order_by(Round.year.desc())
    return list(session.scalars(rows))
