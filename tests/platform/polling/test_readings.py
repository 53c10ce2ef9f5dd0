"""Names by pinyin: every reading of every character, and nothing of it in clear."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.core.keys import keys_of
from diancai.platform.divisions.models import Division
from diancai.platform.polling.finding import search_register
from diancai.platform.polling.operations.persons import Person
from diancai.platform.polling.operations.readings import MOST_READINGS, reading_key, readings_of, typed_reading
from diancai.platform.polling.operations.register import correct_entry, purge_register, request_late_entry
from diancai.platform.polling.reading_models import NameReading
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_street, an_entry


@pytest.fixture
def street(session: Session) -> Division:
    return a_street(session)


@pytest.fixture
def round_(session: Session, street: Division) -> Round:
    return a_round(session, street)


@pytest.fixture
def clerk(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.CLERK)


def found(session: Session, round_: Round, text: str) -> set[int]:
    return {row.id for row in search_register(session, round_, text=text).entries}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("李晓明", "lixiaoming"),
        ("李晓明", "lxm"),
        ("单雄信", "shanxiongxin"),
        ("单雄信", "danxiongxin"),
        ("单雄信", "sxx"),
        ("单雄信", "dxx"),
        ("仇英", "qiuying"),
        ("解缙", "xiejin"),
        ("曾国", "zengguo"),
        ("区楚", "ouchu"),
        ("查良", "zhaliang"),
        ("任重", "renzhong"),
        ("任重", "renchong"),
        ("尉迟恭", "yuchigong"),
        ("万俟雅", "moqiya"),
        ("吕布", "lvbu"),
        ("吕布", "lubu"),
        ("吕布", "lyubu"),
        ("阿依·古丽", "ayiguli"),
    ],
)
def test_a_name_is_typed_in_every_reading_of_its_characters(name: str, typed: str) -> None:
    assert typed in readings_of(name)


def test_a_name_in_latin_letters_is_found_as_it_is_written(session: Session, round_: Round) -> None:
    assert readings_of("Anna Kim") == frozenset()
    entry = an_entry(session, round_, name="Anna Kim")
    assert found(session, round_, "anna kim") == {entry.id}


def test_a_long_name_has_no_more_ways_than_can_be_kept() -> None:
    ways = readings_of("单重乐朝行长藏得都的大单重乐")
    assert 1 < len(ways) <= 2 * MOST_READINGS


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Lǐ Míng", "liming"),
        ("LI MING", "liming"),
        ("Xi'an", "xian"),
        ("lǚ bù", "lvbu"),
        ("lü", "lv"),
        ("3栋", ""),
        ("李", ""),
    ],
)
def test_what_is_typed_is_brought_to_one_form(text: str, reading: str) -> None:
    assert typed_reading(text) == reading


def test_the_desk_finds_by_pinyin_and_by_initials_and_narrows(session: Session, round_: Round) -> None:
    one = an_entry(session, round_, name="单晓明")
    two = an_entry(session, round_, name="单晓明", household="5栋-301")
    other = an_entry(session, round_, name="宋小敏", household="5栋-302")
    assert found(session, round_, "shanxiaoming") == {one.id, two.id}
    assert found(session, round_, "Shàn Xiǎomíng") == {one.id, two.id}
    assert found(session, round_, "sxm") == {one.id, two.id, other.id}
    assert found(session, round_, "sxm 5栋") == {two.id, other.id}
    assert found(session, round_, "shan") == set()
    assert found(session, round_, "") == {one.id, two.id, other.id}


def test_people_of_one_name_are_pointed_out(session: Session, round_: Round) -> None:
    for name, door in (("李明", "1栋"), ("李明", "2栋"), ("黎明", "1栋")):
        an_entry(session, round_, name=name, household=door)
    page = search_register(session, round_, text="liming 1栋")
    assert {row.name: row.has_namesake for row in page.entries} == {"李明": True, "黎明": False}
    assert page.has_namesakes


def test_a_corrected_name_is_found_by_its_new_reading_only(session: Session, round_: Round, clerk: Actor) -> None:
    entry = an_entry(session, round_, name="李明")
    person = Person("王芳", entry.community_id, entry.household, entry.birth_year)
    correct_entry(session, round_, entry, person, by=clerk, at=AT)
    assert found(session, round_, "liming") == set()
    assert found(session, round_, "wf") == {entry.id}


def test_a_late_entry_is_found_by_pinyin(session: Session, round_: Round, clerk: Actor) -> None:
    first = an_entry(session, round_)
    person = Person("周新", first.community_id, "9栋-901", 1990)
    request_late_entry(session, round_, person, reason="漏登", by=clerk, at=AT)
    assert len(found(session, round_, "zhouxin")) == 1


def test_readings_are_kept_as_hashes_of_their_round(session: Session, street: Division, round_: Round) -> None:
    entry = an_entry(session, round_, name="李明")
    kept = set(session.scalars(select(NameReading.reading_key).filter_by(entry_id=entry.id)))
    keys = keys_of(session)
    assert reading_key(keys, round_.id, "liming") in kept
    assert reading_key(keys, round_.id + 1, "liming") not in kept
    assert all(len(key) == 32 for key in kept)


def test_readings_go_with_the_register(session: Session, street: Division) -> None:
    round_ = a_round(session, street, state=RoundState.VOTING)
    an_entry(session, round_)
    round_.void_reason, round_.state = "停", RoundState.VOID
    session.flush()
    assert purge_register(session, round_, by=SYSTEM, at=AT) == 1
    assert session.scalar(select(func.count()).select_from(NameReading)) == 0
