"""The pages of divisions, office settings, the privacy notice and the calendar."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.core.sheets import write_sheet
from diancai.platform.divisions import queries
from tests.factories import AT, a_street
from tests.offices import a_browser, an_account, form_token
from tests.sites import Clock, Site, an_app

FIELD = re.compile(r'<(?:input|textarea)[^>]* name="([^"]+)"[^>]* value="([^"]*)"')


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with an_app(database_url, engine, keys, Clock(AT)) as running:
        yield running


@pytest.fixture
def street_id(site: Site) -> int:
    with site.transaction() as session:
        return a_street(session).id


@pytest.fixture
def client(site: Site, street_id: int) -> FlaskClient:
    with site.transaction() as session:
        person_id = an_account(session, street_id, Role.ADMINISTRATOR).id
    return a_browser(site, person_id)


def upload(client: FlaskClient, address: str, rows: list[list[Any]], header: list[str], **fields: Any) -> TestResponse:
    file = (io.BytesIO(write_sheet("表", header, rows)), "表.xlsx")
    return client.post(address, data={"csrf_token": form_token(client, address), "file": file, **fields})


def store(client: FlaskClient, address: str, checked: TestResponse) -> TestResponse:
    fields = dict(FIELD.findall(checked.get_data(as_text=True)))
    return client.post(address, data={**fields, "store": "1"})


def communities(site: Site, street_id: int) -> list[str]:
    with site.transaction() as session:
        return list(queries.community_names(session, street_id).values())


def test_a_clean_file_is_checked_then_stored_without_choosing_it_again(
    site: Site, client: FlaskClient, street_id: int
) -> None:
    address, header = "/staff/divisions/import", ["代码", "名称", "生效日期"]
    checked = upload(client, address, [["110102001002", "第二社区", "2026-01-01"]], header)
    assert "检查通过，共1行" in checked.get_data(as_text=True)
    assert communities(site, street_id) == ["第一社区"]
    assert store(client, address, checked).status_code == 303
    assert communities(site, street_id) == ["第一社区", "第二社区"]


def test_problems_are_listed_and_nothing_is_stored_even_when_asked(
    site: Site, client: FlaskClient, street_id: int
) -> None:
    rows = [["110102001002", "", "2026-01-01"], ["1", "x", "昨天"]]
    answer = upload(client, "/staff/divisions/import", rows, ["代码", "名称", "生效日期"], store="1")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("B 名称", "必须填写", "应是 12 位数字", "不是日期"):
        assert words in shown
    assert communities(site, street_id) == ["第一社区"]


def test_a_file_of_another_kind_and_no_file_say_so(client: FlaskClient) -> None:
    address = "/staff/divisions/import"
    token = form_token(client, address)
    csv = client.post(address, data={"csrf_token": token, "file": (io.BytesIO(b"a,b"), "a.xlsx")})
    assert "这不是 xlsx 表格" in csv.get_data(as_text=True)
    assert "请选择要上传的表格文件" in client.post(address, data={"csrf_token": token}).get_data(as_text=True)


def test_a_hidden_file_that_was_tampered_with_is_checked_again(client: FlaskClient) -> None:
    address = "/staff/divisions/import"
    fields = {"csrf_token": form_token(client, address), "checked": "UEsDBA==", "store": "1"}
    assert client.post(address, data=fields).status_code == 422


@pytest.mark.parametrize("address", ["/staff/divisions/template.xlsx", "/staff/calendar/template.xlsx"])
def test_templates_are_downloads(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.data.startswith(b"PK")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_divisions_are_searched_in_the_address(client: FlaskClient) -> None:
    assert "第一社区" in client.get("/staff/divisions?words=第一").get_data(as_text=True)
    assert "没有符合的区划" in client.get("/staff/divisions?words=第九&level=x&page=0").get_data(as_text=True)


def test_settings_are_kept_and_what_was_refused_stays_typed(site: Site, client: FlaskClient, street_id: int) -> None:
    address = f"/staff/streets/{street_id}/settings"
    fields = dict(FIELD.findall(client.get(address).get_data(as_text=True))) | {"code_format": "digits"}
    refused = client.post(address, data=fields | {"help_phone": "打给我"})
    assert refused.status_code == 422
    assert "打给我" in refused.get_data(as_text=True)
    assert client.post(address, data=fields | {"retention_days": "120"}).status_code == 303
    with site.transaction() as session:
        office = queries.office_of(session, street_id)
        assert office is not None
        assert (office.retention_days, office.code_format) == (120, "digits")


def test_the_settings_page_states_how_hard_codes_are_to_guess(client: FlaskClient, street_id: int) -> None:
    shown = client.get(f"/staff/streets/{street_id}/settings").get_data(as_text=True)
    assert "2.5万亿分之一" in shown
    assert "1000亿分之一" in shown


def test_a_privacy_notice_is_published_and_older_ones_stay(client: FlaskClient, street_id: int) -> None:
    address = f"/staff/streets/{street_id}/privacy"
    for text in ("我们只收集姓名和门牌。", "我们只收集姓名、门牌和出生年份。"):
        token = form_token(client, address)
        assert client.post(address, data={"csrf_token": token, "text": text}).status_code == 303
    shown = client.get(address).get_data(as_text=True)
    assert "现在是第2版" in shown
    assert "我们只收集姓名和门牌。" in shown


def test_a_year_of_holidays_is_checked_then_stored(site: Site, client: FlaskClient) -> None:
    address = "/staff/calendar"
    header, rows = ["日期", "安排"], [["2027-01-01", "放假"], ["2027-01-03", "上班"]]
    wrong = upload(client, address, [*rows, ["2028-01-01", "放假"], ["2027-01-01", "也许"]], header, year="2027")
    assert "日期不在 2027 年里" in wrong.get_data(as_text=True)
    assert "要写成“放假”或“上班”" in wrong.get_data(as_text=True)
    checked = upload(client, address, rows, header, year="2027")
    assert store(client, address, checked).status_code == 303
    with site.transaction() as session:
        assert queries.known_years(session) == [2027]
    assert "2027年1月3日" in client.get(f"{address}?year=2027").get_data(as_text=True)


def test_another_streets_settings_are_not_there(site: Site, client: FlaskClient) -> None:
    with site.transaction() as session:
        other_id = a_street(session, code="110105001000", name="别的街道").id
    assert client.get(f"/staff/streets/{other_id}/settings").status_code == 404
    assert client.get("/staff/streets/999/settings").status_code == 404
