"""Forms of the hall: the plan of a sitting, and what is counted at a step."""

from typing import Any

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from diancai.platform.web.forms import Form, InstantField
from diancai.platform.web.locale import lazy_gettext as _l


def _number_or_none(value: Any) -> int | None:
    return int(value) if value and str(value) != "None" else None


class SittingForm(Form):
    title = StringField(
        _l("会场名称"), [InputRequired(_l("请填写名称")), Length(max=80)], description=_l("会显示在大屏上")
    )
    place = StringField(_l("地点"), [InputRequired(_l("请填写地点")), Length(max=120)])
    starts_at = InstantField(_l("开始时间"), [InputRequired(_l("请填写时间"))])
    expected_count = IntegerField(_l("应到人数"), [InputRequired(_l("请填写应到人数"))])
    round_ids = SelectMultipleField(
        _l("表决的投票活动"),
        [InputRequired(_l("请选择会场表决的投票活动：已公告或者正在投票的"))],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("几个投票活动可以在同一会场表决"),
    )
    station_ids = SelectMultipleField(
        _l("会场里的投票点"),
        [Optional()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("主持人报发出数、收回数时，和这些投票点在名册上发出的核对"),
    )
    chair_id = SelectField(_l("主持人"), [InputRequired(_l("请从名单里选一人"))], coerce=_number_or_none)
    deputy_chair_id = SelectField(_l("副主持人"), [Optional()], coerce=_number_or_none)
    chief_id = SelectField(_l("总监票人"), [InputRequired(_l("请从名单里选一人"))], coerce=_number_or_none)
    deputy_chief_id = SelectField(_l("副总监票人"), [Optional()], coerce=_number_or_none)


class StepForm(Form):
    present_count = IntegerField(_l("实到人数"), [Optional()])
    note = StringField(_l("备注"), [Length(max=400)])
