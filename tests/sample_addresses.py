"""Every address of the application, with parameters that stand for something in the sample streets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from diancai.platform.accounts.models import Deputy, StaffRole
from diancai.platform.archive.models import ArchiveBundle, PostingPhoto
from diancai.platform.core.confirmations import ConfirmationRequest
from diancai.platform.core.jobs import Job
from diancai.platform.divisions.models import Division
from diancai.platform.funds.models import Fund
from diancai.platform.notices.models import Notice, NoticeKind, Objection
from diancai.platform.polling.case_models import DeskCase
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.mobile_models import HomeVisit
from diancai.platform.polling.models import CodeBatch, RegisterEntry, Station
from diancai.platform.polling.paper_models import SheetBatch
from diancai.platform.proposals.models import ProposalSupport
from diancai.platform.results.models import Result, Signature
from diancai.platform.rounds.models import MenuItem, Round, RoundScrutineer
from diancai.platform.supervision.models import SupervisionNote
from tests.sample import SampleStreet

FILES = frozenset({"static", "bootstrap.static"})
NOWHERE = 9_999_999


@dataclass(frozen=True)
class Place:
    """Something in a street that addresses lead to: its parameters by name, and the state that permissions ask for."""

    name: str
    state: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Address:
    """`action` is the row of the table of permissions, or the name of a policy that has none."""

    endpoint: str
    action: str
    place: Place
    path: str

    def __str__(self) -> str:
        return f"{self.endpoint} ({self.place.name})"


NO_PLACE = Place("", "", {})


def places_of(session: Session, street: SampleStreet) -> list[Place]:
    rounds = [_round_place(session, name, number) for name, number in street.rounds.items()]
    return rounds + list(_office_places(session, street))


def _round_place(session: Session, name: str, number: int) -> Place:
    """One of everything that the round has."""
    round_ = session.get_one(Round, number)
    items = list(session.scalars(select(MenuItem).filter_by(round_id=number).order_by(MenuItem.position)))
    item = next((item for item in items if item.picture_sha256), items[0])
    values = {
        "round_id": number,
        "item_id": item.id,
        "item_number": item.number,
        "sha256": item.picture_sha256,
        "community_id": session.scalar(select(Division.id).filter_by(parent_id=round_.street_id).order_by(Division.id)),
        "station_id": session.scalar(select(Station.id).filter_by(round_id=number)),
        "entry_id": session.scalar(select(RegisterEntry.id).filter_by(round_id=number).order_by(RegisterEntry.id)),
        "batch_id": session.scalar(select(CodeBatch.id).filter_by(round_id=number).order_by(CodeBatch.id.desc())),
        "sheet_batch_id": session.scalar(select(SheetBatch.id).filter_by(round_id=number)),
        "archive_version": session.scalar(select(ArchiveBundle.version).filter_by(round_id=number)),
        "photo_id": session.scalar(
            select(PostingPhoto.id).join(Notice).where(Notice.subject == f"round:{number}").order_by(PostingPhoto.id)
        ),
        "visit_id": session.scalar(select(HomeVisit.id).join(RegisterEntry).where(RegisterEntry.round_id == number)),
        "case_id": session.scalar(select(DeskCase.id).filter_by(round_id=number)),
        "kiosk_id": session.scalar(select(Kiosk.id).filter_by(round_id=number).order_by(Kiosk.id)),
        "scrutineer_id": session.scalar(select(RoundScrutineer.staff_id).filter_by(round_id=number)),
        "kind_code": "ceilings",
        "paper_format": "html",
        "version": session.scalar(select(Result.version).filter_by(round_id=number)),
        "signature_id": session.scalar(select(Signature.id).join(Result).where(Result.round_id == number)),
        "result_objection_id": session.scalar(
            select(Objection.id)
            .join(Notice)
            .where(Notice.subject == f"round:{number}", Notice.kind == NoticeKind.RESULT, Objection.outcome.is_(None))
            .order_by(Objection.id)
        ),
    }
    return Place(name, round_.state.value, {key: value for key, value in values.items() if value is not None})


def _office_places(session: Session, street: SampleStreet) -> Iterator[Place]:
    yield Place("the office", "", {"office_id": street.id})
    yield Place("the street", "", {"street_code": street.code})
    for fund in session.scalars(select(Fund).filter_by(street_id=street.id)):
        yield Place(f"a fund {fund.state}", fund.state.value, {"fund_id": fund.id})
    for name, proposal_id in street.proposals.items():
        support = session.scalar(select(ProposalSupport.id).filter_by(proposal_id=proposal_id, confirmed_at=None))
        values = {"proposal_id": proposal_id} | ({"support_id": support} if support else {})
        yield Place(f"a proposal {name}", name, values)
    kinds = set()
    for notice in session.scalars(select(Notice).filter_by(street_id=street.id).order_by(Notice.id.desc())):
        objection_id = session.scalar(select(Objection.id).filter_by(notice_id=notice.id).order_by(Objection.id.desc()))
        kind = f"a notice of {notice.kind.value}{' with objections' if objection_id else ''}"
        if kind not in kinds:
            kinds.add(kind)
            values = {"notice_id": notice.id, "paper_format": "html"} | (
                {"objection_id": objection_id} if objection_id else {}
            )
            yield Place(kind, "", values)
    for name, sitting_id in street.sittings.items():
        # before it begins there is no screen for the hall, as there is no page of a draft
        yield Place(f"a sitting {name}", "draft" if name in ("planned", "away") else name, {"sitting_id": sitting_id})
    for request in session.scalars(select(ConfirmationRequest).filter_by(street_id=street.id)):
        yield Place(f"request {request.id} {request.action}", request.state.value, {"request_id": request.id})
    for held in session.scalars(select(StaffRole).where(StaffRole.division_id == street.id)):
        deputy = session.scalar(select(Deputy.id).filter_by(staff_id=held.staff_id))
        values = {"person_id": held.staff_id, "held_id": held.id} | ({"deputy_id": deputy} if deputy else {})
        yield Place(f"the {held.role}", "", values)
    note_id = session.scalar(select(SupervisionNote.id).filter_by(street_id=street.id).order_by(SupervisionNote.id))
    yield Place("a supervisor's note", "", {"supervision_note_id": note_id})
    yield Place("a failed job", "", {"job_id": session.scalar(select(Job.id).where(Job.last_error.is_not(None)))})


def rules_of(app: Flask, method: str) -> list[Rule]:
    rules = (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in FILES)
    return sorted(rules, key=lambda rule: rule.rule)


def action_of(app: Flask, endpoint: str) -> str:
    policy: Any = app.view_functions[endpoint].policy  # type: ignore[attr-defined]
    return str(getattr(policy, "action", policy.__name__))


def addresses(app: Flask, method: str, places: list[Place]) -> list[Address]:
    """Each endpoint at each place that has all its parameters. Fails for an endpoint that no place fits."""
    found = []
    for rule in rules_of(app, method):
        fitting = [place for place in places if rule.arguments <= place.values.keys()] if rule.arguments else [NO_PLACE]
        if not fitting:
            raise AssertionError(
                f"{rule.endpoint} ({rule.rule}) asks for {sorted(rule.arguments)}: no place in tests/sample_addresses.py "
                "has them. Add what it needs to the sample streets and to `places_of`."
            )
        found += [Address(rule.endpoint, action_of(app, rule.endpoint), place, path_of(app, rule, place.values))
                  for place in fitting]  # fmt: skip
    return found


def path_of(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
