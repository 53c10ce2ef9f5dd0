"""Signing in and out, and the own account. No page here belongs to an office; those of administrators are in admin."""

import base64
import binascii

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from diancai.errors import DomainError, InvalidInput, LimitReached
from diancai.platform.accounts import browser, queries
from diancai.platform.accounts.browser import SignedIn, Step, writing
from diancai.platform.accounts.forms import CodeForm, EnrolmentForm, PasswordForm, SignInForm
from diancai.platform.accounts.operations import sign_in as operations
from diancai.platform.accounts.operations.sign_in import Attempt
from diancai.platform.accounts.policy import anyone, signed_in
from diancai.platform.accounts.second_factor import enrolment_address, new_secret
from diancai.platform.core.keys import keys_of
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.error_pages import status_of
from diancai.platform.web.local_address import local_address
from diancai.platform.web.pages import again, page, see_other, tell
from diancai.platform.web.qr import qr_svg

bp = Blueprint("accounts", __name__)
HOME = "/staff/"
PAGE_OF_STEP = {
    Step.SECOND_FACTOR: "accounts.second_factor",
    Step.ENROLMENT: "accounts.enrolment",
    Step.NEW_PASSWORD: "accounts.new_password",
}


@bp.route("/staff/sign-in", methods=["GET", "POST"])
@allow(anyone, writes=False)
def sign_in() -> object:
    form = SignInForm()
    found = browser.signed_in(session())
    if request.method == "GET" and found:
        return _onwards(found)
    if not form.validate_on_submit():
        return page("accounts/sign_in.html", form=form, next=_next())
    attempt = Attempt(form.sign_in_name.data or "", form.password.data or "", request.remote_addr or "")
    try:
        staff = operations.check_password(session(), attempt, at=request_time())
    except LimitReached as refusal:
        return again("accounts/sign_in.html", refusal, form=form, next=_next())
    with writing():
        if staff is None:
            operations.note_failure(session(), attempt, at=request_time())
        else:
            browser.keep_token(operations.open_session(session(), staff, attempt, at=request_time()).token)
    if staff is None:
        return again("accounts/sign_in.html", InvalidInput("sign_in.refused"), form=form, next=_next())
    return _onwards(_half_way())


@bp.route("/staff/sign-in/code", methods=["GET", "POST"])
@allow(anyone)
def second_factor() -> object:
    found = browser.signed_in(session())
    if found is None or found.step is not Step.SECOND_FACTOR:
        return _onwards(found)
    form = CodeForm()
    if not form.validate_on_submit():
        return page("accounts/second_factor.html", form=form, next=_next())
    try:
        fresh = operations.pass_second_factor(
            session(), found.staff, found.token, form.code.data or "", at=request_time()
        )
    except InvalidInput as refusal:  # the failure is counted, so this answer must be committed
        operations.note_code_failure(session(), found.staff, at=request_time())
        form.refuse(refusal)
        return page("accounts/second_factor.html", form=form, next=_next()), status_of(refusal)
    except LimitReached as refusal:
        return again("accounts/second_factor.html", refusal, form=form, next=_next())
    browser.keep_token(fresh)
    return _onwards(_half_way())


@bp.route("/staff/sign-in/enrol", methods=["GET", "POST"])
@allow(anyone)
def enrolment() -> object:
    found = browser.signed_in(session())
    if found is None or found.step is not Step.ENROLMENT:
        return _onwards(found)
    form = EnrolmentForm()
    secret = _sealed_secret(form, found) if request.method == "POST" else None
    if secret is None or not form.validate():
        return _enrolment_page(form, found, secret or new_secret())
    try:
        fresh = operations.enrol_second_factor(
            session(), found.staff, found.token, secret, form.code.data or "", at=request_time()
        )
    except InvalidInput as refusal:
        session().rollback()
        form.refuse(refusal)
        return _enrolment_page(form, found, secret), status_of(refusal)
    browser.keep_token(fresh)
    tell("sign_in.enrolled")
    return _onwards(_half_way())


