"""Items as the item card shows them: every word ready, no question left for the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for

from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round
from diancai.platform.web.locale import _, local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    number: str
    name: str
    cost_fen: int
    social_fen: int
    category: str
    community: str
    url: str
    picture_url: str | None
    picture_alt: str
    summary: str
    text: str
    place: str
    beneficiaries: str
    completes: str
    responsible_unit: str
    aftercare: str
    origin: str
    withdrawn_reason: str


SUMMARY_LENGTH = 48


def card_of(
    round_: Round, item: MenuItem, communities: Mapping[int, str], withdrawal: ItemWithdrawal | None = None
) -> Card:
    """`communities`: names by id; an item without one serves the whole street, unless it comes from elsewhere."""
    everywhere = "" if round_.is_imported else _("全街道")
    picture = url_for("publishing.picture", sha256=item.picture_sha256) if item.picture_sha256 else None
    return Card(
        number=item.number,
        name=item.name,
        cost_fen=item.cost_fen,
        social_fen=item.social_fen,
        category=item.category.value if item.category else "",
        community=communities.get(item.community_id, "") if item.community_id else everywhere,
        url=url_for("publishing.item", round_id=item.round_id, item_number=item.number),
        picture_url=picture,
        picture_alt=item.picture_alt,
        summary=summary_of(item.text),
        text=item.text,
        place=item.place,
        beneficiaries=_("约%(count)s人", count=f"{item.beneficiary_count:,}") if item.beneficiary_count else "",
        completes=_("%(day)s以前", day=local_day(item.completes_on)) if item.completes_on else "",
        responsible_unit=item.responsible_unit,
        aftercare=item.aftercare,
        origin=item.origin,
        withdrawn_reason=withdrawal.reason if withdrawal else "",
    )


def cards_of(
    round_: Round,
    items: Iterable[MenuItem],
    communities: Mapping[int, str],
    withdrawals: Mapping[int, ItemWithdrawal],
) -> list[Card]:
    return [card_of(round_, item, communities, withdrawals.get(item.id)) for item in items]


def summary_of(text: str) -> str:
    """The first sentence, or as much of it as two lines of a card hold."""
    first = text.split("\n", 1)[0].split("。", 1)[0]
    return first if len(first) <= SUMMARY_LENGTH else first[: SUMMARY_LENGTH - 1] + "…"
