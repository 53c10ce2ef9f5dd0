"""Words of accounts and what belongs to it."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "accounts.none": N_("无"),
}
