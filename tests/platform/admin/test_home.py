"""What the staff home shows to whom, and how a second person decides."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.admin import queries
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState
from diancai.platform.core.jobs import Job, JobState
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.queries import actor_of
from diancai.platform.notices.models import Channel
from diancai.platform.notices.operations import object_to_notice
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations import post_candidate_notice
from diancai.platform.rounds.operations.living import request_void
from diancai.platform.rounds.states import RoundState
from diancai.platform.supervision.operations import write_note
from tests.factories import AT, a_round, a_staff, a_street
from tests.offices import a_browser, form_token
from tests.platform.admin.conftest import Office

HOME = "/staff/"


def text_of(client: Any, address: str = HOME) -> str:
    text: str = client.get(address).get_data(as_text=True)
    return text


def a_void_request(office: Office, by: int) -> tuple[int, int]:
    """(round, request) of somebody who asks to void a round."""
    with office.site.transaction() as session:
        round_ = a_round(session, session.get_one(Division, office.street_id))
        request = request_void(session, round_, reason="暴雨停电", by=actor_of(session, by, AT), at=AT)
        return round_.id, request.id


def state_of(office: Office, request_id: int) -> RequestState:
    with office.site.transaction() as session:
        return session.get_one(ConfirmationRequest, request_id).state


def test_a_day_without_work_says_so(office: Office) -> None:
    assert "今天没有等您办的事" in text_of(office.browser_of(Role.CLERK))


def test_home_is_for_people_in_office_only(office: Office) -> None:
    answer = office.site.app.test_client().get(HOME)
    assert (answer.status_code, answer.location.startswith("/staff/sign-in")) == (303, True)


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.OFFICER, ("首页", "投票活动", "资金", "名册与领票", "设置"), ("日志", "人员")),
        (Role.ADMINISTRATOR, ("首页", "投票活动", "资金", "日志", "人员", "设置"), ("名册与领票",)),
        (Role.CLERK, ("首页", "投票活动", "名册与领票"), ("资金", "日志", "人员", "设置")),
        (Role.AUDITOR, ("首页", "投票活动", "资金", "日志"), ("人员", "设置")),
    ],
)
def test_the_rail_shows_what_the_person_may_open(
    office: Office, role: Role, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    rail = text_of(office.browser_of(role)).partition('class="rail-menu"')[2].partition("</nav>")[0]
    assert all(f">{label}" in rail for label in shown)
    assert not any(f">{label}" in rail for label in hidden)
    assert rail.count("<li>") <= 7


def test_a_request_waits_for_another_fitting_person_only(office: Office) -> None:
    asker = office.person(Role.LEADER, name="签发人甲")
    _round_id, request_id = a_void_request(office, asker)
    other = office.browser_of(Role.REVIEWER, name="审核人")
    assert "待我确认" in text_of(other)
    assert f"/staff/requests/{request_id}" in text_of(other)
    assert "待我确认" not in text_of(office.browser_of(Role.CLERK, name="文员"))
    shown = text_of(other, f"/staff/requests/{request_id}")
    for words in ("暴雨停电", "签发人甲", "投票活动作废", "不能恢复"):
        assert words in shown


def test_confirming_needs_the_typed_word_and_carries_it_out(office: Office) -> None:
    round_id, request_id = a_void_request(office, office.person(Role.LEADER, name="签发人甲"))
    client = office.browser_of(Role.REVIEWER, name="审核人")
    address = f"/staff/requests/{request_id}"
    fields = {"csrf_token": form_token(client, address), "typed": "好的"}
    refused = client.post(f"{address}/confirm", data=fields)
    assert refused.status_code == 422
    assert "好的" in refused.get_data(as_text=True)
    assert state_of(office, request_id) is RequestState.PENDING
    assert client.post(f"{address}/confirm", data=fields | {"typed": "确认"}).status_code == 303
    assert state_of(office, request_id) is RequestState.CONFIRMED
    with office.site.transaction() as session:
        assert session.get_one(Round, round_id).state is RoundState.VOID


def test_one_person_is_never_both_first_and_second(office: Office) -> None:
    asker = office.person(Role.LEADER, Role.REVIEWER, name="一个人")
    _round_id, request_id = a_void_request(office, asker)
    client = a_browser(office.site, asker)
    address = f"/staff/requests/{request_id}"
    answer = client.post(f"{address}/confirm", data={"csrf_token": form_token(client, address), "typed": "确认"})
    assert answer.status_code == 403
    assert "必须是两个人" in answer.get_data(as_text=True)
    assert state_of(office, request_id) is RequestState.PENDING
    withdrawn = client.post(f"{address}/withdraw", data={"csrf_token": form_token(client, address)})
    assert withdrawn.status_code == 303
    assert state_of(office, request_id) is RequestState.WITHDRAWN


def test_a_declined_request_does_nothing(office: Office) -> None:
    round_id, request_id = a_void_request(office, office.person(Role.LEADER, name="签发人甲"))
    client = office.browser_of(Role.REVIEWER, name="审核人")
    token = form_token(client, f"/staff/requests/{request_id}")
    assert client.post(f"/staff/requests/{request_id}/decline", data={"csrf_token": token}).status_code == 303
    assert (
        client.post(f"/staff/requests/{request_id}/confirm", data={"csrf_token": token, "typed": "确认"}).status_code
        == 409
    )
    with office.site.transaction() as session:
        assert session.get_one(Round, round_id).state is RoundState.VOTING


def test_another_streets_request_is_not_there(office: Office) -> None:
    _round_id, request_id = a_void_request(office, office.person(Role.LEADER, name="签发人甲"))
    with office.site.transaction() as session:
        other_id = a_street(session, code="110105001000", name="别的街道").id
    stranger = office.browser_of(Role.LEADER, Role.REVIEWER, name="别处的人", place_id=other_id)
    assert stranger.get(f"/staff/requests/{request_id}").status_code == 404


def test_an_unanswered_objection_waits_for_whoever_may_answer_it(office: Office) -> None:
    officer_id = office.person(Role.OFFICER, name="王敏之")
    with office.site.transaction() as session:
        round_ = a_round(session, session.get_one(Division, office.street_id), state=RoundState.DRAFT)
        by = actor_of(session, officer_id, AT)
        notice = post_candidate_notice(session, round_, basis="办法", by=by, at=AT)
        facts = {"contact": "", "channel": Channel.DESK, "by": by, "at": AT}
        object_to_notice(session, notice, text="预算太高", **facts)
    assert "预算太高" in text_of(office.browser_of(Role.OFFICER))
    assert "预算太高" not in text_of(office.browser_of(Role.CLERK))


def test_a_page_that_is_not_there_keeps_the_rail(office: Office) -> None:
    answer = office.browser_of(Role.CLERK).get("/staff/rounds/999")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text
    assert "名册与领票" in answer.text


def test_a_failed_job_is_shown_to_the_administrator_and_tried_again(office: Office) -> None:
    with office.site.transaction() as session:
        job = Job(
            name="polling.seal_round",
            arguments="[1]",
            due_at=AT + timedelta(hours=1),
            state=JobState.FAILED,
            attempts=20,
            last_error="TimeoutError",
        )
        session.add(job)
        session.flush()
        job_id = job.id
    client = office.browser_of(Role.ADMINISTRATOR)
    assert "分批封存选票" in text_of(client)
    assert "分批封存选票" not in text_of(office.browser_of(Role.OFFICER, name="经办"))
    client.post(f"/staff/jobs/{job_id}/retry", data={"csrf_token": form_token(client, HOME)})
    with office.site.transaction() as session:
        row = session.get_one(Job, job_id)
        assert (row.state, row.attempts, row.due_at) == (JobState.WAITING, 0, AT)
        assert "JobRetried" in session.scalars(select(AuditEntry.event)).all()


@pytest.mark.parametrize(
    ("state", "role", "code"),
    [
        (RoundState.DRAFT, Role.OFFICER, "next.draft"),
        (RoundState.ANNOUNCED, Role.CLERK, "next.announced"),
        (RoundState.SUSPENDED, Role.LEADER, "next.suspended"),
        (RoundState.COLLECTING, Role.SCRUTINEER, "next.collecting"),
        (RoundState.CLOSED, Role.SCRUTINEER, "next.closed"),
        (RoundState.COUNTED, Role.SCRUTINEER, "next.counted"),
        (RoundState.CERTIFIED, Role.OFFICER, "next.certified"),
        (RoundState.PUBLISHED, Role.OFFICER, "next.published"),
    ],
)
def test_each_state_names_the_next_step_and_whose_it_is(
    session: Session, state: RoundState, role: Role, code: str
) -> None:
    street = a_street(session)
    a_round(session, street, state=state)
    (mine,) = queries.next_steps(session, a_staff(session, street, role))
    (others,) = queries.next_steps(session, a_staff(session, street, Role.AUDITOR))
    assert (mine.code, mine.is_mine, others.is_mine) == (code, True, False)
    assert queries.next_steps(session, Actor(99)) == []


@pytest.mark.parametrize("role", list(Role))
def test_supervision_is_on_the_home_page_of_supervisors_alone(office: Office, role: Role) -> None:
    page, is_supervisor = text_of(office.browser_of(role)), role is Role.DISTRICT_SUPERVISOR
    assert ("区级督办" in page) == is_supervisor
    assert ('href="/staff/supervision"' in page) == is_supervisor


def test_notes_that_nobody_answered_in_time_are_counted_at_home(office: Office) -> None:
    facts = {"place_id": office.district_id}
    number = office.person(Role.DISTRICT_SUPERVISOR, name="宋怀瑾", **facts)
    with office.site.transaction() as session:
        writer = actor_of(session, number, AT)
        write_note(session, office.street_id, "公示要按时", local_day(AT) + timedelta(days=3), by=writer, at=AT)
    assert "到期未答复" not in text_of(office.browser_of(Role.DISTRICT_SUPERVISOR, name="李明", **facts))
    office.site.clock.at += timedelta(days=4)
    assert "1 条到期未答复" in text_of(office.browser_of(Role.DISTRICT_SUPERVISOR, name="欧阳大明", **facts))
