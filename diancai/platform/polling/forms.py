"""Forms of register, desk, stations and print runs. They check shapes; what an entry may hold stands in `persons`."""

from flask_wtf.file import FileField
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from diancai.platform.polling.models import BatchKind
from diancai.platform.web.forms import EnumField, Form
from diancai.platform.web.locale import lazy_gettext
from diancai.platform.web.uploads import SheetForm


class ImportForm(SheetForm):
    file = FileField(
        lazy_gettext("名册表格（xlsx）"), description=lazy_gettext("请用下载的模板；检查通过以前什么都不保存。")
    )


class PersonForm(Form):
    """One person, as `tidy_person` wants it."""

    name = StringField(lazy_gettext("姓名"), [InputRequired(lazy_gettext("请填写姓名")), Length(max=80)])
    community_id = SelectField(lazy_gettext("社区"), [InputRequired()], coerce=int)
    household = StringField(
        lazy_gettext("楼门/户号"), [InputRequired(lazy_gettext("请填写楼门/户号")), Length(max=100)]
    )
    birth_year = StringField(
        lazy_gettext("出生年份"), [Length(max=20)], description=lazy_gettext("与证件后四位只填一项")
    )
    id_last_four = StringField(lazy_gettext("证件后四位"), [Length(max=20)])
    phone = StringField(lazy_gettext("电话"), [Length(max=30)])


class LateForm(PersonForm):
    reason = TextAreaField(
        lazy_gettext("补登原因"),
        [InputRequired(lazy_gettext("请写明原因")), Length(max=400)],
        description=lazy_gettext("会记入日志，请勿写姓名、电话。"),
    )


class ReasonForm(Form):
    reason = TextAreaField(lazy_gettext("原因"), [InputRequired(lazy_gettext("请写明原因")), Length(max=200)])


class TakeBackForm(Form):
    code = StringField(
        lazy_gettext("凭条上的投票码"), [InputRequired(lazy_gettext("请输入收回的凭条上的投票码")), Length(max=40)]
    )
    reason = TextAreaField(lazy_gettext("更正原因"), [InputRequired(lazy_gettext("请写明原因")), Length(max=400)])


class StationForm(Form):
    name = StringField(lazy_gettext("名称"), [InputRequired(lazy_gettext("请填写名称")), Length(max=80)])
    address = StringField(lazy_gettext("地址"), [InputRequired(lazy_gettext("请填写地址")), Length(max=120)])
    hours = StringField(
        lazy_gettext("开放时间"),
        [InputRequired(lazy_gettext("请填写开放时间")), Length(max=120)],
        description=lazy_gettext("例如：9月1日至7日，每天9:00—17:00"),
    )
    phone = StringField(lazy_gettext("电话"), [InputRequired(lazy_gettext("请填写电话")), Length(max=40)])


class BalanceForm(Form):
    unused_count = IntegerField(
        lazy_gettext("未用的凭条（张）"), [InputRequired(lazy_gettext("请清点后填写")), NumberRange(0, 1_000_000)]
    )
    spoiled_count = IntegerField(
        lazy_gettext("填坏、收回的凭条（张）"),
        [InputRequired(lazy_gettext("请清点后填写")), NumberRange(0, 1_000_000)],
        description=lazy_gettext("包括误发收回的和作废批次收回的。"),
    )
    reason = TextAreaField(
        lazy_gettext("张数不符的原因"), [Length(max=400)], description=lazy_gettext("相符时不用填。")
    )


class PaperBalanceForm(BalanceForm):
    """Of a station that has paper ballots too."""

    paper_unused = IntegerField(
        lazy_gettext("未用的纸质票（张）"), [InputRequired(lazy_gettext("请清点后填写")), NumberRange(0, 1_000_000)]
    )
    paper_spoiled = IntegerField(
        lazy_gettext("填坏、收回的纸质票（张）"),
        [InputRequired(lazy_gettext("请清点后填写")), NumberRange(0, 1_000_000)],
        description=lazy_gettext("填坏换发的和收回的空白票，剪角封存。"),
    )


class BlanksForm(Form):
    count = IntegerField(
        lazy_gettext("领到的空白纸质票（张）"),
        [InputRequired(lazy_gettext("请清点后填写")), NumberRange(1, 100_000)],
        description=lazy_gettext("两人清点后填写；以后再领到的，再填一次，自动相加。"),
    )


class FoundForm(Form):
    found_count = IntegerField(
        lazy_gettext("票箱里的纸质票（张）"), [InputRequired(lazy_gettext("请清点后填写")), NumberRange(0, 100_000)]
    )


class BatchForm(Form):
    station_id = SelectField(lazy_gettext("投票点"), [InputRequired()], coerce=int)
    kind = EnumField(lazy_gettext("种类"), BatchKind, validators=[InputRequired()])
    slip_count = IntegerField(
        lazy_gettext("张数"),
        [Optional(), NumberRange(1, 20_000)],
        description=lazy_gettext("不记名凭条填写；送达凭条的张数由名册决定。"),
    )
    community_id = SelectField(
        lazy_gettext("送达社区"), [InputRequired()], coerce=int, description=lazy_gettext("只用于送达凭条。")
    )
    reason = StringField(
        lazy_gettext("用途"),
        [InputRequired(lazy_gettext("请写明用途")), Length(max=200)],
        description=lazy_gettext("例如：首批凭条"),
    )
