"""Words of results and what belongs to it."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "results.none": N_("无"),
}
