"""Sample values for every template of the resident's way and every shared part."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import segno
from markupsafe import Markup

from diancai.voting.ballots import BallotForm, BallotType

CLOSES_AT = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
OPENS_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
FUND_FEN = 300_000_000
TRACKER = "7KQM-29XD-PWCA-8FHT"


@dataclass(frozen=True)
class Item:
    number: str
    name: str
    cost_fen: int
    category: str
    community: str
    picture_url: str | None = None
    summary: str = "晚上看不清路，老人孩子出门不放心。换成节能路灯，补齐没有灯的地方。"
    text: str = "更换老旧路灯42盏，新装18盏，线路入地；每盏灯编号，坏了扫码报修，24小时内修复。"
    place: str = "幸福里小区1至9号楼之间的主路和支路"
    beneficiaries: str = "约1,260户，3,400人"
    completes: str = "2027年6月30日前"
    responsible_unit: str = "街道城市建设办公室"
    aftercare: str = "物业每月巡查一次，社区每季度公布维修记录"
    origin: str = "2026年3月问需会，居民李*明等37人联名提出"
    social_fen: int = 0
    withdrawn_reason: str = ""


_MENU = [
    ("幸福里小区路灯改造", 39_500_000, "works", "幸福里社区", "street-lamp"),
    ("电动自行车充电棚", 28_640_000, "works", "向阳社区", "bike-shed"),
    ("长者食堂开办与助餐补贴", 20_000_000, "services", "全街道", "canteen"),
    ("老旧楼道加装扶手", 8_640_000, "works", "和平社区", "handrail"),
    ("街角口袋公园", 40_000_000, "works", "桃源社区", "pocket-park"),
    ("小广场健身器材更新", 12_350_000, "goods", "向阳社区", "fitness"),
    ("公共晾衣架", 3_200_000, "goods", "幸福里社区", "clothes-rack"),
    ("儿童书屋", 15_000_000, "services", "学府社区", "children-books"),
    ("垃圾分类屋改造，加装洗手池和除臭设备", 18_765_432, "works", "和平社区", "sorting-house"),
    ("雨水井清淤和井盖更换", 36_000_000, "works", "全街道", "storm-drain"),
    ("楼道照明声控改造", 9_900_000, "works", "桃源社区", "stair-light"),
    ("失能老人上门助浴", 16_800_000, "services", "全街道", "bathing"),
    ("社区义诊进家门", 7_500_000, "services", "全街道", "clinic"),
    ("小区主路无障碍坡道", 22_000_000, "works", "学府社区", "ramp"),
    ("电动汽车公共充电桩", 38_000_000, "works", "清泉社区", "charger"),
    ("广场文化活动一年12场", 10_000_000, "services", "清泉社区", "culture"),
]


def menu(count: int = 24, picture: str = "/static/pictures/{}.svg") -> list[Item]:
    """The sample street's menu; numbers as drawn by lot."""
    rows = (_MENU * 2)[:count]
    items = []
    for index, (name, cost, category, community, drawing) in enumerate(rows, start=1):
        drawn = picture.format(drawing) if index % 7 else None
        items.append(Item(str(index), name, cost, category, community, drawn))
    return items


def menu_with_withdrawn() -> list[Item]:
    items = menu()
    items[3] = replace(items[3], withdrawn_reason="该楼已列入今年的电梯加装，扶手一并安装，不再重复立项。")
    return items


def form(kind: BallotType, low: int, high: int) -> BallotForm:
    items = menu()
    numbers, costs = tuple(item.number for item in items), tuple(item.cost_fen for item in items)
    return BallotForm(kind, numbers, costs, low, high, FUND_FEN if kind is BallotType.KNAPSACK else None)


@dataclass(frozen=True)
class Line:
    item: Item
    place: int | None = None


@dataclass(frozen=True)
class Seal:
    sealed_at: datetime
    ballot_count: int
    root: str


SEALS = [
    Seal(datetime(2026, 11, 21, 9, 10, tzinfo=UTC), 412, "9f2c" * 16),
    Seal(datetime(2026, 11, 21, 8, 40, tzinfo=UTC), 380, "1b77" * 16),
]


@dataclass(frozen=True)
class Links:
    home: str = "/"
    how_to_vote: str = "/"
    rules: str = "/"
    board: str = "/"
    privacy: str = "/"
    open_data: str = "/"
    sign_in: str = "/"
    sign_out: str = "/"
    account: str = "/"
    large_type: str = "?large=1"
    language: str = "?language=en"


@dataclass(frozen=True)
class Round:
    title: str = "2026年示范街道民生微实事"
    closes_at: datetime = CLOSES_AT


def qr_svg(text: str = "https://example.org/board#" + TRACKER) -> Markup:
    return Markup(segno.make(text, error="m").svg_inline(border=2, omitsize=True))


@dataclass(frozen=True)
class Common:
    """What every page gets."""

    values: dict[str, object] = field(
        default_factory=lambda: {
            "links": Links(),
            "help_phone": "0755-8201 2345",
            "round_name": Round().title,
            "closes_at": CLOSES_AT,
            "opens_at": OPENS_AT,
            "start_url": "/start",
            "code_url": "/start",
            "locale": "zh",
            "site_nav": [
                ("首页", "/", True),
                ("菜单", "/menu", False),
                ("怎么领投票码", "/how", False),
                ("历年结果", "/results", False),
            ],
        }
    )
