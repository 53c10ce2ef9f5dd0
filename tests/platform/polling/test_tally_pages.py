"""唱票计票 through the pages: the second person does not see what the first entered."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from tests.factories import AT, a_staff
from tests.platform.polling.test_tally import RIGHT, SHEETS, a_paper_stage
from tests.sites import Clock, Site, an_app

load_jobs()
FORM = {f"item_{number}": str(count) for number, count in RIGHT.items() if number.isdigit()}
FORM |= {name: str(count) for name, count in RIGHT.items() if not name.isdigit()}


class TallyPages:
    def __init__(self, site: Site) -> None:
        self.site = site
        with site.transaction() as session:
            stage = a_paper_stage(session, SHEETS, [])
            self.first, self.chief = stage.officer, stage.chief
            self.second = a_staff(session, stage.street, Role.CLERK, name="孙丽")
            self.path = f"/staff/rounds/{stage.round_.id}/tally"

    def as_(self, actor: Actor, path: str = "", form: dict[str, str] | None = None, status: int = 200) -> str:
        self.site.app.extensions["diancai.actor"] = lambda _session: actor
        client = self.site.app.test_client()
        answer = client.get(self.path + path) if form is None else client.post(self.path + path, data=form)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)


@pytest.fixture
def pages(database_url: str, engine: Engine, keys: Keys) -> Iterator[TallyPages]:
    with an_app(database_url, engine, keys, Clock(AT)) as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield TallyPages(site)


def test_the_second_person_enters_blind_and_equal_readings_are_compared_at_once(pages: TallyPages) -> None:
    pages.as_(pages.first, form=FORM, status=303)
    blank = pages.as_(pages.second)
    assert 'name="item_1"' in blank
    assert ">12<" not in blank
    assert "您已经录完" in pages.as_(pages.first)
    pages.as_(pages.second, form=FORM, status=303)
    assert "完全相同" in pages.as_(pages.first)


def test_a_difference_is_decided_by_the_scrutineer_and_explained_where_the_platform_differs(pages: TallyPages) -> None:
    pages.as_(pages.first, form=FORM, status=303)
    pages.as_(pages.second, form=FORM | {"item_1": "11"}, status=303)
    assert "定下这些行" not in pages.as_(pages.first)
    assert "定下这些行" in pages.as_(pages.chief)
    pages.as_(pages.chief, "/decide", {"item_1": "11"}, 303)
    assert "与平台不同" in pages.as_(pages.chief)
    assert "请写明不同的原因" in pages.as_(pages.chief, "/explain", {"reason": " "}, 422)
    pages.as_(pages.chief, "/explain", {"reason": "一票念漏"}, 303)
    assert "一票念漏" in pages.as_(pages.second)


def test_what_was_typed_stays_when_it_is_refused(pages: TallyPages) -> None:
    answer = pages.as_(pages.first, form=FORM | {"item_2": "99"}, status=422)
    assert "第2号的票数多于念出的有效票" in answer
    assert 'value="99"' in answer


def test_the_sheet_has_a_row_of_squares_for_each_item(pages: TallyPages) -> None:
    assert pages.as_(pages.first, "/sheet").count("<span>&nbsp;</span>") == 6 * 3 * 14
