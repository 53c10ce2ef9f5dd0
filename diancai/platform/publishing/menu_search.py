"""What a resident asks the menu for, as it stands in the address: shareable, and nothing that can fail."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from diancai.budget import ItemCategory
from diancai.platform.rounds.models import MenuItem, Round
from diancai.platform.rounds.queries import WHOLE_STREET, items_of

LONGEST = 40


@dataclass(frozen=True, slots=True)
class MenuSearch:
    """Empty fields ask for everything."""

    words: str = ""
    community_id: int | None = None
    category: ItemCategory | None = None

    @property
    def is_empty(self) -> bool:
        return not self.words and self.community_id is None and self.category is None


def read_search(fields: Mapping[str, str], communities: Mapping[int, str]) -> MenuSearch:
    """Values that nobody offers are ignored, as an address may be years old."""
    community = fields.get("community", "")
    known = {str(key) for key in communities} | {str(WHOLE_STREET)}
    category = fields.get("category", "")
    return MenuSearch(
        words=fields.get("words", "").strip()[:LONGEST],
        community_id=int(community) if community in known else None,
        category=ItemCategory(category) if category in set(ItemCategory) else None,
    )


def search_menu(session: Session, round_: Round, search: MenuSearch) -> list[MenuItem]:
    """Items in menu order. Words are looked for in names; a number alone is the item of that number."""
    found = items_of(session, round_, community_id=search.community_id, category=search.category)
    wanted = search.words.casefold()
    return [item for item in found if wanted in item.name.casefold() or wanted == item.number.casefold()]
