"""Frames of a terminal's camera: read where it is enrolled, in memory only, and nothing else is taken for a picture."""

import io
from collections.abc import Iterator

import pytest
import segno
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from diancai.errors import InvalidInput
from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.polling.frame_reader import MOST_BYTES, text_in
from diancai.platform.polling.operations.kiosks import KioskFacts, add_kiosk
from tests.factories import AT, a_round, a_staff, a_station, a_street
from tests.offices import form_token
from tests.sites import Clock, an_app

SLIP = "https://vote.example.cn/vote#A2CD-EF3H-JK4M"


def a_frame(text: str, *, turned: float = 0, size: tuple[int, int] = (800, 450)) -> bytes:
    """A slip held before a camera: grey, small, turned."""
    frame = Image.new("L", size, 170)
    if text:
        drawn = io.BytesIO()
        segno.make(text, micro=False).save(drawn, kind="png", scale=5)
        code = Image.open(drawn).convert("L").rotate(turned, expand=True, fillcolor=255)
        frame.paste(code, (size[0] // 3, size[1] // 6))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=70)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 12, 90, 175])
def test_a_slip_is_read_however_it_is_held(turned: float) -> None:
    assert text_in(a_frame(SLIP, turned=turned)) == SLIP


def test_an_empty_frame_says_nothing() -> None:
    assert text_in(a_frame("")) is None


@pytest.mark.parametrize("frame", [b"", b"\xff\xd8\xff", b"<svg/>", bytes(MOST_BYTES + 1)])
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(InvalidInput):
        text_in(frame)


def test_a_picture_of_too_many_points_is_not_decoded() -> None:
    out = io.BytesIO()
    Image.new("L", (4000, 4000), 255).save(out, "JPEG", quality=10)
    assert len(out.getvalue()) < MOST_BYTES
    with pytest.raises(InvalidInput):
        text_in(out.getvalue())


@pytest.fixture
def terminal(database_url: str, engine: Engine, keys: Keys) -> Iterator[tuple[FlaskClient, str]]:
    with an_app(database_url, engine, keys, Clock(AT)) as site:
        with site.transaction() as session:
            street = a_street(session)
            round_ = a_round(session, street)
            station, officer = a_station(session, round_), a_staff(session, street, Role.OFFICER)
            _, code = add_kiosk(session, round_, KioskFacts(station.id, "一号机"), by=officer, at=AT)
        yield site.app.test_client(), code


def test_only_an_enrolled_terminal_has_its_frames_read(
    terminal: tuple[FlaskClient, str], capfd: pytest.CaptureFixture[str]
) -> None:
    client, code = terminal
    token = form_token(client, "/kiosk")
    assert post(client, a_frame(SLIP), token).status_code == 404
    assert client.post("/kiosk/enrol", data={"csrf_token": token, "code": code}).status_code == 303
    token = form_token(client, "/vote")
    answer = post(client, a_frame(SLIP), token)
    assert answer.json == {"text": SLIP}
    assert answer.headers["Cache-Control"] == "no-store"
    assert post(client, a_frame(""), token).json == {}
    assert post(client, b"nothing", token).status_code == 422
    printed = "".join(capfd.readouterr())
    assert "A2CD" not in printed
    assert "/kiosk/frame" not in printed


def post(client: FlaskClient, frame: bytes, token: str) -> TestResponse:
    return client.post("/kiosk/frame", data=frame, content_type="image/jpeg", headers={"X-CSRFToken": token})
