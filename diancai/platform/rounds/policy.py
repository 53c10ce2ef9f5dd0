"""Who may do what with a round, from the one table."""

from diancai.platform.core.actor import Actor
from diancai.platform.core.permissions import permitted
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import PUBLIC_STATES, RoundState

may_see_round = permitted("see_round")
may_draft_round = permitted("draft_round")
may_edit_round = permitted("edit_round")
may_submit_round = permitted("submit_round")
may_review_round = permitted("review_round")
may_return_round = permitted("return_round")
may_announce_round = permitted("announce_round")
may_discard_round = permitted("discard_round")
may_suspend_round = permitted("suspend_round")
may_resume_round = permitted("resume_round")
may_extend_round = permitted("extend_round")
may_collect_round = permitted("collect_round")
may_withdraw_item = permitted("withdraw_item")
may_void_round = permitted("void_round")
may_appoint_scrutineer = permitted("appoint_scrutineer")
may_post_notice = permitted("post_notice")


def is_public(round_: Round) -> bool:
    """Announced or imported; a discarded draft never was, and a rehearsal never is."""
    if round_.is_rehearsal:
        return False
    if round_.state is RoundState.VOID:
        return round_.announced_at is not None or round_.is_imported
    return round_.state in PUBLIC_STATES


def may_see_picture(actor: Actor, rounds: list[Round]) -> bool:
    """Public with the first round that shows it; before that for the street's own office."""
    return any(is_public(round_) or may_see_round(actor, round_) for round_ in rounds)
