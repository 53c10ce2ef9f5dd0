from sqlalchemy import Engine

from diancai.platform.core.triggers import differing_triggers


def test_the_live_triggers_are_those_declared(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differing_triggers(connection) == set()
