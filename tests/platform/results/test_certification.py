import io

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.clock import local_day
from diancai.platform.polling.case_queries import CaseCounts
from diancai.platform.polling.mobile_models import MobileBox, MobileReturn, MobileTrip
from diancai.platform.polling.models import Station
from diancai.platform.results.certification import Standing, StationStanding, TripStanding, checklist, standing_of
from diancai.platform.results.images import encode_anew, from_data_url
from diancai.platform.results.models import SignatureKind
from diancai.platform.results.operations import certify_result, sign_result
from diancai.platform.results.queries import signatures_of
from diancai.platform.rounds.states import RoundState
from tests.factories import a_station
from tests.platform.results.stage import CLOSED_AT, a_hand, a_stage, certify, count, sign

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]


def a_standing(**changes: object) -> Standing:
    facts = {
        "signature_count": 2,
        "has_chief": True,
        "stations": (StationStanding("第一投票点", 0, False),),
        "open_objection_count": 0,
        "cases": CaseCounts(0, 0, 0),
        "smallest_margin": 3,
        "has_uncounted_margins": False,
    }
    return Standing(**(facts | changes))  # type: ignore[arg-type]


def unmet(standing: Standing) -> list[str]:
    return [check.code for check in checklist(standing) if not check.is_met]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"signature_count": 1}, "check.signatures"),
        ({"has_chief": False}, "check.chief"),
        ({"stations": (StationStanding("一", None, False),)}, "check.stations_open"),
        ({"stations": (StationStanding("一", 1, False),)}, "check.stations_open"),
        ({"stations": (StationStanding("一", 2, True),)}, None),
        ({"stations": (StationStanding("一", -3, True),)}, "check.disputes"),
        ({"stations": (StationStanding("一", 0, False, 1),)}, "check.stations_open"),
        ({"stations": (StationStanding("一", 0, True, 3),)}, "check.disputes"),
        ({"stations": (StationStanding("一", 0, False, 0, False),)}, "check.leftovers_open"),
        ({"cases": CaseCounts(1, 0, 1)}, "check.cases_open"),
        ({"cases": CaseCounts(0, 2, 2)}, None),
        ({"cases": CaseCounts(0, 2, 3)}, "check.disputes"),
        ({"open_objection_count": 3}, "check.disputes"),
        ({"open_objection_count": 1, "smallest_margin": None}, None),
        (
            {"open_objection_count": 1, "smallest_margin": None, "has_uncounted_margins": True},
            "check.disputes_without_margin",
        ),
        ({"smallest_margin": None, "has_uncounted_margins": True}, None),
        ({"trips": TripStanding((), 1)}, None),
        ({"trips": TripStanding(("流动票箱",), 0)}, "check.boxes_away"),
    ],
)
def test_certification_asks_for_hands_balances_and_margins(changes: dict[str, object], code: str | None) -> None:
    assert unmet(a_standing(**changes)) == ([code] if code else [])


def test_two_hands_with_the_chief_certify(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    certify(session, stage, result)
    assert stage.round_.state is RoundState.CERTIFIED
    assert [signature.signer_name for signature in signatures_of(session, result)] == ["陈监", "周票"]


def test_without_the_chief_nothing_is_certified(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    sign(session, stage, result, stage.second, stage.third)
    with pytest.raises(Conflict, match=r"result\.not_certifiable"):
        certify_result(session, stage.round_, result, by=stage.second, at=CLOSED_AT)


def test_a_station_that_does_not_balance_holds_the_result_up(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    session.query(Station).one().unused_count = 1
    result = count(session, stage)
    with pytest.raises(Conflict, match=r"result\.not_certifiable"):
        certify(session, stage, result)


def test_a_mobile_box_that_is_not_back_holds_the_result_up(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    box = a_station(session, stage.round_, name="流动票箱")
    session.add(MobileBox(station_id=box.id, box_number="流1"))
    session.flush()
    people = [actor.staff_id for actor in (stage.second, stage.third, stage.chief)]
    crew = dict(zip(("first_id", "second_id", "scrutineer_id"), people, strict=True))
    trip = {"station_id": box.id, "day": local_day(CLOSED_AT)}
    session.add(MobileTrip(**trip, **crew, seal="F7", left_at=CLOSED_AT))
    session.flush()
    assert "check.boxes_away" in unmet(standing_of(session, stage.round_, result))
    found = {"found_seal": "F8", "is_broken": False, "difference_reason": "换过封条", "returned_at": CLOSED_AT}
    session.add(MobileReturn(**trip, **found, read_by=people[0], scrutineer_id=people[2]))
    session.flush()
    standing = standing_of(session, stage.round_, result)
    assert "check.boxes_away" not in unmet(standing)
    assert standing.trips == TripStanding((), 1)


def test_a_scrutineer_signs_once(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    sign(session, stage, result, stage.chief)
    with pytest.raises(Conflict, match=r"signature\.already_signed"):
        sign(session, stage, result, stage.chief)


def test_only_the_rounds_own_scrutineers_sign(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    with pytest.raises(NotAllowed, match=r"signature\.not_appointed"):
        sign(session, stage, result, stage.leader)


def test_a_certified_result_takes_no_more_hands(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    certify(session, stage, result)
    with pytest.raises(WrongState, match=r"result\.not_signable_now"):
        sign(session, stage, result, stage.third)


def test_a_signature_is_encoded_anew(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    result = count(session, stage)
    hidden = a_hand() + b"<script>"
    kind = SignatureKind.HANDWRITING
    signature = sign_result(session, stage.round_, result, kind=kind, image=hidden, by=stage.chief, at=CLOSED_AT)
    assert b"script" not in signature.image
    assert Image.open(io.BytesIO(signature.image)).format == "PNG"


def a_picture(file_type: str, colour: str = "white") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 100), colour).save(file, file_type)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "signature.missing"),
        (b"%PDF-1.7", "signature.not_a_picture"),
        (a_picture("GIF"), "signature.not_a_picture"),
        (a_picture("PNG"), "signature.blank"),
        (a_hand()[:200], "signature.not_a_picture"),
        (b"\x89PNG" + b"0" * (6 * 1024 * 1024), "signature.too_large"),
    ],
)
def test_what_is_no_handwriting_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        encode_anew(content, SignatureKind.HANDWRITING)


def test_a_scan_may_be_a_jpeg(tmp_path: object) -> None:
    media_type, content = encode_anew(a_picture("JPEG"), SignatureKind.SCAN)
    assert (media_type, content[:2]) == ("image/jpeg", b"\xff\xd8")


@pytest.mark.parametrize("text", ["", "data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,%%"])
def test_only_png_data_urls_are_read(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"signature\.not_a_picture"):
        from_data_url(text)
