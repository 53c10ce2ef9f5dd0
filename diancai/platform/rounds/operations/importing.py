"""Items from a spreadsheet or from a Pabulib file: read and checked first, stored only when nothing is wrong."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory, parse_yuan
from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.sheet_cells import a_day, text_up_to, whole_number
from diancai.platform.core.sheets import Column, Problem, SheetReading, SheetRow, read_sheet, sheet_template
from diancai.platform.core.texts import title_of
from diancai.platform.divisions.models import Division, Level
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.menu import MOST_ITEMS, ItemFacts, check_item
from diancai.voting import parse_pabulib

WHOLE_STREET_WORDS = ("全街道", "全街", "街道")
NAME, COMMUNITY = "name", "community_id"


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would store. With any problem nothing may be stored."""

    items: tuple[ItemFacts, ...]
    problems: tuple[Problem, ...]
    ignored_titles: tuple[str, ...] = ()
    has_more_problems: bool = False

    @property
    def is_clean(self) -> bool:
        return not self.problems

    @property
    def rows(self) -> tuple[ItemFacts, ...]:
        """By the name that the shared page of dry runs knows."""
        return self.items


def a_category(text: str) -> ItemCategory:
    """工程, 服务, 实物, with or without 类. Raises InvalidInput item.unknown_category (text)."""
    for category in ItemCategory:
        if text.strip().removesuffix("类") in (title_of(category), "货物" if category is ItemCategory.GOODS else ""):
            return category
    raise InvalidInput("item.unknown_category", text=text)


MENU_COLUMNS = (
    Column(NAME, ("项目名称", "名称"), True, text_up_to(200), "居民一看就懂的名称"),
    Column("category", ("类别",), True, a_category, "工程、服务、实物 三选一"),
    Column(COMMUNITY, ("社区", "所属社区"), False, str, "社区名称；全街道的项目写“全街道”或留空", None),
    Column("place", ("地点",), False, text_up_to(200), "具体位置"),
    Column("cost_fen", ("金额（元）", "金额", "造价"), True, parse_yuan, "财政资金，最多两位小数，例如 86400.00"),
    Column("social_fen", ("社会资金（元）", "社会资金"), False, parse_yuan, "财政资金以外的钱，不计入上限", 0),
    Column("beneficiary_count", ("受益居民（人）", "受益人数"), False, whole_number(), "大约多少人受益", None),
    Column("completes_on", ("完成时间", "完成日期"), False, a_day, "例如 2027-06-30；签发前必须填写", None),
    Column("responsible_unit", ("责任单位", "实施单位"), False, text_up_to(120), "谁来办；签发前必须填写"),
    Column("aftercare", ("后期管护",), False, text_up_to(2000), "办成以后谁来管"),
    Column("origin", ("需求来源",), False, text_up_to(2000), "来自居民的哪条意见；签发前必须填写"),
    Column("text", ("项目说明", "说明"), False, text_up_to(4000), "做什么、怎么做；签发前必须填写"),
)
BY_KEY = {column.key: column for column in MENU_COLUMNS}


def menu_template() -> bytes:
    """An empty xlsx with the right headers and a sheet of explanations."""
    return sheet_template(MENU_COLUMNS, "菜单", ["一行一个项目。不要合并单元格，不要写公式。"])


def read_menu(session: Session, round_: Round, content: bytes) -> DryRun:
    """Read a menu from an xlsx without storing anything; caps are checked too (F-06).

    Raises InvalidInput sheet.* for a file that is refused whole.
    """
    reading = read_sheet(content, _columns_of(session, round_.street_id), most_rows=MOST_ITEMS)
    items, problems = [], list(reading.problems)
    for row in reading.rows:
        item = ItemFacts(**row.values)
        try:
            check_item(session, round_, item)
            items.append(item)
        except DomainError as refusal:
            problems.append(_problem(reading, row, refusal))
    problems.sort(key=lambda problem: problem.row)
    return DryRun(tuple(items), tuple(problems), reading.ignored_titles, reading.has_more_problems)


def read_pabulib_items(session: Session, round_: Round, content: bytes, category: ItemCategory) -> DryRun:
    """The projects of a `.pb` file as items of one category; ballots in it are left alone.

    Raises InvalidInput pabulib.* for a file that cannot be read, pabulib.no_whole_fen (number) for an amount finer
    than a fen.
    """
    file = parse_pabulib(content)
    names = file.project_values("name") if "name" in file.project_columns else file.project_ids
    items, problems = [], []
    for line, (project_id, name, cost) in enumerate(zip(file.project_ids, names, file.costs, strict=True), 1):
        if (cost * 100) % 1:
            raise InvalidInput("pabulib.no_whole_fen", number=project_id)
        item = ItemFacts(name=(name or project_id)[:200], category=category, cost_fen=int(cost * 100))
        try:
            check_item(session, round_, item)
            items.append(item)
        except DomainError as refusal:
            problems.append(Problem("PROJECTS", line, project_id, str(name), refusal.code, refusal.facts))
    return DryRun(tuple(items), tuple(problems))


def _columns_of(session: Session, street_id: int) -> list[Column]:
    """The columns with the street's own communities: an unknown one is told beside everything else in its row."""
    rows = select(Division.name, Division.id).filter_by(parent_id=street_id, level=Level.COMMUNITY, valid_until=None)
    communities = dict(session.execute(rows).all())

    def a_community(text: str) -> int | None:
        if text in WHOLE_STREET_WORDS:
            return None
        if text not in communities:
            raise InvalidInput("item.unknown_community", text=text)
        return communities[text]

    return [replace(column, parse=a_community) if column.key == COMMUNITY else column for column in MENU_COLUMNS]


def _problem(reading: SheetReading, row: SheetRow, refusal: DomainError) -> Problem:
    column = BY_KEY.get(str(refusal.facts.get("field", "")), BY_KEY[NAME])
    return Problem(
        reading.sheet, row.number, reading.places.get(column.key, ""), column.titles[0], refusal.code, refusal.facts
    )
