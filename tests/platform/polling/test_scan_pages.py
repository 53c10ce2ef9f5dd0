"""扫描录入 through the pages: from pictures of ballots to an accepted batch, and what is refused on the way."""

import io
import subprocess
import sys
from collections.abc import Iterator, Mapping
from random import Random

import pytest
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from diancai.platform.polling.ballot_forms import pages_of_round
from diancai.platform.polling.models import InboxBallot
from diancai.platform.polling.paper_models import SheetBatch
from diancai.platform.polling.scan_models import ScannedPage
from diancai.platform.rounds.models import Round
from tests.factories import AT
from tests.paper.sheets import Scan, filled, scanned
from tests.platform.polling.test_paper_pages import PaperDesk, opened
from tests.sites import Clock, an_app

SMALL = Scan(dpi=130, noise=1, quality=60)
"""The test client leaves files of more than half a megabyte open."""


class ScanDesk(PaperDesk):
    def picture(self, marks: Mapping[str, str], round_id: int = 0) -> bytes:
        with self.site.transaction() as session:
            (page,) = pages_of_round(session, session.get_one(Round, self.round_id))
        random = Random(str(marks))
        return scanned(filled(page, marks, random, round_id=round_id or self.round_id), SMALL, random)

    @property
    def place(self) -> str:
        (batch,) = self.all(SheetBatch)
        return f"papers/batches/{batch.id}/scan"

    def sends(self, *pictures: bytes, status: int = 303) -> str:
        files = [(io.BytesIO(content), f"{number}.jpg") for number, content in enumerate(pictures, start=1)]
        return self.post(self.place, status, pictures=files)


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[ScanDesk]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        opened(scan_desk := ScanDesk(site))
        scan_desk.sits(scan_desk.clerk)
        yield scan_desk


def test_from_pictures_to_ballots(desk: ScanDesk) -> None:
    assert "扫描录入" in desk.get("papers")
    assert "共 3 张图片" in desk.get(desk.place)
    desk.sends(desk.picture({"1": "tick", "2": "circle"}), desk.picture({"3": "tick", "5": "struck tick"}))
    page = desk.get(desk.place)
    assert "读完2张图片，有1处要请您看" in page
    assert "编号5：画了没有？" in page
    assert "data:image/jpeg;base64," in page
    assert "请选一项" in desk.post(f"{desk.place}/sheet", 422, place=2)
    desk.post(f"{desk.place}/sheet", place=2, **{"mark:5": "0"})
    desk.sends(desk.picture({}))
    assert "签字，录完" in desk.get(desk.place)
    desk.post(f"{desk.place}/sign")
    desk.sits(desk.other_clerk)
    desk.reads(("1 2", "3", ""))
    assert "有效 2 张，无效 1 张" in desk.get("papers")
    assert sorted(ballot.choices for ballot in desk.all(InboxBallot)) == ["1,2", "3"]
    assert desk.all(ScannedPage) == []


def test_a_foreign_ballot_is_shown_whole(desk: ScanDesk) -> None:
    desk.sends(desk.picture({"1": "tick"}, round_id=99), desk.picture({}), desk.picture({}))
    assert "二维码不是本次的票" in desk.get(desk.place)
    assert "signing" not in desk.post(f"{desk.place}/sign", 409)
    desk.post(f"{desk.place}/sheet", place=1, judged="not_genuine")
    assert "签字，录完" in desk.get(desk.place)


def test_pictures_are_for_whoever_sent_them(desk: ScanDesk) -> None:
    desk.sends(desk.picture({"1": "cross"}))
    assert "data:image" in desk.get(desk.place)
    desk.sits(desk.other_clerk)
    page = desk.get(desk.place)
    assert "data:image" not in page
    assert "另一遍要由人看着原票录" in page
    desk.post(f"{desk.place}/sheet", 404, place=1, **{"mark:1": "1"})
    desk.post(f"{desk.place}/sign", 404)
    desk.post(f"{desk.place}/discard", 404)


def test_what_is_no_picture_is_refused_and_nothing_kept(desk: ScanDesk) -> None:
    assert "请选择扫描的图片" in desk.post(desk.place, 422)
    assert "打不开“2.jpg”" in desk.sends(desk.picture({}), b"no picture", status=422)
    assert "图片多了" in desk.sends(*[desk.picture({})] * 4, status=422)
    assert desk.all(ScannedPage) == []
    assert "共 3 张图片" in desk.get(desk.place)


def test_the_wrong_pile_is_discarded(desk: ScanDesk) -> None:
    desk.sends(desk.picture({"1": "tick"}))
    desk.post(f"{desk.place}/discard")
    assert desk.all(ScannedPage) == []
    desk.sends(desk.picture({"2": "tick"}))
    assert len(desk.all(ScannedPage)) == 1


def test_without_the_extra_the_page_says_how_to_install_it(desk: ScanDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = desk.picture({"1": "tick"})
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert "pip install &#34;diancai[paper]&#34;" in desk.get(desk.place)
    assert "没有装扫描录入" in desk.sends(picture, status=409)
    desk.reads(("1 2", "3", ""))  # by hand all goes on


def test_nobody_who_does_not_scan_loads_the_picture_library() -> None:
    asked = (
        "import sys, diancai.platform.app, diancai.platform.features as f; f.load_jobs(); print('cv2' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "False"
