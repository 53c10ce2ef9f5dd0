"""What stations wrote down beside their balance: daily seals, trips of the mobile box, cases, the sample check of paper."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.archive.files import File, table_file
from diancai.platform.core.texts import title_of
from diancai.platform.polling.case_models import DeskCase
from diancai.platform.polling.day_models import StationDay
from diancai.platform.polling.mobile_models import MobileReturn, MobileTrip
from diancai.platform.polling.queries import stations_of
from diancai.platform.polling.sample_models import SampleCheck
from diancai.platform.rounds.models import Round

Names = Mapping[int, str]


def station_files(session: Session, round_: Round, names: Names) -> Iterator[File]:
    """Only those that there is something to say in."""
    stations = {station.id: station.name for station in stations_of(session, round_)}
    yield from _days(session, stations, names)
    yield from _trips(session, stations, names)
    yield from _cases(session, round_, names)
    yield from _sample(session, round_, names)


def _days(session: Session, stations: Mapping[int, str], names: Names) -> Iterator[File]:
    found = select(StationDay).where(StationDay.station_id.in_(stations))
    rows = [
        (
            stations[day.station_id], day.day, day.opened_at, day.opening_seal, day.difference_reason,
            names.get(day.opened_by), names.get(day.opening_confirmed_by), day.closed_at, day.closing_seal,
            names.get(day.closed_by or 0), names.get(day.closing_confirmed_by or 0),
        )
        for day in session.scalars(found.order_by(StationDay.station_id, StationDay.day))
    ]  # fmt: skip
    heads = ("投票点", "日期", "开箱", "开箱时的封号", "封号不符的原因", "开箱人", "第二人", "封箱", "封箱的封号", "封箱人", "第二人")  # fmt: skip
    if rows:
        yield table_file("每日开箱封箱", heads, rows)


def _trips(session: Session, stations: Mapping[int, str], names: Names) -> Iterator[File]:
    """When the box went out and with whom; to whom it went is the register's, and goes with it."""
    found = select(MobileTrip).where(MobileTrip.station_id.in_(stations))
    returns = session.scalars(select(MobileReturn).where(MobileReturn.station_id.in_(stations)))
    back = {(row.station_id, row.day): row for row in returns}
    rows = [
        (
            stations[trip.station_id], trip.day, trip.left_at, trip.seal,
            *(names.get(one) for one in (trip.first_id, trip.second_id, trip.scrutineer_id)),
            *_return(back.get((trip.station_id, trip.day)), names),
        )
        for trip in session.scalars(found.order_by(MobileTrip.station_id, MobileTrip.day))
    ]  # fmt: skip
    heads = (
        "票箱", "日期", "出发", "封号", "工作人员", "工作人员", "监票人",
        "回来", "回来时的封号", "封条", "不符的原因", "核对人", "核对的监票人",
    )  # fmt: skip
    if rows:
        yield table_file("流动票箱", heads, rows)


def _return(row: MobileReturn | None, names: Names) -> tuple[object, ...]:
    if row is None:
        return ("",) * 6
    condition = "破损" if row.is_broken else "完好"
    people = names.get(row.read_by), names.get(row.scrutineer_id)
    return (row.returned_at, row.found_seal, condition, row.difference_reason, *people)


def _cases(session: Session, round_: Round, names: Names) -> Iterator[File]:
    """Without what was said: it may name somebody."""
    found = select(DeskCase).filter_by(round_id=round_.id).order_by(DeskCase.number)
    rows = [
        (
            case.number, title_of(case.kind), case.ballot_count, title_of(case.outcome) if case.outcome else "",
            case.decision, names.get(case.decided_by or 0), case.decided_at,
        )
        for case in session.scalars(found)
    ]  # fmt: skip
    if rows:
        yield table_file("个案", ("序号", "类别", "涉及票数", "认定", "理由", "认定人", "时间"), rows)


def _sample(session: Session, round_: Round, names: Names) -> Iterator[File]:
    check = session.get(SampleCheck, round_.id)
    if check is None:
        return
    rows = [
        ("骰子", check.seed),
        ("掷骰录入", "、".join(filter(None, (names.get(check.first_by), names.get(check.second_by))))),
        ("纸质票", check.sheet_count),
        ("抽出", check.sample_size),
        ("误差界限（千分之）", check.bound_permille),
        ("与录入不同", check.differing_count),
        ("备注", check.note),
        ("核对", names.get(check.checked_by or 0)),
        ("确认", names.get(check.confirmed_by or 0)),
        ("时间", check.checked_at),
    ]
    yield table_file("抽查", ("项目", "内容"), rows)
