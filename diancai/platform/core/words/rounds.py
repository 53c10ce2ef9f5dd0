"""Words of rounds and what belongs to it."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "rounds.none": N_("无"),
}
