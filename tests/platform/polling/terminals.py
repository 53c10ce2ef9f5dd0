"""A terminal with codes of its own, played in Python as the scripts in the browser play it."""

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState, confirm_request
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.models import BallotCode, CodeState, InboxBallot, Station
from diancai.platform.polling.operations import blocks, codes, commission, shipping
from diancai.platform.polling.operations.kiosks import KioskFacts, add_kiosk, enrol_device
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.stations import end_issuing
from diancai.platform.polling.sealed_ballots import CURVE, Batch, batch_body, digest_of, public_point, seal_ballot
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_staff, a_station, a_street
from tests.platform.polling.votes import END


@dataclass
class Device:
    """What lies in one terminal."""

    kiosk: Kiosk
    slips: list[str]
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    block: blocks.Block | None = None
    waiting: list[tuple[bytes, bytes]] = field(default_factory=list)
    number: int = 0

    @property
    def key(self) -> bytes:
        return public_point(self.private)

    def fetch(self, session: Session) -> None:
        self.block = blocks.hand_block(session, self.kiosk, self.key, at=AT)
        blocks.confirm_block(session, self.kiosk, self.key, at=AT)

    def vote(self, text: str, *, r: bytes | None = None) -> str:
        """Returns the code that was used."""
        assert self.block is not None
        code = self.slips.pop()
        digest = digest_of(code, self.block.salt)
        assert digest in self.block.digests
        self.waiting.append((digest, self.seal(text, r)))
        return code

    def seal(self, text: str, r: bytes | None = None) -> bytes:
        block = self.block
        assert block is not None
        return seal_ballot(block.public_key, block.round_id, r or secrets.token_bytes(16), text, block.text_length)

    def pack(self, *, is_last: bool = False) -> Batch:
        self.number += 1
        used, ballots = (sorted(part) for part in zip(*self.waiting, strict=True)) if self.waiting else ([], [])
        self.waiting = []
        return Batch(self.kiosk.id, self.number, is_last, tuple(used), tuple(ballots))

    def sign(self, body: str) -> bytes:
        r, s = decode_dss_signature(self.private.sign(body.encode(), ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def ship(self, session: Session, batch: Batch) -> int:
        body = batch_body(batch)
        return shipping.receive_batch(session, self.kiosk, body, self.sign(body), at=END)


@dataclass
class Commission:
    """A round with one station, its people, and the paper of its three keepers."""

    session: Session
    round_: Round
    station: Station
    officer: Actor
    scrutineer: Actor
    keepers: list[Actor]
    papers: list[str]
    printed: int = 0
    used: int = 0

    def a_device(self, name: str = "一号机", slips: int = 3, *, is_fetched: bool = True) -> Device:
        device, code = self.a_kiosk(name, slips)
        enrol_device(self.session, code, at=AT)
        if is_fetched:
            device.fetch(self.session)
        return device

    def a_kiosk(self, name: str = "一号机", slips: int = 3) -> tuple[Device, str]:
        """A terminal whose slips are printed, and the one-time code for its device."""
        session, office = self.session, {"by": self.officer, "at": AT}
        kiosk, code = add_kiosk(session, self.round_, KioskFacts(self.station.id, name), **office)
        batch = blocks.request_block(session, self.round_, kiosk, slips, reason="本机专用", **office)
        self.confirm("codes.print_run")
        device = Device(kiosk, list(codes.print_batch(session, self.round_, batch, **office).codes))
        self.printed += slips
        return device, code

    def confirm(self, action: str) -> None:
        waiting = self.session.query(ConfirmationRequest).filter_by(action=action, state=RequestState.PENDING).one()
        confirm_request(self.session, waiting, by=self.scrutineer, at=END if "exclude" in action else AT)

    def exclude(self, device: Device) -> None:
        blocks.request_exclusion(self.session, self.round_, device.kiosk, reason="被盗", by=self.officer, at=END)
        self.confirm("kiosk.exclude")

    def collect(self) -> None:
        """The vote is over and the station has ended: all slips lie there, for nobody was given one by name."""
        end_voting(self.session, self.round_, at=END)
        counts = {"unused_count": self.printed, "spoiled_count": 0}
        end_issuing(self.session, self.round_, self.station, **counts, by=self.officer, at=END)

    def open(self, first: int = 0, second: int = 2) -> int | None:
        for place in (first, second):
            opened = commission.type_share(
                self.session, self.round_, self.papers[place], by=self.keepers[place], at=END
            )
        return opened


def a_commission(session: Session, *, is_taken: bool = True, **columns: object) -> Commission:
    street = a_street(session)
    round_ = a_round(session, street, **columns)
    officer, scrutineer = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.SCRUTINEER, name="陈监")
    keepers = [a_staff(session, street, Role.SCRUTINEER, name=f"保管{place}") for place in range(3)]
    ids = [keeper.staff_id or 0 for keeper in keepers]
    commission.name_keepers(session, round_, ids, by=officer, at=AT)
    papers = [commission.take_share(session, round_, by=keeper, at=AT) for keeper in keepers] if is_taken else []
    return Commission(session, round_, a_station(session, round_), officer, scrutineer, keepers, papers)


def box(session: Session) -> list[str]:
    return sorted(session.scalars(select(InboxBallot.choices)))


def states(session: Session) -> dict[CodeState, int]:
    rows = session.execute(select(BallotCode.state, func.count()).group_by(BallotCode.state))
    return {row[0]: row[1] for row in rows}
