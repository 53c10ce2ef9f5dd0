"""An item of a sample menu: what the office promises of it, and, for the simulation only, whom it speaks to."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from diancai.budget import ItemCategory
from diancai.platform.rounds.operations import ItemFacts

PICTURES = Path(__file__).parent / "pictures"
HUAIYIN, QIAOXI, QINGHELI = "槐荫社区", "桥西社区", "清河里社区"
SHUYUAN, HONGZHUAN, XIANGYANG = "书院社区", "红砖厂社区", "向阳坡社区"
COMMUNITIES = (HUAIYIN, QIAOXI, QINGHELI, SHUYUAN, HONGZHUAN, XIANGYANG)
WHOLE_STREET = ""


class Audience(StrEnum):
    """Whom an item speaks to; each resident of the simulation belongs to some of these."""

    ELDERS = "elders"
    FAMILIES = "families"
    RIDERS = "riders"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dish:
    """`months` from the end of voting to the promised completion. `appeal` and `audience` feed the simulation alone."""

    name: str
    category: ItemCategory
    community: str
    place: str
    cost_fen: int
    social_fen: int = 0
    beneficiary_count: int
    months: int
    responsible_unit: str
    aftercare: str
    origin: str
    text: str
    picture: str = ""
    picture_alt: str = ""
    appeal: float
    audience: Audience

    def facts(self, community_ids: dict[str, int], voting_ends_on: date) -> ItemFacts:
        """As the page and the import hand it over."""
        return ItemFacts(
            name=self.name,
            category=self.category,
            cost_fen=self.cost_fen,
            community_id=community_ids.get(self.community),
            place=self.place,
            social_fen=self.social_fen,
            beneficiary_count=self.beneficiary_count,
            completes_on=end_of_month(voting_ends_on, self.months),
            responsible_unit=self.responsible_unit,
            aftercare=self.aftercare,
            origin=self.origin,
            text=self.text,
        )

    @property
    def picture_content(self) -> bytes:
        return (PICTURES / f"{self.picture}.png").read_bytes()


def end_of_month(day: date, months: int) -> date:
    """The last day of the month so many months after `day`'s."""
    year, month = divmod(day.year * 12 + day.month + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
