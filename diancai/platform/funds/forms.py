"""Forms of funds and caps."""

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from diancai.budget import ItemCategory
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import FundPlan
from diancai.platform.web.forms import EnumField, Form, YuanField
from diancai.platform.web.locale import lazy_gettext as _l


class FundForm(Form):
    street_id = SelectField(_l("街道"), coerce=int)
    year = IntegerField(_l("年度"), [InputRequired(_l("请填写年度"))])
    name = StringField(
        _l("名称"), [InputRequired(_l("请填写资金名称")), Length(max=80)], description=_l("例如：民生微实事专项资金")
    )
    budget_line = StringField(
        _l("预算科目"),
        [InputRequired(_l("请填写预算科目")), Length(max=80)],
        description=_l("区财政年度预算里的科目和编号，专项核算"),
    )
    amount_fen = YuanField(_l("金额（元）"), [InputRequired(_l("请填写金额"))])
    below_floor_reason = TextAreaField(
        _l("低于下限的理由"), [Length(max=400)], description=_l("金额不低于本街道的下限时不用填")
    )

    def plan(self) -> FundPlan:
        return FundPlan(
            year=self.year.data,
            name=self.name.data,
            budget_line=self.budget_line.data,
            amount_fen=self.amount_fen.data or 0,
            below_floor_reason=self.below_floor_reason.data or "",
        )


def fund_values(fund: Fund) -> dict[str, object]:
    names = ("street_id", "year", "name", "budget_line", "amount_fen", "below_floor_reason")
    return {name: getattr(fund, name) for name in names}


class ApprovalForm(Form):
    reference = StringField(
        _l("区人大批准文号"),
        [InputRequired(_l("请填写区人大批准的文号")), Length(max=120)],
        description=_l("例如：示人字〔2026〕3号"),
    )
    approved_on = DateField(_l("批准日期"), [InputRequired(_l("请填写批准日期"))])
    amount_fen = YuanField(
        _l("批准的金额（元）"),
        [InputRequired(_l("请填写金额"))],
        description=_l("以批准文件为准。和申报的不一样时，已公告为拟安排的投票活动要逐个核定本次资金"),
    )
    below_floor_reason = TextAreaField(
        _l("低于下限的理由"), [Length(max=400)], description=_l("金额不低于本街道的下限时不用填")
    )


class CapForm(Form):
    street_id = SelectField(_l("街道"), coerce=int)
    category = EnumField(_l("类别"), ItemCategory, validators=[InputRequired()])
    cap_fen = YuanField(
        _l("单项上限（元）"),
        [InputRequired(_l("请填写金额"))],
        description=_l("等于上限的可以入菜单，超过一分都不可以"),
    )
    valid_from = DateField(
        _l("从哪天起"), [InputRequired(_l("请填写日期"))], description=_l("按投票开始那天适用；以前的上限仍然保留")
    )
