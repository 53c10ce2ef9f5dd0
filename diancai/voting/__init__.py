"""Ballots, profiles, scores, ties, codes and the board. Pure: values in, values out."""

from diancai.voting.ballots import (
    BallotForm,
    BallotType,
    canonical_text,
    check_ballot,
    item_order_key,
    parse_canonical,
    parse_numbers,
    total_cost_fen,
)
from diancai.voting.board import (
    audit_path,
    board_root,
    hash_b,
    idem_of,
    leads_to_root,
    merkle_root,
    normalise_tracker,
    tracker_key_of,
    tracker_range,
    tracker_text,
)
from diancai.voting.codes import CodeKind, has_valid_check, new_code, normalise_code
from diancai.voting.exact import Exact
from diancai.voting.pabulib import PabulibFile, VoteType, pabulib_text, write_pabulib
from diancai.voting.pabulib_reading import parse_pabulib, read_pabulib
from diancai.voting.profile import (
    MarkKind,
    Profile,
    WeightedBallot,
    profile_from_arrays,
    profile_of,
)
from diancai.voting.profile_files import load_profile, save_profile
from diancai.voting.profile_sources import profile_from_pabulib, profile_from_texts
from diancai.voting.score_sheets import MeanScore, mean_scores
from diancai.voting.scores import approval_counts, item_scores
from diancai.voting.thresholds import Poll, Threshold, ThresholdBase, is_met, passed
from diancai.voting.ties import TieOrder, TieRule, file_seed, lot_key, tie_seed

__all__ = [
    "BallotForm",
    "BallotType",
    "CodeKind",
    "Exact",
    "MarkKind",
    "MeanScore",
    "PabulibFile",
    "Poll",
    "Profile",
    "Threshold",
    "ThresholdBase",
    "TieOrder",
    "TieRule",
    "VoteType",
    "WeightedBallot",
    "approval_counts",
    "audit_path",
    "board_root",
    "canonical_text",
    "check_ballot",
    "file_seed",
    "has_valid_check",
    "hash_b",
    "idem_of",
    "is_met",
    "item_order_key",
    "item_scores",
    "leads_to_root",
    "load_profile",
    "lot_key",
    "mean_scores",
    "merkle_root",
    "new_code",
    "normalise_code",
    "normalise_tracker",
    "pabulib_text",
    "parse_canonical",
    "parse_numbers",
    "parse_pabulib",
    "passed",
    "profile_from_arrays",
    "profile_from_pabulib",
    "profile_from_texts",
    "profile_of",
    "read_pabulib",
    "save_profile",
    "tie_seed",
    "total_cost_fen",
    "tracker_key_of",
    "tracker_range",
    "tracker_text",
    "write_pabulib",
]
