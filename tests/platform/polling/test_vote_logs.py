"""What the log knows of a vote: nothing (vote.md 2)."""

import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from diancai.platform.core.keys import Keys
from diancai.platform.core.logs import configure_logging
from diancai.voting import tracker_key_of, tracker_text
from diancai.voting.board import idem_of
from tests.factories import AT, a_round, a_station, a_street, some_codes
from tests.sites import Clock, Site, an_app


@dataclass
class Forms(HTMLParser):
    """The forms of a page: where each goes, and the fields it would send."""

    found: dict[str, dict[str, str]] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = self.found.setdefault(facts.get("action", ""), {})
        elif tag == "input" and facts.get("type") == "hidden":
            self.current[facts["name"]] = facts["value"]


def form_to(page: TestResponse, address: str) -> dict[str, str]:
    forms = Forms()
    forms.feed(page.text)
    return dict(forms.found[address])


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT + timedelta(hours=1))) as running:
        running.app.testing = False  # as in production, what breaks down is answered and logged
        yield running


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that is written, and statements of the database as well."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG")
    logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
    yield stream
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    root.handlers[:], root.level = handlers, level
    structlog.configure(**kept)


def a_code(site: Site) -> str:
    with site.transaction() as session:
        round_ = a_round(session, a_street(session))
        return some_codes(session, a_station(session, round_), 1)[0]


def vote(client: FlaskClient, code: str, *, tries: int = 1) -> tuple[TestResponse, bytes]:
    """From the code to the receipt, and once more when the reply was lost."""
    start = client.get("/vote")
    ballot = client.post("/vote", data=form_to(start, "/vote") | {"code": code})
    review = client.post("/vote/review", data=form_to(ballot, "/vote/review") | {"choice": ["2", "5"]})
    fields = form_to(review, "/vote/cast") | {"choice": ["2", "5"]}
    for _ in range(tries):
        answer = client.post("/vote/cast", data=fields)
    return answer, bytes.fromhex(str(fields["r"]))


def secrets_of(code: str, r: bytes) -> list[str]:
    key = tracker_key_of(r)
    plain = [code, code.replace("-", ""), r.hex(), tracker_text(key), key.hex(), idem_of(r).hex(), "2,5"]
    return [*plain, repr(r)[2:-1], repr(key)[2:-1]]


def test_a_whole_vote_leaves_no_code_choice_nonce_or_tracker_in_the_log(site: Site, log: io.StringIO) -> None:
    code = a_code(site)
    receipt, r = vote(site.app.test_client(), code, tries=2)
    tracker = tracker_text(tracker_key_of(r))
    assert tracker in receipt.text
    site.app.test_client().get(f"/rounds/1/board?tracker={tracker}")
    written = log.getvalue()
    assert "FROM inbox_ballot" in written  # the retry's: statements are logged, the cast's own pass the log by
    assert [secret for secret in secrets_of(code, r) if secret in written] == []
    assert "/vote" not in written


def test_a_vote_that_breaks_down_leaves_no_more(site: Site, log: io.StringIO) -> None:
    code = a_code(site)
    with site.transaction() as session:
        session.execute(text("ALTER TABLE inbox_ballot RENAME COLUMN choices TO gone"))
    answer, r = vote(site.app.test_client(), code)
    assert answer.status_code in (500, 503)
    written = log.getvalue()
    assert "Error" in written
    assert [secret for secret in secrets_of(code, r) if secret in written + answer.text] == []


def test_what_somebody_logs_by_mistake_is_found_and_mostly_dropped(log: io.StringIO) -> None:
    code, r = "ABCD-EFGH-JKLM", bytes(range(16))
    structlog.get_logger().info("cast", code=code, facts={"tracker": tracker_text(tracker_key_of(r))})
    written = log.getvalue()
    assert [secret for secret in secrets_of(code, r) if secret in written] == []
    structlog.get_logger().info("cast", remark=f"{code} {r.hex()}")
    written = log.getvalue()
    assert [secret for secret in secrets_of(code, r) if secret in written] == [code, r.hex()]
