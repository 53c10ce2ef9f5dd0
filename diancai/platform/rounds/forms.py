"""Forms of a round's rules. Each field says in plain words what its rule does."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget, RadioInput

from diancai.budget import RULE_BOOK_COMPLETIONS, Binding, Method, Utility
from diancai.platform.rounds.checks import PARAMETERS, TIE_RULES, RoundRules
from diancai.platform.rounds.states import ItemOrder, Publication, VotingChannel
from diancai.platform.web.forms import EnumField, Form, InstantField, YuanField
from diancai.platform.web.locale import lazy_gettext as _l
from diancai.platform.web.locale import title
from diancai.voting import BallotType

AT_MOST, EXACTLY = "at_most", "exactly"
BALLOTS = (
    SelectChoice(AT_MOST, _l("最多选 k 项：每人从菜单里选 1 到 k 项")),
    SelectChoice(EXACTLY, _l("选满 k 项：每人必须正好选 k 项")),
    SelectChoice(BallotType.KNAPSACK.value, _l("总额内任选：每人像花这笔钱一样选，合计不能超过资金总额")),
    SelectChoice(BallotType.RANKING.value, _l("按轻重缓急排序：每人给最多 k 项排第 1、第 2……")),
)
METHODS = (
    SelectChoice(Method.GREEDY.value, _l("按票数从高到低，超额跳过：票多的先入选，钱不够的跳过，继续往下看")),
    SelectChoice(Method.GREEDY_NO_SKIP.value, _l("按票数从高到低，遇超即止：遇到第一个钱不够的就停")),
    SelectChoice(
        Method.GREEDY_PER_COST.value,
        _l("按每元得票从高到低：得票除以造价，比值大的先入选，省钱的小项目占便宜；钱不够的跳过。排序的票不能用"),
    ),
    SelectChoice(Method.TOP_K.value, _l("取前 k 项：票数最多的 k 项入选")),
    SelectChoice(
        Method.EQUAL_SHARES.value,
        _l("均等份额法：把资金平均分给每张票，支持者一起出得起的项目入选，少数人的需要也有机会。要公布全部选票"),
    ),
    SelectChoice(
        Method.PHRAGMEN.value,
        _l(
            "弗拉格曼法：设想每人的钱同样快地增加，哪一项的支持者先凑够就入选，也照顾少数人；"
            "轮到的一项钱不够就停，余款可能较多。要公布全部选票，排序的票不能用"
        ),
    ),
)
PUBLICATIONS = (
    SelectChoice(Publication.TOTALS.value, _l("只公布各项得票。选票由在场监票人当场核对")),
    SelectChoice(
        Publication.BALLOTS.value,
        _l("公布全部选票（不记名，不知道是谁的）。任何人都能重新计算；每人最多选 5 项时才可以"),
    ),
)


class Choices(SelectField):
    """One of several, each on a line of its own with its explanation."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.type = "RadioField"  # the macro draws by this name


