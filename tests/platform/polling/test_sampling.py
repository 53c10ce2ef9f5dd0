"""抽查: dice typed by two, sheets drawn by them, a finding by two."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.polling.sample_models import SampleCheck
from diancai.platform.polling.sample_queries import drawn_sheets
from diancai.platform.rounds.models import Round, RoundScrutineer
from tests.factories import AT, a_staff
from tests.platform.polling.test_paper_pages import SHEETS, PaperDesk, opened
from tests.sites import Clock, an_app


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[PaperDesk]:
    """Three sheets, read by two alike; the round has two scrutineers."""
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        desk = PaperDesk(site)
        desk.second = second_scrutineer(desk)  # type: ignore[attr-defined]
        opened(desk)
        yield desk


def second_scrutineer(desk: PaperDesk) -> Actor:
    with desk.site.transaction() as session:
        street = session.get_one(Division, session.get_one(Round, desk.round_id).street_id)
        second = a_staff(session, street, Role.SCRUTINEER, name="周票")
        for actor, is_chief in ((desk.scrutineer, True), (second, False)):
            row = {"round_id": desk.round_id, "staff_id": actor.staff_id, "is_chief": is_chief}
            session.add(RoundScrutineer(chosen_by="推选", has_no_conflict=True, appointed_at=AT, **row))
    return second


def keyed(desk: PaperDesk) -> None:
    for reader in (desk.clerk, desk.other_clerk):
        desk.sits(reader)
        desk.reads(SHEETS)


def typed(desk: PaperDesk, by: Actor, seed: str, status: int = 303, bound: int = 10) -> str:
    desk.sits(by)
    return desk.post("papers/sample", status, seed=seed, bound=bound)


def both(desk: PaperDesk) -> list[Actor]:
    return [desk.scrutineer, desk.second]  # type: ignore[attr-defined]


def in_database(desk: PaperDesk, work: Callable[[Session, Round], object]) -> object:
    with desk.site.transaction() as session:
        return work(session, session.get_one(Round, desk.round_id))


def test_two_scrutineers_type_the_same_dice_and_two_people_find(desk: PaperDesk) -> None:
    keyed(desk)
    first, second = both(desk)
    typed(desk, first, "3 1 6")
    assert "等另一名监票人输入" in desk.get("papers/sample")
    typed(desk, second, "３  1 6")
    (check,) = desk.all(SampleCheck)
    assert (check.seed, check.sheet_count, check.sample_size) == ("3 1 6", 3, 3)
    page = desk.get("papers/sample")
    assert "要查的票" in page
    assert "1,2" in page
    assert "请写明是哪几张" in desk.post("papers/sample/result", 422, differing_count=1)
    desk.post("papers/sample/result", differing_count=0)
    desk.confirm(by=first)
    (check,) = desk.all(SampleCheck)
    assert (check.differing_count, check.checked_by, check.confirmed_by) == (0, second.staff_id, first.staff_id)
    assert "全部一致" in desk.get("papers/sample")


def test_other_dice_draw_nothing(desk: PaperDesk) -> None:
    keyed(desk)
    for by, seed in zip(both(desk), ("3 1 6", "3 1 5"), strict=True):
        typed(desk, by, seed)
    assert desk.all(SampleCheck) == []
    assert "输入的不一样" in desk.get("papers/sample")
    typed(desk, both(desk)[0], "3 1 5", bound=20)
    assert desk.all(SampleCheck) == []


def test_dice_are_typed_after_keying_and_by_the_rounds_own_scrutineers(desk: PaperDesk) -> None:
    assert "全部录完、确认以后才能抽查" in typed(desk, both(desk)[0], "3 1 6", 409)
    keyed(desk)
    assert "由本次投票的监票人输入" in typed(desk, desk.officer, "3 1 6", 403)
    assert "请填写骰子的点数" in typed(desk, both(desk)[0], " ", 422)
    assert "请选择要排除的误录比例" in typed(desk, both(desk)[0], "3", 422, bound=999)


def test_what_stands_on_the_sheets_is_for_those_who_look_at_them(desk: PaperDesk) -> None:
    keyed(desk)
    for by in both(desk):
        typed(desk, by, "3 1 6")
    desk.sits(desk.clerk)
    assert "第几张" not in desk.get("papers/sample")


def test_a_draw_and_a_finding_stand(desk: PaperDesk) -> None:
    keyed(desk)
    for by in both(desk):
        typed(desk, by, "3 1 6")
    assert "已经抽过" in typed(desk, both(desk)[0], "6 6 6", 409)
    drawn = in_database(
        desk, lambda session, round_: drawn_sheets(session, round_, session.scalars(select(SampleCheck)).one())
    )
    assert [(one.batch, one.place) for one in drawn] == [(1, 1), (1, 2), (1, 3)]  # type: ignore[attr-defined]
    with pytest.raises((IntegrityError, DomainError)):
        in_database(desk, lambda session, _: session.execute(update(SampleCheck).values(seed="6 6 6")))
