"""What the database forbids of proposals: what was submitted stays as it was written, and nothing of it disappears."""

from diancai.platform.core.trigger_kinds import AnyTrigger, Trigger

TEXT_COLUMNS = (
    "street_id, community_id, year, number, source, intake, title, problem, place, beneficiaries, wish, submitted_at"
)
OPEN = "('submitted', 'accepted')"

PROPOSAL_TRIGGERS: tuple[AnyTrigger, ...] = (
    Trigger("proposal_text_frozen", "proposal", f"UPDATE OF {TEXT_COLUMNS}", "OLD.state <> 'draft'"),
    Trigger("proposal_kept", "proposal", "DELETE", "OLD.state <> 'draft'"),
    # as it was submitted; the office may take one down that shows a person
    *(
        Trigger(
            f"proposal_picture_{kind.lower()}",
            "proposal_picture",
            kind,
            "NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'draft')",
        )
        for kind in ("INSERT", "UPDATE")
    ),
    # a proposal goes on as one that is open, of the same street
    Trigger(
        "proposal_merged_into_open",
        "proposal",
        "UPDATE OF merged_into_id",
        "NEW.merged_into_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM proposal AS target WHERE target.id = "
        f"NEW.merged_into_id AND target.state IN {OPEN} AND target.street_id = NEW.street_id)",
    ),
    Trigger(
        "proposal_support_open",
        "proposal_support",
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state IN {OPEN})",
    ),
    Trigger(
        "proposal_support_stands",
        "proposal_support",
        "UPDATE OF proposal_id, phone_key, given_at, confirmed_at, confirmed_by",
        "OLD.confirmed_at IS NOT NULL OR NEW.proposal_id <> OLD.proposal_id OR NEW.phone_key <> OLD.phone_key "
        "OR NEW.given_at <> OLD.given_at",
    ),
    Trigger("proposal_support_kept", "proposal_support", "DELETE"),
)
