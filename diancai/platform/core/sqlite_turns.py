"""Writers on SQLite take turns: one file beside the database, locked for the length of a writing transaction.

SQLite's own waiting is a sleep and another try; under load some writers starve for more than ten seconds. A file lock
waits in the kernel, wakes the next at once, holds across processes, and ends with a process that is killed.
"""

import fcntl
import os
from typing import Any

from sqlalchemy import Connection, Engine, event

_TURN = "turn"


def take_turn(connection: Connection) -> None:
    """Wait until no other writer is at work. The turn ends when the connection goes back to its pool."""
    path = connection.engine.url.database
    if not path or path == ":memory:":
        return
    # Every transaction opens the file anew: a lock belongs to an opening, not to a process.
    turn = os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(turn, fcntl.LOCK_EX)
    connection.info[_TURN] = turn


def end_turns(engine: Engine) -> None:
    """Let the turn of a connection end with its transaction, however that ends."""
    for name in ("checkin", "invalidate", "close"):
        event.listen(engine, name, _end_turn)


def _end_turn(_connection: Any, record: Any = None, *_: object) -> None:
    turn = record.info.pop(_TURN, None) if record is not None else None
    if turn is not None:
        os.close(turn)