class Ticks(SelectMultipleField):
    """Any of several, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.type = "MultiCheckboxField"


class OptionalEnum(EnumField):
    def __init__(self, label: Any, members: Any, **options: Any) -> None:
        super().__init__(label, members, optional=True, validators=[Optional()], **options)


class RoundForm(Form):
    """The rule book on one page. `revision` is that of the page, so that a stale one is refused."""

    revision = IntegerField(default=0, widget=HiddenInput())
    street_id = SelectField(_l("街道"), coerce=int, validators=[InputRequired(_l("请选择街道"))])
    title = StringField(
        _l("名称"),
        [InputRequired(_l("请填写名称")), Length(max=80)],
        description=_l("居民看到的名字，例如：2026年家门口的小实事"),
    )
    year = IntegerField(_l("年度"), [InputRequired(_l("请填写年度"))])
    fund_id = SelectField(_l("专项资金"), coerce=int, validators=[InputRequired(_l("请选择资金"))])
    fund_fen = YuanField(
        _l("本次使用金额（元）"),
        [InputRequired(_l("请填写金额"))],
        description=_l("从这笔资金里拿出多少给居民决定，不能超过余额"),
    )

    min_age = IntegerField(
        _l("年龄下限（周岁）"),
        [InputRequired(_l("请填写年龄"))],
        description=_l("不低于 15 周岁。常住居民都可以投，不看户籍"),
    )
    is_per_household = BooleanField(_l("每户一票，由户代表投（不选就是一人一票）"))
    area = StringField(_l("范围"), [Length(max=120)], description=_l("不填就是全街道；只在几个社区投的，写明是哪些"))
    channels = Ticks(
        _l("在哪里投"),
        validators=[InputRequired(_l("请至少选一种"))],
        choices=[SelectChoice(channel.value) for channel in VotingChannel],
        description=_l("凭投票码投票，两种方式可以都选"),
    )

    household_pick_up_limit = IntegerField(
        _l("同户代领，每人最多代领几份"),
        [Optional()],
        default=0,
        description=_l("同一户的人签名代领，最多 5 份。只准本人领取的填 0"),
    )
    proxy_limit = IntegerField(
        _l("委托投票，每人最多受几人委托"),
        [Optional()],
        default=0,
        description=_l("要有书面委托，最多 3 人。不准委托的填 0"),
    )

    ballot = Choices(_l("怎么选"), choices=BALLOTS, validators=[InputRequired(_l("请选一种"))])
    max_marks = IntegerField(
        _l("选几项（k）"),
        [InputRequired(_l("请填写项数"))],
        description=_l("每人最多（或正好）选几项；排序的，排几个名次"),
    )
    item_order = EnumField(
        _l("项目的次序"),
        ItemOrder,
        default=ItemOrder.DRAWN,
        description=_l(
            "抽签定序最容易核对。每人随机，排在前面的就占不到便宜，只能用于网上投票。两种都可以直接输入编号"
        ),
    )

    method = Choices(_l("怎么算出入选项目"), choices=METHODS, validators=[InputRequired(_l("请选一种"))])
    seat_count = IntegerField(_l("取几项"), [Optional()], description=_l("只有“取前 k 项”要填"))
    binding = OptionalEnum(_l("钱不够时"), Binding, description=_l("只有“取前 k 项”要填"))
    utility = OptionalEnum(
        _l("怎么衡量满意"),
        Utility,
        description=_l(
            "只有“均等份额法”要填。按金额计：金额大的项目更算数；按项数计：每项一样；按得分计：排序的票用这个，也只用这个"
        ),
    )
    completion = OptionalEnum(
        _l("余款怎么办"),
        RULE_BOOK_COMPLETIONS,
        description=_l(
            "只有“均等份额法”要填，它常常用不完资金。最容易讲清楚的是按票数补选；份额逐次加一的更合乎本意，计算也更久"
        ),
    )
    tie_rule = EnumField(
        _l("票数相同怎么办"),
        TIE_RULES,
        validators=[InputRequired()],
        description=_l("抽签用票箱封存以后现场产生的数，事先谁也不知道，事后谁都能重算"),
    )
    publication = Choices(_l("公布什么"), choices=PUBLICATIONS, validators=[InputRequired(_l("请选一种"))])

    min_turnout_percent = IntegerField(
        _l("最低投票率（%）"),
        [InputRequired(_l("没有要求请填 0"))],
        description=_l("达不到就不分配资金，整次作废。没有要求填 0"),
    )
    min_ballots = IntegerField(
        _l("最低票数"), [InputRequired(_l("没有要求请填 0"))], description=_l("达不到就不分配资金。没有要求填 0")
    )

    opens_at = InstantField(_l("开始时间"), [InputRequired(_l("请填写时间"))], description=_l("签发以后到点自动开始"))
    closes_at = InstantField(
        _l("截止时间"), [InputRequired(_l("请填写时间"))], description=_l("到点自动截止，不会提前")
    )
    latest_close_at = InstantField(
        _l("最晚截止时间"), [InputRequired(_l("请填写时间"))], description=_l("遇到特殊情况要延期，最晚到什么时候")
    )
    candidate_notice_days = IntegerField(
        _l("候选项目公示（工作日）"),
        [InputRequired(_l("不要求请填 0"))],
        description=_l("投票开始以前，候选项目要公示满几个工作日，异议都答复了才开始。至少 3 个；不要求填 0"),
    )
    register_check_days = IntegerField(
        _l("名册核对（工作日）"),
        [InputRequired(_l("不要求请填 0"))],
        description=_l("投票开始以前，居民有几个工作日可以核对自己的登记、提异议。至少 3 个；不要求填 0"),
    )
    scrutineer_count = IntegerField(
        _l("监票人人数"),
        [InputRequired(_l("请填写人数")), NumberRange(min=2, max=15)],
        description=_l("至少 2 名，投票当天以前推选"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.channels.choices = [SelectChoice(channel.value, title(channel)) for channel in VotingChannel]

    def rules(self) -> RoundRules:
        """What was typed. Parameters that the chosen method does not use are dropped."""
        exactly = self.ballot.data == EXACTLY
        is_tick = self.ballot.data in (AT_MOST, EXACTLY)
        method = Method(self.method.data)
        values = {name: getattr(self, name).data for name in SAME_NAMES}
        values["area"] = values["area"] or ""
        values |= {name: values[name] or 0 for name in ("household_pick_up_limit", "proxy_limit")}
        values |= {name: getattr(self, name).data if method is user else None for name, user in PARAMETERS.items()}
        return RoundRules(
            channels=tuple(VotingChannel(name) for name in self.channels.data or ()),
            ballot_type=BallotType.TICK if is_tick else BallotType(self.ballot.data),
            min_marks=self.max_marks.data if exactly else 1,
            method=method,
            publication=Publication(self.publication.data),
            **values,
        )


SAME_NAMES = (
    "title", "year", "fund_id", "fund_fen", "min_age", "is_per_household", "area", "max_marks", "item_order",
    "tie_rule", "min_turnout_percent", "min_ballots", "opens_at", "closes_at", "latest_close_at", "scrutineer_count",
    "candidate_notice_days", "register_check_days", "household_pick_up_limit", "proxy_limit",
)  # fmt: skip
SECTIONS = (
    (_l("这是什么"), ("street_id", "title", "year", "fund_id", "fund_fen")),
    (_l("谁可以投"), ("min_age", "is_per_household", "area", "channels", "household_pick_up_limit", "proxy_limit")),
    (_l("怎么投"), ("ballot", "max_marks", "item_order")),
    (_l("怎么算"), ("method", "seat_count", "binding", "utility", "completion", "tie_rule")),
    (_l("怎样才有效，公布什么"), ("min_turnout_percent", "min_ballots", "publication", "scrutineer_count")),
    (_l("什么时候投"), ("candidate_notice_days", "register_check_days", "opens_at", "closes_at", "latest_close_at")),
)
"""The page's steps, in the order in which an officer thinks of them."""


def form_values(rules: RoundRules) -> dict[str, Any]:
    """What the form shows for rules that exist."""
    values = {name: getattr(rules, name) for name in SAME_NAMES} | {name: getattr(rules, name) for name in PARAMETERS}
    exactly = rules.min_marks == rules.max_marks and rules.max_marks > 1
    ballot = (EXACTLY if exactly else AT_MOST) if rules.ballot_type is BallotType.TICK else rules.ballot_type.value
    return values | {
        "ballot": ballot,
        "method": rules.method.value,
        "publication": rules.publication.value,
        "channels": [channel.value for channel in rules.channels],
    }
