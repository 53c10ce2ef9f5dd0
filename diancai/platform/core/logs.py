"""JSON lines on standard error. They never hold a code, a choice, a nonce, a proof or a query string."""

import logging
import sys
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

SECRET_FIELDS = frozenset(
    {
        "choice",
        "choices",
        "code",
        "idem",
        "nonce",
        "password",
        "proof",
        "query",
        "query_string",
        "r",
        "token",
        "tracker",
    }
)
"""Dropped from every line, whoever writes it."""
QUIET = ("werkzeug", "gunicorn.access", "alembic")
"""Loggers that write the address and query string of each request, or every plug-in they load."""

LogEvent = MutableMapping[str, Any]


def configure_logging(level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to standard error, as JSON, one line an event."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        drop_secrets,
    ]
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_standard_formatter(shared))
    logging.basicConfig(level=threshold, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _standard_formatter(shared: list[structlog.typing.Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        keep_exc_info=False,
    )


def drop_secrets(_logger: Any, _method: str, event: LogEvent) -> LogEvent:
    """Leave out what a log must not know, also inside nested facts."""
    return {name: _clean(value) for name, value in event.items() if name not in SECRET_FIELDS}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items() if name not in SECRET_FIELDS}
    return value


def describe_exception(_logger: Any, _method: str, event: LogEvent) -> LogEvent:
    """Type and places of an exception; not its message and not its locals, which might be a choice."""
    found = event.pop("exc_info", None)
    if not found:
        return event
    problem = (
        found if isinstance(found, BaseException) else (found[1] if isinstance(found, tuple) else sys.exc_info()[1])
    )
    if problem is not None:
        event["error"] = type(problem).__name__
        event["where"] = frames(problem.__traceback__)
    return event


def frames(trace: TracebackType | None) -> list[str]:
    """`file:line function` of the innermost frames."""
    found = []
    while trace:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/diancai/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-8:]
