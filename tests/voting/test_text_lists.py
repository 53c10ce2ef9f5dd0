"""Lists in texts are parted as Python parts them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.voting.pabulib import split_list
from diancai.voting.text_lists import TextLists, lists_in_texts, stripped

PARTS = st.one_of(st.sampled_from(["1", "12", "p/2", "a longer id of many words", "y" * 65, ""]), st.text(max_size=9))
TEXTS = st.lists(st.lists(PARTS, max_size=5).map(",".join), max_size=8)


def as_written(lists: TextLists) -> list[list[str]]:
    parts = iter([lists.parts[code] for code in lists.codes.tolist()])
    return [[next(parts) for _ in range(length)] for length in lists.lengths.tolist()]


@settings(deadline=None)
@given(TEXTS)
def test_parts_are_those_between_commas(texts: list[str]) -> None:
    lists = lists_in_texts(texts)
    assert as_written(lists) == [text.split(",") if text else [] for text in texts]
    assert len(set(lists.parts)) == len(lists.parts)


@settings(deadline=None)
@given(TEXTS)
def test_stripped_parts_are_those_of_a_file(texts: list[str]) -> None:
    lists = stripped(lists_in_texts(texts))
    assert as_written(lists) == [list(split_list(text)) for text in texts]
    assert set(lists.parts) == {part for text in texts for part in split_list(text)}
