"""Forms of the menu: one item, its picture, the lot, and files that bring many items."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from diancai.budget import ItemCategory
from diancai.platform.rounds.models import MenuItem
from diancai.platform.rounds.operations import ItemFacts
from diancai.platform.web.forms import EnumField, Form, YuanField
from diancai.platform.web.locale import lazy_gettext as _l
from diancai.platform.web.uploads import SheetForm

PLAIN = (
    "name", "category", "place", "cost_fen", "beneficiary_count", "completes_on", "responsible_unit", "aftercare",
    "origin", "text",
)  # fmt: skip

TEXTS = frozenset({"name", "place", "responsible_unit", "aftercare", "origin", "text"})


class ItemForm(Form):
    """One item with its picture. Community 0 is the whole street."""

    revision = IntegerField(default=0, widget=HiddenInput())
    name = StringField(
        _l("项目名称"),
        [InputRequired(_l("请填写项目名称")), Length(max=200)],
        description=_l("居民一看就懂，例如：第一社区南门路灯更换"),
    )
    category = EnumField(_l("类别"), ItemCategory, validators=[InputRequired()])
    community_id = SelectField(_l("社区"), coerce=int, validators=[InputRequired()])
    place = StringField(_l("地点"), [Length(max=200)])
    cost_fen = YuanField(
        _l("金额（元）"),
        [InputRequired(_l("请填写金额"))],
        description=_l("财政资金。工程、服务、实物各有单项上限，可以等于上限"),
    )
    social_fen = YuanField(_l("社会资金（元）"), [Optional()], description=_l("财政以外的钱，不计入上限"))
    beneficiary_count = IntegerField(_l("受益居民（人）"), [Optional()])
    completes_on = DateField(_l("完成时间"), [Optional()], description=_l("公告以后就是承诺，签发前必须填写"))
    responsible_unit = StringField(_l("责任单位"), [Length(max=120)], description=_l("谁来办，签发前必须填写"))
    aftercare = TextAreaField(_l("后期管护"), [Length(max=2000)], description=_l("办成以后谁来管、怎么管"))
    origin = TextAreaField(
        _l("需求来源"), [Length(max=2000)], description=_l("来自居民的哪条意见、哪次议事，签发前必须填写")
    )
    text = TextAreaField(
        _l("项目说明"), [Length(max=4000)], description=_l("做什么、怎么做、做成什么样，签发前必须填写")
    )
    picture = FileField(_l("图片"), description=_l("JPEG、PNG 或 WebP，不超过 6 MB。照片里的拍摄地点等信息会被去掉"))
    picture_alt = StringField(_l("图片说明"), [Length(max=200)], description=_l("一句话说清图里是什么，供看不见的人听"))

    def facts(self) -> ItemFacts:
        return ItemFacts(
            community_id=self.community_id.data or None,
            social_fen=self.social_fen.data or 0,
            **{name: self._value_of(name) for name in PLAIN},
        )

    def _value_of(self, name: str) -> Any:
        value = getattr(self, name).data
        return value or "" if name in TEXTS else value

    def picture_content(self) -> bytes:
        return bytes(self.picture.data.read()) if self.picture.data else b""


def item_values(item: MenuItem) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in PLAIN}
    return values | {
        "community_id": item.community_id or 0,
        "social_fen": item.social_fen or None,
        "picture_alt": item.picture_alt,
    }


class OrderForm(Form):
    seed = StringField(
        _l("种子"),
        [InputRequired(_l("请填写种子")), Length(max=120)],
        description=_l("现场产生的数字或文字，例如掷骰子的点数“4 2 6 1”。有了它，谁都能重排一遍"),
    )


class MenuSheetForm(SheetForm):
    """A menu as a spreadsheet: checked first, then stored."""


class PabulibForm(SheetForm):
    file = FileField(_l("Pabulib 文件（.pb）"))
    category = EnumField(
        _l("这些项目的类别"), ItemCategory, description=_l("文件里没有类别，先统一设定，导入后可以逐项修改")
    )
