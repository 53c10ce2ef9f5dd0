import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.platform.core.triggers import differing_triggers
from tests.factories import a_round, a_street


def test_the_live_triggers_are_those_declared(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differing_triggers(connection) == set()


@pytest.mark.parametrize("statement", ["title = 'x'", "closes_at = opens_at"])
def test_a_refusal_is_one_of_integrity_on_both_databases(session: Session, statement: str) -> None:
    """So a page answers it as it answers a constraint: 409, something changed meanwhile."""
    a_round(session, a_street(session))
    with pytest.raises(IntegrityError, match="refused by round_"):
        session.execute(text(f"UPDATE round SET {statement}"))
