"""Forms of divisions, office settings, the privacy notice and the calendar."""

from datetime import date
from typing import Any

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from diancai.platform.divisions.models import CodeFormat, StreetOffice
from diancai.platform.divisions.operations import OfficeSettings
from diancai.platform.divisions.operations.offices import LEAST_RETENTION_DAYS, LEAST_WORKING_DAYS
from diancai.platform.web.forms import EnumField, Form, YuanField
from diancai.platform.web.locale import lazy_gettext
from diancai.platform.web.uploads import SheetForm

NEEDED = InputRequired(lazy_gettext("请填写"))


class OfficeForm(Form):
    office_name = StringField(lazy_gettext("单位名称"), [NEEDED, Length(max=60)])
    help_phone = StringField(
        lazy_gettext("求助电话"),
        [NEEDED, Length(max=40)],
        description=lazy_gettext("印在每个页面上，投票期间要有人接。"),
    )
    supervision_phone = StringField(
        lazy_gettext("监督电话"), [NEEDED, Length(max=40)], description=lazy_gettext("印在公示上。")
    )
    address = StringField(lazy_gettext("领票和受理地点"), [NEEDED, Length(max=120)])
    office_hours = StringField(
        lazy_gettext("受理时间"),
        [NEEDED, Length(max=120)],
        description=lazy_gettext("例如：工作日 9:00–12:00、14:00–17:30"),
    )
    contact_name = StringField(lazy_gettext("联系人"), [NEEDED, Length(max=40)])
    publicity_working_days = IntegerField(
        lazy_gettext("公示期（工作日）"),
        [NEEDED, NumberRange(LEAST_WORKING_DAYS, 60, lazy_gettext("请填 3 到 60 的整数"))],
        description=lazy_gettext("不少于3个工作日，公示当天不算。"),
    )
    retention_days = IntegerField(
        lazy_gettext("名册保留天数"),
        [NEEDED, NumberRange(LEAST_RETENTION_DAYS, 3650, lazy_gettext("请填 30 到 3650 的整数"))],
        description=lazy_gettext("结果生效后满这么多天，名册里的个人信息自动删除，并记入日志。"),
    )
    fund_floor_fen = YuanField(
        lazy_gettext("年度资金下限（元）"),
        [InputRequired(lazy_gettext("请填写金额"))],
        description=lazy_gettext("街道每年不少于300万元；低于这个数时提醒。"),
    )
    code_format = EnumField(lazy_gettext("投票码样式"), CodeFormat, validators=[NEEDED])

    def settings(self) -> OfficeSettings:
        """What was typed, white space at the ends left out."""
        typed: dict[str, Any] = {
            name: field.data.strip() if isinstance(field.data, str) and name != "code_format" else field.data
            for name, field in self._fields.items()
            if name in OfficeSettings.__slots__
        }
        return OfficeSettings(**typed)

    @classmethod
    def of(cls, office: StreetOffice) -> "OfficeForm":
        return cls(obj=office)


class PrivacyForm(Form):
    text = TextAreaField(
        lazy_gettext("隐私告知"), [InputRequired(lazy_gettext("请填写隐私告知的内容")), Length(max=20_000)]
    )


class CalendarForm(SheetForm):
    year = IntegerField(
        lazy_gettext("年份"), [NEEDED, NumberRange(2000, 2100, lazy_gettext("请填写 2000 到 2100 之间的年份"))]
    )

    @classmethod
    def for_next_year(cls, known: list[int], today: date) -> "CalendarForm":
        return cls(year=max([*known, today.year - 1]) + 1)
