"""The sample street: built through the operations of the pages, the same at every build, alive at every start."""

import json
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.accounts.passwords import is_right
from diancai.platform.accounts.queries import staff_by_sign_in_name
from diancai.platform.cli.demo import panel, story
from diancai.platform.cli.demo.menu import MENU
from diancai.platform.cli.demo.people import residents
from diancai.platform.cli.demo.team import POSTS
from diancai.platform.core.audit import broken_entries
from diancai.platform.core.db import begin_write, open_engine
from diancai.platform.core.jobs import Job
from diancai.platform.core.keys import Keys
from diancai.platform.notices.models import Objection, Outcome
from diancai.platform.polling.models import BallotCode, ClosingMinute, CodeState, InboxBallot, SealedBallot
from diancai.platform.polling.operations.casting import CodeAnswer, read_code
from diancai.platform.polling.queries import given_count, register_count
from diancai.platform.results.models import Result, ResultItem
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.states import RoundState
from tests.databases import Databases

A_SUNDAY = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
END_OF_KNOWN_HOLIDAYS = datetime(2026, 12, 28, 3, 0, tzinfo=UTC)
ON_POSTGRESQL = pytest.param(("postgresql", A_SUNDAY), id="postgresql", marks=pytest.mark.postgres)
STREETS = [
    pytest.param(("sqlite", A_SUNDAY), id="sqlite"),
    pytest.param(("sqlite", END_OF_KNOWN_HOLIDAYS), id="sqlite-2026-12-28"),
    ON_POSTGRESQL,
]


@dataclass(frozen=True)
class BuiltStreet:
    engine: Engine
    keys: Keys
    at: datetime
    accounts_file: Path

    def open(self) -> Session:
        return Session(self.engine, info={"keys": self.keys})


def a_built_street(url: str, keys: Keys, at: datetime, folder: Path) -> BuiltStreet:
    street = BuiltStreet(open_engine(url), keys, at, folder / "accounts.txt")
    story.build(street.engine, keys, at=at, accounts_file=street.accounts_file)
    return street


@pytest.fixture(scope="module")
def template(databases: Databases, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltStreet]:
    """The street on SQLite, on an ordinary day; each test that changes something gets a copy of it."""
    url = databases.migrated("sqlite")
    built = a_built_street(url, keys, A_SUNDAY, tmp_path_factory.mktemp("template"))
    yield built
    built.engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="module", params=STREETS)
def street(
    request: pytest.FixtureRequest, databases: Databases, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BuiltStreet]:
    dialect, at = request.param
    if (dialect, at) == ("sqlite", A_SUNDAY):
        yield request.getfixturevalue("template")
        return
    url = databases.migrated(dialect)
    built = a_built_street(url, keys, at, tmp_path_factory.mktemp("demo"))
    yield built
    built.engine.dispose()
    databases.drop(url)


