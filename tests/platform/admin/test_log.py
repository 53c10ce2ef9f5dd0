"""The log page: whose entries, which filters, sentences, the chain, the export."""

import io
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import openpyxl
import pytest
from sqlalchemy import text

from diancai.platform.admin import queries
from diancai.platform.admin.queries import LogFilter
from diancai.platform.admin.sentences import ENUMS, sentence_of
from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.core.audit import AuditEntry, Event, record
from diancai.platform.core.words import WORDS
from diancai.platform.divisions.events import OfficeChanged, PrivacyNoticePublished
from diancai.platform.divisions.queries import actor_of
from tests.factories import AT, a_street
from tests.platform.admin.conftest import Office

LOG = "/staff/log"


def note(office: Office, count: int = 1, *, street_id: int | None = None, name: str = "赵六") -> None:
    with office.site.transaction() as session:
        for number in range(count):
            event = PrivacyNoticePublished(street_id or office.street_id, number + 1, "ab" * 32)
            record(session, event, by=Actor(None, name), at=AT + timedelta(days=number))


def test_the_log_reads_as_sentences(office: Office) -> None:
    client = office.browser_of(Role.AUDITOR, name="见证员乙")
    with office.site.transaction() as session:
        changes = {"retention_days": ["90", "120"]}
        record(session, OfficeChanged(office.street_id, changes), by=SYSTEM, at=AT)
    shown = client.get(LOG).get_data(as_text=True)
    for words in ("修改街道设置", "名册保留天数 90 → 120", "给 见证员乙 增加角色：见证员", "校验链完整"):
        assert words in shown


def kinds_of_events() -> Iterator[type[Event]]:
    waiting = [Event]
    while waiting:
        waiting += (kinds := waiting.pop().__subclasses__())
        yield from kinds


def test_every_choice_that_the_log_keeps_is_shown_in_words(office: Office) -> None:
    kept = {
        (name, kind)
        for event in kinds_of_events()
        for name, hint in get_type_hints(event).items()
        for kind in get_args(hint) or (hint,)
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    }
    assert len(kept) >= 7
    for name, kind in kept:
        assert kind in ENUMS[name]
        assert all(f"{kind.__name__}.{member}" in WORDS for member in kind)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.CLERK, Role.SCRUTINEER])
def test_the_log_is_for_auditors_administrators_and_supervisors(office: Office, role: Role) -> None:
    assert office.browser_of(role).get(LOG).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_another_streets_entries_are_not_shown(office: Office, role: Role) -> None:
    with office.site.transaction() as session:
        other_id = a_street(session, code="110105001000", name="别的街道").id
    note(office, street_id=other_id, name="别处的人")
    note(office, name="本街道的人")
    shown = office.browser_of(role).get(LOG).get_data(as_text=True)
    assert "本街道的人" in shown
    assert "别处的人" not in shown


def test_a_district_supervisor_reads_every_street_of_the_district(office: Office) -> None:
    note(office, name="本街道的人")
    client = office.browser_of(Role.DISTRICT_SUPERVISOR, place_id=office.district_id)
    assert "本街道的人" in client.get(LOG).get_data(as_text=True)


def test_the_log_is_paged_by_fifties_and_filtered_in_the_address(office: Office) -> None:
    note(office, 60)
    person = office.person(Role.AUDITOR)
    with office.site.transaction() as session:
        who = actor_of(session, person, AT)

        def found(**asked: Any) -> int:
            return queries.log_page(session, who, LogFilter(**asked), first=0, count=50).total

        page = queries.log_page(session, who, LogFilter(), first=50, count=50)
        assert (len(page.entries), page.total) == (12, 62)
        assert found(event="PrivacyNoticePublished") == 60
        assert found(event="PrivacyNoticePublished", day=(AT + timedelta(days=3)).date()) == 1
        assert found(actor_id=999) == 0


def test_what_cannot_be_read_in_the_address_asks_for_everything(office: Office) -> None:
    client = office.browser_of(Role.AUDITOR)
    assert client.get(f"{LOG}?day=gestern&person=x&page=-3&event=").status_code == 200
    assert "没有符合的记录" in client.get(f"{LOG}?event=Nothing").get_data(as_text=True)


def test_a_changed_entry_breaks_the_chain_and_the_page_says_where(office: Office, dialect: str) -> None:
    client = office.browser_of(Role.AUDITOR)
    note(office, 3)
    with office.site.transaction() as session:
        (second, *_others) = session.query(AuditEntry).filter_by(event="PrivacyNoticePublished").all()
        if dialect == "sqlite":
            session.execute(text("DROP TRIGGER audit_entry_no_update"))
        else:
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_update"))
        session.execute(text("UPDATE audit_entry SET actor_name = '别人' WHERE id = :id"), {"id": second.id})
        number = second.id
    shown = client.get(LOG).get_data(as_text=True)
    assert "校验链断开" in shown
    assert f"从第{number}条起对不上" in shown


def test_the_export_holds_the_filtered_rows_as_text(office: Office) -> None:
    note(office, 2, name="=1+1")
    answer = office.browser_of(Role.AUDITOR).get(f"{LOG}.xlsx?event=PrivacyNoticePublished")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3
    assert rows[1][3:6] == ("=1+1", "发布隐私告知第 1 版", "PrivacyNoticePublished")
    assert all(cell.data_type in "sn" for row in sheet.iter_rows() for cell in row)


def test_every_event_has_words() -> None:
    def below(kind: type[Event]) -> list[str]:
        ours = [inner for inner in kind.__subclasses__() if inner.__module__.startswith("diancai.")]
        return [inner.__name__ for inner in ours] + [name for inner in ours for name in below(inner)]

    bases = {"RoundEvent"}
    assert [name for name in below(Event) if f"event.{name}" not in WORDS and name not in bases] == []


def test_a_sentence_of_an_older_entry_lacks_a_fact_and_says_so() -> None:
    entry = AuditEntry(event="PrivacyNoticePublished", facts="{}", actor_name="", hash="")
    assert sentence_of(entry, "zh").act == "发布隐私告知第 — 版"


def test_an_event_without_words_shows_its_name() -> None:
    entry = AuditEntry(event="SomethingNew", facts='{"codes": []}', actor_name="", hash="")
    assert sentence_of(entry, "zh").act == "SomethingNew"
