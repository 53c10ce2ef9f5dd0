"""People in office: the list, one person with roles and deputies, adding somebody. For administrators.

These pages stand here because a role is held in a division, which accounts know nothing of.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.accounts import queries
from diancai.platform.accounts.models import Deputy, Staff, StaffRole
from diancai.platform.accounts.operations import people as operations
from diancai.platform.accounts.passwords import new_password
from diancai.platform.admin.people_forms import DeputyForm, PersonForm, RoleForm
from diancai.platform.admin.policy import may_manage_staff
from diancai.platform.admin.queries import divisions_for_roles
from diancai.platform.core.actor import Role
from diancai.platform.core.clock import local_day
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.queries import divisions_by_id
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.error_pages import status_of
from diancai.platform.web.loading import loads
from diancai.platform.web.locale import title
from diancai.platform.web.pages import again, page, see_other, tell

bp = Blueprint("people", __name__)


@loads("person_id", "person")
def load_person(current: Session, staff_id: int, _things: Mapping[str, Any]) -> Staff | None:
    """Somebody of another street does not exist for an administrator of this one."""
    person = current.get(Staff, staff_id)
    return person if person is not None and person in queries.staff_in(current, actor().street_ids) else None


@loads("held_id", "held")
def load_role(current: Session, held_id: int, things: Mapping[str, Any]) -> StaffRole | None:
    held = current.get(StaffRole, held_id)
    return held if held is not None and held.staff_id == things["person"].id else None


@loads("deputy_id", "named")
def load_deputy(current: Session, deputy_id: int, things: Mapping[str, Any]) -> Deputy | None:
    named = current.get(Deputy, deputy_id)
    return named if named is not None and named.staff_id == things["person"].id else None


@bp.get("/staff/people")
@allow(may_manage_staff)
def staff() -> object:
    role, words = request.args.get("role", ""), request.args.get("words", "").strip()
    everybody = queries.staff_in(session(), actor().street_ids)
    roles = {person.id: queries.roles_of(session(), person.id) for person in everybody}
    shown = [
        person
        for person in everybody
        if (not role or any(held.role == role for held in roles[person.id]))
        and (words in person.name or words.casefold() in person.sign_in_name)
    ]
    return page(
        "admin/people.html",
        people=shown,
        roles=roles,
        places=_places(roles),
        role=role,
        words=words,
        role_choices=[(one.value, title(one)) for one in Role],
    )


@bp.route("/staff/people/add", methods=["GET", "POST"])
@allow(may_manage_staff)
def add() -> object:
    form = PersonForm(_my_places())
    if not form.validate_on_submit():
        return page("admin/person_add.html", form=form)
    first_password = new_password()
    try:
        person = operations.add_staff(
            session(),
            sign_in_name=form.sign_in_name.data or "",
            name=form.name.data or "",
            password=first_password,
            roles=[(form.role.data, form.division_id.data)],
            by=actor(),
            at=request_time(),
            must_change_password=True,
        )
    except DomainError as refusal:
        session().rollback()
        form.division_id.choices = [(place.id, place.name) for place in _my_places()]
        form.refuse(refusal)
        return page("admin/person_add.html", form=form), status_of(refusal)
    return page("admin/first_password.html", person=person, password=first_password)


@bp.get("/staff/people/<int:person_id>")
@allow(may_manage_staff)
def show(person: Staff) -> object:
    return _person_page(person, RoleForm(_my_places()), _deputy_form(person))


@bp.post("/staff/people/<int:person_id>/roles")
@allow(may_manage_staff)
def grant_role(person: Staff) -> object:
    form = RoleForm(_my_places())
    if not form.validate():
        return _person_page(person, form, _deputy_form(person)), 422
    try:
        operations.grant_role(session(), person, form.role.data, form.division_id.data, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("staff.role_granted")
    return see_other("people.show", person_id=person.id)


@bp.post("/staff/people/<int:person_id>/roles/<int:held_id>/revoke")
@allow(may_manage_staff)
def revoke_role(person: Staff, held: StaffRole) -> object:
    try:
        operations.revoke_role(session(), held, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("staff.role_revoked")
    return see_other("people.show", person_id=person.id)


@bp.post("/staff/people/<int:person_id>/deputies")
@allow(may_manage_staff)
def name_deputy(person: Staff) -> object:
    form = _deputy_form(person)
    if not form.validate():
        return _person_page(person, RoleForm(_my_places()), form), 422
    deputy = session().get_one(Staff, form.deputy_id.data)
    try:
        operations.name_deputy(
            session(),
            person,
            deputy,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            by=actor(),
            at=request_time(),
        )
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("deputy.named")
    return see_other("people.show", person_id=person.id)


@bp.post("/staff/people/<int:person_id>/deputies/<int:deputy_id>/end")
@allow(may_manage_staff)
def end_deputy(person: Staff, named: Deputy) -> object:
    try:
        operations.end_deputy(session(), named, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("deputy.ended")
    return see_other("people.show", person_id=person.id)


@bp.post("/staff/people/<int:person_id>/deactivate")
@allow(may_manage_staff)
def deactivate(person: Staff) -> object:
    try:
        operations.deactivate_staff(session(), person, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("staff.deactivated")
    return see_other("people.show", person_id=person.id)


@bp.post("/staff/people/<int:person_id>/reactivate")
@allow(may_manage_staff)
def reactivate(person: Staff) -> object:
    try:
        operations.reactivate_staff(session(), person, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("staff.reactivated")
    return see_other("people.show", person_id=person.id)


@bp.post("/staff/people/<int:person_id>/password")
@allow(may_manage_staff)
def reset_password(person: Staff) -> object:
    first_password = new_password()
    try:
        operations.reset_password(session(), person, first_password, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    return page("admin/first_password.html", person=person, password=first_password)


@bp.post("/staff/people/<int:person_id>/second-factor")
@allow(may_manage_staff)
def reset_second_factor(person: Staff) -> object:
    try:
        operations.reset_second_factor(session(), person, by=actor(), at=request_time())
    except DomainError as refusal:
        return _refused(person.id, refusal)
    tell("staff.second_factor_reset")
    return see_other("people.show", person_id=person.id)


def _my_places() -> list[Division]:
    """Where the actor may give roles."""
    ids = {grant.street_id for grant in actor().grants if grant.role is Role.ADMINISTRATOR}
    return divisions_for_roles(session(), ids)


def _places(roles: Mapping[int, list[StaffRole]]) -> dict[int, str]:
    ids = {held.division_id for several in roles.values() for held in several}
    return {key: division.name for key, division in divisions_by_id(session(), ids).items()}


def _deputy_form(person: Staff) -> DeputyForm:
    colleagues = [other for other in queries.staff_in(session(), actor().street_ids) if other.is_active]
    return DeputyForm([other for other in colleagues if other.id != person.id])


def _person_facts(person: Staff) -> dict[str, Any]:
    roles = queries.roles_of(session(), person.id)
    deputies = queries.deputies_of(session(), [person.id], from_day=local_day(request_time()))
    return {
        "person": person,
        "roles": roles,
        "places": _places({person.id: roles}),
        "deputies": [(named, session().get_one(Staff, named.deputy_id).name) for named in deputies],
        "may_change": operations.administers(session(), actor(), person),
        "is_self": person.id == actor().staff_id,
    }


def _person_page(person: Staff, role_form: RoleForm, deputy_form: DeputyForm) -> str:
    return page("admin/person.html", role_form=role_form, deputy_form=deputy_form, **_person_facts(person))


def _refused(person_id: int, refusal: DomainError) -> tuple[str, int]:
    session().rollback()
    person = session().get_one(Staff, person_id)
    forms = {"role_form": RoleForm(_my_places()), "deputy_form": _deputy_form(person)}
    return again("admin/person.html", refusal, **forms, **_person_facts(person))
