"""What the models say of a column, the database says too: on both kinds, and after every migration."""

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.platform.core.check_constraints import differing_checks
from diancai.platform.rounds.states import RoundState
from tests.factories import a_round, a_street

STATEMENTS = (
    "UPDATE round SET state = 'done'",
    "UPDATE round SET method = 'guess'",
    "UPDATE round SET binding = ''",
    "UPDATE menu_item SET category = 'food'",
    "UPDATE fund SET state = 'spent'",
    "UPDATE division SET level = 'planet'",
)


def test_every_check_of_the_models_stands_in_the_database(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differing_checks(connection) == set()


def test_a_check_that_is_missing_is_found(engine: Engine) -> None:
    with engine.connect() as connection:
        _forget_check(connection)
        assert ("job", "ck_job_state") in differing_checks(connection)
        connection.rollback()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_a_word_that_no_list_has(session: Session, statement: str) -> None:
    a_round(session, a_street(session), state=RoundState.DRAFT)
    with pytest.raises(IntegrityError, match="ck_"), session.begin_nested():
        session.execute(text(statement))


def _forget_check(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE job DROP CONSTRAINT ck_job_state"))
        return
    connection.execute(text("DROP TABLE job"))
    connection.execute(text("CREATE TABLE job (state TEXT)"))