@bp.route("/staff/sign-in/password", methods=["GET", "POST"])
@allow(anyone)
def new_password() -> object:
    """The first password is somebody else's until it is changed."""
    found = browser.signed_in(session())
    if found is None or found.step is not Step.NEW_PASSWORD:
        return _onwards(found)
    return _change_password("accounts/new_password.html", found)


@bp.route("/staff/account/password", methods=["GET", "POST"])
@allow(signed_in)
def password() -> object:
    found = browser.signed_in(session())
    assert found is not None  # the policy asked
    return _change_password("accounts/password.html", found)


@bp.get("/staff/account")
@allow(signed_in)
def account() -> object:
    found = browser.signed_in(session())
    assert found is not None  # the policy asked
    sessions = queries.open_sessions(session(), found.staff.id)
    return page("accounts/account.html", staff=found.staff, sessions=sessions)


@bp.post("/staff/sign-out")
@allow(anyone)
def sign_out() -> object:
    found = browser.signed_in(session())
    if found is not None:
        operations.sign_out(session(), found.token, at=request_time())
    browser.forget_token()
    tell("sign_in.signed_out")
    return see_other("accounts.sign_in")


@bp.post("/staff/account/sign-out-everywhere")
@allow(signed_in)
def sign_out_everywhere() -> object:
    found = browser.signed_in(session())
    assert found is not None  # the policy asked
    operations.sign_out_everywhere(session(), found.staff, by=actor(), at=request_time())
    browser.forget_token()
    tell("sign_in.signed_out_everywhere")
    return see_other("accounts.sign_in")


def _next() -> str:
    return local_address(request.values.get("next"), HOME)


def _half_way() -> SignedIn | None:
    """Where the browser stands after a step: the token is new, so it is looked up anew."""
    return browser.signed_in(session())


def _onwards(found: SignedIn | None) -> Response:
    """To the next step of signing in, or to where the person wanted to go."""
    if found is None:
        return redirect(url_for("accounts.sign_in", next=_next()), code=303)
    if found.step is not None:
        return redirect(url_for(PAGE_OF_STEP[found.step], next=_next()), code=303)
    return redirect(_next(), code=303)


def _enrolment_page(form: EnrolmentForm, found: SignedIn, secret: str) -> str:
    sealed = keys_of(session()).seal_text(f"{found.staff.id}:{secret}")
    form.sealed_secret.data = base64.urlsafe_b64encode(sealed).decode()
    address = enrolment_address(
        secret, account=found.staff.sign_in_name, site=current_app.extensions["diancai.settings"].site_name
    )
    return page("accounts/enrolment.html", form=form, next=_next(), qr=qr_svg(address), secret=secret)


def _sealed_secret(form: EnrolmentForm, found: SignedIn) -> str | None:
    """The secret that this person was shown; None for anything else."""
    try:
        sealed = base64.urlsafe_b64decode(form.sealed_secret.data or "")
        staff_id, _, secret = keys_of(session()).open_text(sealed).partition(":")
    except (ValueError, binascii.Error):
        return None
    return secret if staff_id == str(found.staff.id) else None


def _change_password(template: str, found: SignedIn) -> object:
    form = PasswordForm()
    if not form.validate_on_submit():
        return page(template, form=form, next=_next())
    try:
        if form.password.data != form.again.data:
            raise InvalidInput("password.differs", field="again")
        fresh = operations.change_password(
            session(),
            found.staff,
            found.token,
            form.old_password.data or "",
            form.password.data or "",
            at=request_time(),
        )
    except DomainError as refusal:
        session().rollback()
        form.refuse(refusal)
        return page(template, form=form, next=_next()), status_of(refusal)
    browser.keep_token(fresh)
    tell("password.changed")
    return _onwards(_half_way())