@pytest.fixture
def own_street(template: BuiltStreet, tmp_path: Path) -> Iterator[BuiltStreet]:
    assert template.engine.url.database is not None
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(template.engine.url.database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    engine = open_engine(f"sqlite:///{copy}")
    yield BuiltStreet(engine, template.keys, template.at, template.accounts_file)
    engine.dispose()


def the_round(session: Session, state: RoundState) -> Round:
    return session.scalars(select(Round).where(Round.state == state)).one()


def votes_by_name(session: Session) -> dict[str, int]:
    """The totals of the final round."""
    items = select(MenuItem.name, ResultItem.score).join(ResultItem, ResultItem.number == MenuItem.number)
    items = items.join(Result, Result.id == ResultItem.result_id).where(Result.round_id == MenuItem.round_id)
    return {row.name: row.score for row in session.execute(items)}


def ballots_of(session: Session, round_: Round) -> Counter[str]:
    boxes = (InboxBallot, SealedBallot)
    return Counter(text for box in boxes for text in session.scalars(select(box.choices).filter_by(round_id=round_.id)))


def numbered_menu(session: Session, round_: Round) -> list[tuple[str, str, int]]:
    rows = select(MenuItem.number, MenuItem.name, MenuItem.cost_fen).where(MenuItem.round_id == round_.id)
    return [(row.number, row.name, row.cost_fen) for row in session.execute(rows.order_by(MenuItem.position))]


def test_one_round_is_final_one_takes_ballots_and_one_is_being_drafted(street: BuiltStreet) -> None:
    with street.open() as session:
        rounds = session.scalars(select(Round).order_by(Round.id)).all()
        assert [round_.state for round_ in rounds] == [RoundState.FINAL, RoundState.VOTING, RoundState.DRAFT]
        voting = rounds[1]
        assert voting.opens_at < street.at - timedelta(days=4) < street.at + timedelta(days=6) < voting.closes_at
        assert {item[1] for item in numbered_menu(session, voting)} == {dish.name for dish in MENU}
        assert session.scalar(select(func.count()).where(Job.attempts > 0)) == 0
        assert list(broken_entries(session)) == []


def test_the_counts_of_every_round_balance(street: BuiltStreet) -> None:
    with street.open() as session:
        final, voting = the_round(session, RoundState.FINAL), the_round(session, RoundState.VOTING)
        minute = session.get_one(ClosingMinute, final.id)
        result = session.scalars(select(Result)).one()
        assert 600 <= minute.ballot_count == minute.used_code_count == result.ballot_count <= minute.given_count
        assert result.spent_fen + result.left_fen == final.fund_fen
        used = select(func.count()).where(BallotCode.round_id == voting.id, BallotCode.state == CodeState.USED)
        assert session.scalar(used) == ballots_of(session, voting).total() == 200
        assert given_count(session, voting) == 300
        assert register_count(session, voting) == 1_002, "two were registered late, a third still waits"


def test_the_final_round_has_its_objection_answered_and_its_register_purged(street: BuiltStreet) -> None:
    with street.open() as session:
        final = the_round(session, RoundState.FINAL)
        outcomes = set(session.scalars(select(Objection.outcome)))
        assert outcomes == {Outcome.UPHELD_AS_IS}
        assert final.final_at is not None
        assert final.register_purged_at is not None
        reasons = set(session.scalars(select(ResultItem.reason_code)))
        assert reasons == {"won.by_votes", "lost.fund_left"}


def test_a_stranger_verifies_the_published_result(street: BuiltStreet, tmp_path: Path) -> None:
    with street.open() as session:
        result = session.scalars(select(Result)).one()
    bundle = tmp_path / "bundle.json"
    bundle.write_text(result.bundle, "utf-8")
    command = [sys.executable, "-m", "diancai.verify", str(bundle), "--expect", result.bundle_sha256]
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert json.loads(result.bundle)["result"]["version"] == 1


def test_everybody_signs_in_with_the_password_in_a_file_for_the_owner_only(street: BuiltStreet) -> None:
    assert stat.S_IMODE(street.accounts_file.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in street.accounts_file.read_text("utf-8").splitlines()]
    assert [line[2] for line in lines] == [post.sign_in_name for post in POSTS]
    with street.open() as session:
        staff = staff_by_sign_in_name(session, lines[0][2])
        assert staff is not None
        assert is_right(staff.password_hash, lines[0][3])
        assert staff.totp_secret is None
        assert not staff.must_change_password


@pytest.mark.parametrize("street", [ON_POSTGRESQL], indirect=True)
def test_the_same_clock_gives_the_same_menu_and_the_same_totals(street: BuiltStreet, template: BuiltStreet) -> None:
    with street.open() as one, template.open() as other:
        for state in (RoundState.FINAL, RoundState.VOTING):
            ours, theirs = the_round(one, state), the_round(other, state)
            assert numbered_menu(one, ours) == numbered_menu(other, theirs)
            assert ballots_of(one, ours) == ballots_of(other, theirs)
        assert votes_by_name(one) == votes_by_name(other)


def test_each_start_hands_out_a_fresh_code_on_record(own_street: BuiltStreet) -> None:
    at = own_street.at + timedelta(hours=2)
    story.refresh(own_street.engine, own_street.keys, at=at)
    codes = {story.mint_code(own_street.engine, own_street.keys, at=at) for _ in range(2)}
    with own_street.open() as session:
        begin_write(session)
        assert [read_code(session, code).answer for code in codes] == [CodeAnswer.LIVE] * 2
        assert session.scalar(select(func.count(Round.id))) == 3, "a second start keeps its data"
        assert given_count(session, the_round(session, RoundState.VOTING)) == 302


@pytest.mark.parametrize("days", [6, 9, 500])
def test_a_start_near_or_after_the_close_opens_another_round_by_copying(own_street: BuiltStreet, days: int) -> None:
    at = own_street.at + timedelta(days=days)
    story.refresh(own_street.engine, own_street.keys, at=at)
    code = story.mint_code(own_street.engine, own_street.keys, at=at)
    with own_street.open() as session:
        newest = session.scalars(select(Round).order_by(Round.id.desc())).first()
        assert newest is not None
        assert newest.state is RoundState.VOTING
        assert newest.closes_at - at > timedelta(days=6)
        assert {item[1] for item in numbered_menu(session, newest)} == {dish.name for dish in MENU}
        assert all(session.scalars(select(MenuItem.completes_on).where(MenuItem.round_id == newest.id)))
        reading = read_code(session, code)
        assert reading.proof is not None
        assert reading.proof.round_id == newest.id
        assert list(broken_entries(session)) == []


def test_the_menu_has_24_costed_items_in_three_categories_under_their_caps() -> None:
    assert len(MENU) == 24
    assert {dish.category for dish in MENU} == set(ItemCategory)
    assert all(60 <= len(dish.text) <= 120 and dish.origin and dish.picture_alt for dish in MENU)
    assert all(len(dish.picture_content) <= 12_000 for dish in MENU)


def test_a_thousand_residents_of_15_to_90_years_are_the_same_at_every_call() -> None:
    people = residents(2026)
    assert len(people) == 1_000
    assert people == residents(2026)
    ages = [2026 - person.birth_year for person in people]
    assert min(ages) == 15
    assert max(ages) == 90
    assert len({person.door for person in people}) == 1_000
    assert any("\u00b7" in person.name for person in people)
    assert any(not person.is_local for person in people)


def test_the_panel_shows_the_way_in_and_no_more_accounts_than_it_needs(template: BuiltStreet) -> None:
    accounts = template.accounts_file.read_text("utf-8")
    shown = panel.panel(
        origin="http://127.0.0.1:8000", code="ABCD-EFGH-JKLM", kiosk_code="MNPQ-2345-6789", accounts=accounts
    )
    assert "http://127.0.0.1:8000/vote#ABCD-EFGH-JKLM" in shown
    assert "/kiosk （登记码 one-time code MNPQ-2345-6789）" in shown
    assert "RESET=1" in shown
    assert "officer-b" in shown
    assert "supervisor" not in shown
    assert len(shown.splitlines()) <= 40
