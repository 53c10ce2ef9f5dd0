import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.db import transaction
from diancai.platform.results.operations import count_round, type_draw
from diancai.platform.results.queries import draw_of, typed_by
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.platform.results.stage import CLOSED_AT, DRAW, a_stage, draw
from tests.threads import behind_a_lock


def test_the_draw_is_made_when_two_scrutineers_typed_the_same(session: Session) -> None:
    stage = a_stage(session, ["1"])
    assert type_draw(session, stage.round_, f" {DRAW} ", by=stage.chief, at=CLOSED_AT) is None
    made = type_draw(session, stage.round_, DRAW, by=stage.second, at=CLOSED_AT)
    assert made is not None
    assert (made.text, made.first_by, made.second_by) == (DRAW, stage.chief.staff_id, stage.second.staff_id)


def test_different_texts_make_no_draw_and_may_be_typed_again(session: Session) -> None:
    stage = a_stage(session, ["1"])
    type_draw(session, stage.round_, "1 2 3", by=stage.chief, at=CLOSED_AT)
    assert type_draw(session, stage.round_, "1 2 4", by=stage.second, at=CLOSED_AT) is None
    assert draw_of(session, stage.round_) is None
    assert typed_by(session, stage.round_) == {stage.chief.staff_id, stage.second.staff_id}
    assert type_draw(session, stage.round_, "1 2 4", by=stage.chief, at=CLOSED_AT) is not None


def test_one_person_cannot_be_both(session: Session) -> None:
    stage = a_stage(session, ["1"])
    type_draw(session, stage.round_, DRAW, by=stage.chief, at=CLOSED_AT)
    assert type_draw(session, stage.round_, DRAW, by=stage.chief, at=CLOSED_AT) is None


def test_only_scrutineers_of_this_round_draw(session: Session) -> None:
    stage = a_stage(session, ["1"])
    with pytest.raises(NotAllowed, match=r"draw\.not_appointed"):
        type_draw(session, stage.round_, DRAW, by=stage.officer, at=CLOSED_AT)


@pytest.mark.parametrize(
    ("text", "code"), [("  ", "draw.empty"), ("1\n2", "draw.one_line"), ("9" * 201, "draw.too_long")]
)
def test_a_draw_is_one_short_line(session: Session, text: str, code: str) -> None:
    stage = a_stage(session, ["1"])
    with pytest.raises(InvalidInput, match=code):
        type_draw(session, stage.round_, text, by=stage.chief, at=CLOSED_AT)


def test_a_draw_stands_once_it_is_made(session: Session) -> None:
    stage = a_stage(session, ["1"])
    draw(session, stage)
    with pytest.raises(Conflict, match=r"draw\.already_made"):
        type_draw(session, stage.round_, "other", by=stage.third, at=CLOSED_AT)


def test_nothing_is_drawn_before_the_seal_or_after_the_count(session: Session) -> None:
    stage = a_stage(session, ["1"])
    stage.round_.state = RoundState.COLLECTING
    with pytest.raises(WrongState, match=r"draw\.not_now"):
        type_draw(session, stage.round_, DRAW, by=stage.chief, at=CLOSED_AT)
    stage.round_.state = RoundState.CLOSED
    draw(session, stage)
    count_round(session, stage.round_, by=stage.officer, at=CLOSED_AT)
    with pytest.raises(WrongState, match=r"draw\.not_now"):
        type_draw(session, stage.round_, DRAW, by=stage.third, at=CLOSED_AT)


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_two_who_type_the_same_at_once_make_the_draw(engine: Engine, session: Session) -> None:
    stage = a_stage(session, ["1"])
    round_id, second = stage.round_.id, stage.second
    session.commit()
    type_draw(session, stage.round_, DRAW, by=stage.chief, at=CLOSED_AT)

    def type_it_too() -> str | None:
        with transaction(engine) as other:
            made = type_draw(other, other.get_one(Round, round_id), DRAW, by=second, at=CLOSED_AT)
            return made.text if made else None

    assert behind_a_lock(engine, session.commit, type_it_too) == DRAW
