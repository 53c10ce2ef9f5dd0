"""People in office with accounts of their own, and browsers in which they are signed in."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from diancai.platform.accounts.browser import TOKEN
from diancai.platform.accounts.models import Staff
from diancai.platform.accounts.operations import people
from diancai.platform.accounts.operations.sign_in import Attempt, open_session, session_of
from diancai.platform.core.actor import SYSTEM, Role
from tests.factories import AT
from tests.sites import Site

PASSWORD = "tiger lantern soup 9"


def an_account(
    session: Session, place_id: int, *roles: Role, sign_in_name: str = "li.ming", name: str = "李明"
) -> Staff:
    """Somebody with these roles in a street or district, made by the operation that the command line uses."""
    places = [(role, place_id) for role in roles]
    return people.add_staff(
        session, sign_in_name=sign_in_name, name=name, password=PASSWORD, roles=places, by=SYSTEM, at=AT
    )


def a_browser(site: Site, staff_id: int) -> FlaskClient:
    """A browser in which the person is signed in, second factor and all."""
    with site.transaction() as session:
        person = session.get_one(Staff, staff_id)
        token = open_session(
            session, person, Attempt(person.sign_in_name, PASSWORD, "192.0.2.1"), at=site.clock()
        ).token
        row = session_of(session, token, idle=site.clock() - AT.replace(year=2000), at=site.clock())
        assert row is not None
        row.has_second_factor = True
    client = site.app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def form_token(client: FlaskClient, address: str) -> str:
    """The form token of a page."""
    text = client.get(address).get_data(as_text=True)
    return text.partition('name="csrf_token" value="')[2].partition('"')[0]
