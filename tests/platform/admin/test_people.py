"""The pages on people in office."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import Role
from diancai.platform.divisions.queries import actor_of
from tests.factories import AT, a_street
from tests.offices import form_token
from tests.platform.admin.conftest import Office

PEOPLE = "/staff/people"


def send(client: FlaskClient, address: str, page: str, **fields: object) -> TestResponse:
    return client.post(address, data={"csrf_token": form_token(client, page), **fields})


def roles_of(office: Office, staff_id: int) -> frozenset[Role]:
    with office.site.transaction() as session:
        return actor_of(session, staff_id, AT).roles_in(office.street_id)


def test_an_administrator_adds_somebody_and_sees_the_first_password_once(office: Office) -> None:
    client = office.browser_of(Role.ADMINISTRATOR)
    fields = {"name": "周七", "sign_in_name": "zhou.qi", "role": "officer", "division_id": office.street_id}
    shown = send(client, f"{PEOPLE}/add", f"{PEOPLE}/add", **fields).get_data(as_text=True)
    assert "周七 的首次密码" in shown
    assert "周七" in client.get(PEOPLE).get_data(as_text=True)
    with office.site.transaction() as session:
        person = session.query(Staff).filter_by(sign_in_name="zhou.qi").one()
        assert person.must_change_password
        person_id = person.id
    assert roles_of(office, person_id) == {Role.OFFICER}
    again = send(client, f"{PEOPLE}/add", f"{PEOPLE}/add", **fields)
    assert again.status_code == 409
    assert "zhou.qi 已有人使用" in again.get_data(as_text=True)


def test_fields_that_the_form_does_not_have_are_ignored(office: Office) -> None:
    client = office.browser_of(Role.ADMINISTRATOR)
    fields = {"name": "周七", "sign_in_name": "zhou.qi", "role": "clerk", "division_id": office.street_id}
    send(client, f"{PEOPLE}/add", f"{PEOPLE}/add", **fields, must_change_password="", id="1", roles="administrator")
    with office.site.transaction() as session:
        person = session.query(Staff).filter_by(sign_in_name="zhou.qi").one()
        assert person.must_change_password
        assert actor_of(session, person.id, AT).roles_in(office.street_id) == {Role.CLERK}


def test_roles_are_given_and_taken_on_the_page_of_a_person(office: Office) -> None:
    client, person = office.browser_of(Role.ADMINISTRATOR), office.person(Role.CLERK, name="何文员")
    address = f"{PEOPLE}/{person}"
    place = office.street_id
    assert send(client, f"{address}/roles", address, role="officer", division_id=place).status_code == 303
    assert roles_of(office, person) == {Role.CLERK, Role.OFFICER}
    twice = send(client, f"{address}/roles", address, role="officer", division_id=place)
    assert (twice.status_code, "已经有这个角色" in twice.get_data(as_text=True)) == (409, True)
    revoke = client.get(address).get_data(as_text=True).partition(f'action="{address}/roles/')[2].partition('"')[0]
    assert send(client, f"{address}/roles/{revoke}", address).status_code == 303
    assert roles_of(office, person) == {Role.OFFICER}


def test_a_role_outside_the_own_street_cannot_be_chosen(office: Office) -> None:
    client, person = office.browser_of(Role.ADMINISTRATOR), office.person(Role.CLERK, name="何文员")
    address = f"{PEOPLE}/{person}"
    refused = send(client, f"{address}/roles", address, role="administrator", division_id=office.district_id)
    assert refused.status_code == 422
    assert roles_of(office, person) == {Role.CLERK}


def test_a_deputy_is_named_and_ended(office: Office) -> None:
    client = office.browser_of(Role.ADMINISTRATOR)
    leader, clerk = office.person(Role.LEADER, name="刘签发"), office.person(Role.CLERK, name="何文员")
    address = f"{PEOPLE}/{leader}"
    fields = {"deputy_id": clerk, "first_day": "2026-09-01", "last_day": "2026-09-03"}
    assert send(client, f"{address}/deputies", address, **fields).status_code == 303
    assert roles_of(office, clerk) == {Role.CLERK, Role.LEADER}
    wrong = send(client, f"{address}/deputies", address, **(fields | {"last_day": "2026-08-01"}))
    assert "结束日期不能早于开始日期" in wrong.get_data(as_text=True)
    end = client.get(address).get_data(as_text=True).partition(f'action="{address}/deputies/')[2].partition('"')[0]
    send(client, f"{address}/deputies/{end}", address)
    assert roles_of(office, clerk) == {Role.CLERK}


def test_an_account_is_ended_and_restored(office: Office) -> None:
    client, person = office.browser_of(Role.ADMINISTRATOR), office.person(Role.CLERK, name="何文员")
    address = f"{PEOPLE}/{person}"
    send(client, f"{address}/deactivate", address)
    assert not roles_of(office, person)
    assert "已停用" in client.get(address).get_data(as_text=True)
    send(client, f"{address}/reactivate", address)
    assert roles_of(office, person) == {Role.CLERK}


def test_a_password_is_reset_for_somebody_else(office: Office) -> None:
    client, person = office.browser_of(Role.ADMINISTRATOR), office.person(Role.CLERK, name="何文员")
    shown = send(client, f"{PEOPLE}/{person}/password", f"{PEOPLE}/{person}")
    assert "何文员 的首次密码" in shown.get_data(as_text=True)


def test_people_of_another_street_are_not_there(office: Office) -> None:
    with office.site.transaction() as session:
        other_id = a_street(session, code="110105001000", name="别的街道").id
    stranger = office.person(Role.OFFICER, name="别处的人", place_id=other_id)
    client = office.browser_of(Role.ADMINISTRATOR)
    assert "别处的人" not in client.get(PEOPLE).get_data(as_text=True)
    assert client.get(f"{PEOPLE}/{stranger}").status_code == 404


def test_people_are_found_by_role_and_name(office: Office) -> None:
    client = office.browser_of(Role.ADMINISTRATOR)
    office.person(Role.CLERK, name="何文员")
    assert "何文员" in client.get(f"{PEOPLE}?role=clerk&words=文").get_data(as_text=True)
    assert "何文员" not in client.get(f"{PEOPLE}?role=leader").get_data(as_text=True)


def test_only_administrators_manage_people(office: Office) -> None:
    person = office.person(Role.CLERK, name="何文员")
    client = office.browser_of(Role.OFFICER)
    for address in (PEOPLE, f"{PEOPLE}/add", f"{PEOPLE}/{person}"):
        assert client.get(address).status_code == 403
