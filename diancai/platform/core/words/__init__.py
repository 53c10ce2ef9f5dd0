"""The catalogue of texts: what each code says, in Chinese. One file a feature; English stands in translations/en."""

from diancai.platform.core.words import (
    accounts,
    admin,
    archive,
    backups,
    casework,
    common,
    counting,
    divisions,
    funds,
    hall_servers,
    halls,
    kiosks,
    notices,
    outcomes,
    polling,
    proposals,
    publishing,
    rehearsal,
    results,
    rounds,
    sheets,
    supervision,
    timetable,
    voting,
)

WORDS: dict[str, str] = {}
for part in (
    common,
    sheets,
    accounts,
    divisions,
    admin,
    funds,
    hall_servers,
    halls,
    kiosks,
    notices,
    proposals,
    rounds,
    polling,
    casework,
    voting,
    results,
    publishing,
    counting,
    outcomes,
    timetable,
    archive,
    backups,
    rehearsal,
    supervision,
):
    twice = WORDS.keys() & part.WORDS.keys()
    assert not twice, f"said twice: {sorted(twice)}"
    WORDS |= part.WORDS
