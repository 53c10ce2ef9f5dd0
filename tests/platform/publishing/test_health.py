"""For machines: up, ready, and figures that tell nothing about a voter."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from diancai.platform.core.jobs import enqueue
from diancai.platform.polling.models import InboxBallot, Seal
from diancai.platform.publishing.metrics import sealed_ballots
from tests.factories import AT, a_round, a_street
from tests.sites import Site


def test_a_process_that_answers_is_up(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_a_database_at_the_newest_migration_is_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200


def test_a_database_at_another_migration_is_not_ready(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready\n")


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("203.0.113.9", {"Authorization": "Bearer " + "t" * 20}, 200),
        ("203.0.113.9", {"Authorization": "Bearer " + "t" * 19}, 404),
        ("203.0.113.9", {"Authorization": "Bearer 点"}, 404),
        ("203.0.113.9", {"Authorization": "Basic " + "t" * 20}, 404),
    ],
)
def test_metrics_answer_loopback_or_the_token_only(
    client: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    answer = client.get("/metrics", headers=encoded, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_metrics_count_jobs_rounds_and_sealed_ballots_but_no_cast(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        round_ = a_round(session, a_street(session))
        enqueue(session, "polling.seal", round_.id, due_at=site.clock() - timedelta(seconds=90))
        seal = {"root": "0" * 64, "signature": "0" * 128, "is_closing": False}
        session.add(Seal(round_id=round_.id, number=1, sealed_at=AT, ballot_count=40, **seal))
        for n in range(9):
            session.add(InboxBallot(round_id=round_.id, tracker_key=bytes([n]) * 16, choices="1"))
    figures = client.get("/metrics").text
    assert 'diancai_jobs{state="waiting"} 1.0' in figures
    assert 'diancai_rounds{state="voting"} 1.0' in figures
    assert "diancai_oldest_due_job_seconds 90.0" in figures
    assert "diancai_sealed_ballots 40.0" in figures
    assert "49" not in figures


def test_a_seal_is_told_only_when_its_ten_minutes_are_over(site: Site) -> None:
    seal = {"root": "0" * 64, "signature": "0" * 128, "is_closing": False}
    with site.transaction() as session:
        round_ = a_round(session, a_street(session))
        for number, minute, count in ((1, 0, 40), (2, 13, 70)):
            at = AT + timedelta(minutes=minute)
            session.add(Seal(round_id=round_.id, number=number, sealed_at=at, ballot_count=count, **seal))
    with site.transaction() as session:
        told = [sealed_ballots(session, at=AT + timedelta(minutes=minute)) for minute in (5, 12, 14, 19, 20)]
    assert told == [0, 40, 40, 40, 70]
