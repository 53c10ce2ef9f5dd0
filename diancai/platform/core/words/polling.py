"""Words of polling and what belongs to it."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "polling.none": N_("无"),
}
