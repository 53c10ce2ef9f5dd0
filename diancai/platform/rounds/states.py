"""The life of a round (投票活动), vote.md 4."""

from enum import StrEnum


class RoundState(StrEnum):
    DRAFT = "draft"
    ANNOUNCED = "announced"
    VOTING = "voting"
    SUSPENDED = "suspended"
    COLLECTING = "collecting"
    CLOSED = "closed"
    COUNTED = "counted"
    CERTIFIED = "certified"
    PUBLISHED = "published"
    FINAL = "final"
    VOID = "void"


ROUND_MOVES: dict[RoundState, set[RoundState]] = {
    RoundState.DRAFT: {RoundState.ANNOUNCED, RoundState.VOID},
    RoundState.ANNOUNCED: {RoundState.VOTING, RoundState.VOID},
    RoundState.VOTING: {RoundState.SUSPENDED, RoundState.COLLECTING, RoundState.VOID},
    RoundState.SUSPENDED: {RoundState.VOTING, RoundState.COLLECTING, RoundState.VOID},
    RoundState.COLLECTING: {RoundState.CLOSED, RoundState.VOID},
    RoundState.CLOSED: {RoundState.COUNTED, RoundState.VOID},
    RoundState.COUNTED: {RoundState.CERTIFIED, RoundState.COUNTED, RoundState.VOID},
    RoundState.CERTIFIED: {RoundState.PUBLISHED, RoundState.COUNTED, RoundState.VOID},
    RoundState.PUBLISHED: {RoundState.COUNTED, RoundState.FINAL, RoundState.VOID},
    RoundState.FINAL: set(),
    RoundState.VOID: set(),
}

NEVER_HELD_HERE = frozenset(
    {RoundState.DRAFT, RoundState.ANNOUNCED, RoundState.VOTING, RoundState.SUSPENDED, RoundState.COLLECTING}
)
IMPORT_MOVES: dict[RoundState, set[RoundState]] = {RoundState.DRAFT: {RoundState.CLOSED, RoundState.VOID}} | {
    state: moves for state, moves in ROUND_MOVES.items() if state not in NEVER_HELD_HERE
}
"""An election held elsewhere arrives with its ballots: it has no voting here (vote.md 4)."""

RECOUNTABLE = frozenset({RoundState.COUNTED, RoundState.CERTIFIED, RoundState.PUBLISHED})
"""From here a recount leads to COUNTED with a new version: an upheld objection, or another fund than announced."""

PUBLIC_STATES = frozenset(RoundState) - {RoundState.DRAFT}
UNDER_EMBARGO = frozenset(
    {
        RoundState.DRAFT,
        RoundState.ANNOUNCED,
        RoundState.VOTING,
        RoundState.SUSPENDED,
        RoundState.COLLECTING,
        RoundState.CLOSED,
    }
)
"""States in which nothing in the box may be counted by item, anywhere."""


class RoundKind(StrEnum):
    REGULAR = "regular"
    IMPORTED = "imported"
    REHEARSAL = "rehearsal"


class ItemOrder(StrEnum):
    """抽签定序, the same everywhere; or a random order per voter (online only)."""

    DRAWN = "drawn"
    RANDOM = "random"


class VotingChannel(StrEnum):
    """On what a ballot is filled in: one's own phone, the street's public terminal, or paper at a station."""

    PHONE = "phone"
    TERMINAL = "terminal"
    PAPER = "paper"


ONLINE_CHANNELS = frozenset({VotingChannel.PHONE, VotingChannel.TERMINAL})
"""Channels on which every voter may see an order of one's own; paper and a hall show all the same one."""


class Publication(StrEnum):
    TOTALS = "totals"
    BALLOTS = "ballots"


class SignOffState(StrEnum):
    """拟稿 → 审核 → 签发; `superseded` when what was signed changed, or it was sent back."""

    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    SUPERSEDED = "superseded"


SIGN_OFF_MOVES: dict[SignOffState, set[SignOffState]] = {
    SignOffState.SUBMITTED: {SignOffState.REVIEWED, SignOffState.SUPERSEDED},
    SignOffState.REVIEWED: {SignOffState.SIGNED, SignOffState.SUPERSEDED},
    SignOffState.SIGNED: set(),
    SignOffState.SUPERSEDED: set(),
}
