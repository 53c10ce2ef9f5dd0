"""Things that tests need, as plain functions with keyword defaults. Rules are made by the operations under test."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import Actor, Grant, Role
from diancai.platform.core.keys import keys_of
from diancai.platform.divisions.models import Division, Level, StreetOffice
from diancai.platform.funds.models import Fund
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import BallotCode, RegisterEntry, Station
from diancai.platform.polling.operations.persons import Person, entry_columns
from diancai.platform.polling.operations.readings import keep_readings
from diancai.platform.rounds.models import MenuItem, Round, RuleBook
from diancai.platform.rounds.states import RoundState
from diancai.voting import new_code

AT = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""A Tuesday at ten in the morning in China; tests count from here."""


def a_street(session: Session, *, code: str = "110102001000", name: str = "示范街道", **office: Any) -> Division:
    """A street in a district of its own, with one community and an office."""
    district = Division(level=Level.DISTRICT, code=f"{code[:6]}000000", name="示范区", valid_from=date(2020, 1, 1))
    session.add(district)
    session.flush()
    street = Division(level=Level.STREET, code=code, name=name, parent_id=district.id, valid_from=date(2020, 1, 1))
    session.add(street)
    session.flush()
    a_community(session, street, code=f"{code[:9]}001")
    facts = {
        "office_name": f"{name}办事处",
        "help_phone": "010-60000000",
        "supervision_phone": "010-60000001",
        "address": "示范路1号",
        "office_hours": "工作日9:00—17:00",
        "contact_name": "王敏",
    }
    session.add(StreetOffice(street_id=street.id, **(facts | office)))
    session.flush()
    return street


def a_community(session: Session, street: Division, *, code: str = "110102001001", name: str = "第一社区") -> Division:
    community = Division(level=Level.COMMUNITY, code=code, name=name, parent_id=street.id, valid_from=date(2020, 1, 1))
    session.add(community)
    session.flush()
    return community


def a_staff(session: Session, street: Division, *roles: Role, name: str = "张伟") -> Actor:
    """A person in office with these roles in the street, as the actor that the operations get."""
    person = Staff(sign_in_name=f"staff{session.query(Staff).count() + 1}", name=name, password_hash="-", created_at=AT)
    session.add(person)
    session.flush()
    return Actor(person.id, name, frozenset(Grant(role, street.id) for role in roles))


def a_round(
    session: Session, street: Division, *, state: RoundState = RoundState.VOTING, items: int = 6, **columns: Any
) -> Round:
    """A round with a menu of `items` dishes at 10万 each and a frozen rule book, brought into `state` by the shortest way."""
    fund = Fund(
        street_id=street.id,
        year=2026,
        name="民生微实事专项资金",
        budget_line=f"2120201-{session.query(Fund).count() + 1}",
        amount_fen=300_000_000,
        created_at=AT,
    )
    session.add(fund)
    session.flush()
    facts: dict[str, Any] = {
        "title": "2026年家门口的小实事",
        "year": 2026,
        "fund_id": fund.id,
        "fund_fen": 30_000_000,
        "max_marks": 3,
        "opens_at": AT,
        "closes_at": AT + timedelta(days=7),
        "latest_close_at": AT + timedelta(days=14),
        "created_at": AT - timedelta(days=30),
        "log_risk_accepted_by": "甲、乙",
    }
    round_ = Round(street_id=street.id, state=RoundState.DRAFT, **(facts | columns))
    session.add(round_)
    session.flush()
    for number in range(1, items + 1):
        session.add(a_menu_item(round_, number))
    session.flush()
    if state is not RoundState.DRAFT:
        _announce(session, round_, state)
    return round_


def a_menu_item(round_: Round, number: int, **columns: Any) -> MenuItem:
    facts: dict[str, Any] = {
        "name": f"第{number}道菜",
        "category": ItemCategory.WORKS,
        "cost_fen": 10_000_000,
        "place": "小区南门",
        "completes_on": date(2027, 6, 30),
    }
    return MenuItem(round_id=round_.id, number=str(number), position=number, **(facts | columns))


def _announce(session: Session, round_: Round, state: RoundState) -> None:
    items = session.query(MenuItem).filter_by(round_id=round_.id).order_by(MenuItem.position)
    text = json.dumps(
        {
            "ballot": {
                "type": round_.ballot_type.value,
                "min_marks": round_.min_marks,
                "max_marks": round_.max_marks,
            },
            "fund_fen": round_.fund_fen,
            "items": [{"number": item.number, "cost_fen": item.cost_fen} for item in items],
        },
        sort_keys=True,
    )
    sha256 = hashlib.sha256(f"{round_.id}{text}".encode()).hexdigest()
    session.add(RuleBook(round_id=round_.id, text=text, sha256=sha256, frozen_at=AT))
    session.flush()
    round_.announced_at = round_.created_at
    round_.state = state
    session.flush()


def a_station(session: Session, round_: Round, *, name: str = "第一投票点") -> Station:
    station = Station(round_id=round_.id, name=name, address="示范路2号", hours="9:00—17:00", phone="010-60000002")
    session.add(station)
    session.flush()
    return station


def some_codes(session: Session, station: Station, count: int) -> list[str]:
    """Live bearer codes of a station, in clear."""
    codes = [new_code() for _ in range(count)]
    keys = keys_of(session)
    session.add_all(
        BallotCode(code_key=key, round_id=station.round_id, station_id=station.id)
        for key in sorted(code_key(keys, code) for code in codes)
    )
    session.flush()
    return codes


def an_entry(
    session: Session, round_: Round, *, name: str = "李明", community_id: int | None = None, **columns: Any
) -> RegisterEntry:
    """A person of the register, of the street's first community unless told otherwise."""
    first = session.query(Division).filter_by(parent_id=round_.street_id).order_by(Division.id).first()
    assert first is not None
    facts: dict[str, Any] = {"household": "3栋-201", "birth_year": 1956, "id_last_four": None, "phone": ""}
    person = Person(
        name=name, community_id=community_id or first.id, **{k: columns.pop(k, v) for k, v in facts.items()}
    )
    entry = RegisterEntry(round_id=round_.id, **entry_columns(keys_of(session), round_.id, person), **columns)
    session.add(entry)
    session.flush()
    keep_readings(session, round_.id, [(entry.id, name)])
    return entry
