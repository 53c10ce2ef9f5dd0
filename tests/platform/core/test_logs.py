"""JSON logs that cannot hold a code, a choice, an address or a query string."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from diancai.platform.core.logs import SECRET_FIELDS, configure_logging
from diancai.platform.web.request_log import init_request_log


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_secret_fields_are_dropped_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    secrets = {name: f"secret-{name}" for name in SECRET_FIELDS}
    structlog.get_logger().info("cast", kept=1, nested=dict(secrets), **secrets)
    (line,) = lines(capsys)
    assert (line["event"], line["kept"], line["nested"]) == ("cast", 1, {})
    assert "secret-" not in json.dumps(line)


def test_an_exception_is_logged_by_type_and_place_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    try:
        raise ValueError("choices 3,5,7")
    except ValueError:
        structlog.get_logger().exception("broken")
        logging.getLogger("library").exception("broken too")
    ours, theirs = lines(capsys)
    for line in (ours, theirs):
        assert line["error"] == "ValueError"
        assert "test_logs.py" in str(line["where"])
        assert "3,5,7" not in json.dumps(line)


def test_servers_that_would_log_addresses_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    logging.getLogger("werkzeug").info("203.0.113.9 GET /vote?code=X")
    logging.getLogger("gunicorn.access").info("203.0.113.9 GET /vote?code=X")
    assert lines(capsys) == []


def an_app() -> Flask:
    app = Flask(__name__)
    init_request_log(app)
    for rule in ("/rounds/<int:round_id>", "/vote", "/vote/cast", "/healthz"):
        app.add_url_rule(rule, rule, lambda **_values: "ok", methods=["GET", "POST"])
    return app


def test_a_request_leaves_its_route_and_outcome_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    client = an_app().test_client()
    client.get("/rounds/7?tracker=AAAA-BBBB-CCCC", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    client.get("/nowhere/AAAA-BBBB-CCCC")
    found, missing = lines(capsys)
    assert (found["method"], found["route"], found["status"]) == ("GET", "/rounds/<int:round_id>", 200)
    assert (missing["route"], missing["status"]) == (None, 404)
    assert not {"AAAA", "203.0.113.9"} & {part for line in (found, missing) for part in json.dumps(line).split('"')}
    assert set(found) == {"event", "level", "timestamp", "method", "route", "status", "milliseconds"}


def test_the_way_to_the_vote_leaves_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    client = an_app().test_client()
    client.get("/vote")
    client.post("/vote/cast")
    client.get("/vote/not-a-page")
    client.get("/healthz")
    assert lines(capsys) == []
