"""Small forms of a round's life: a reason, a date, a signature, a person."""

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from diancai.platform.web.forms import Form, InstantField
from diancai.platform.web.locale import lazy_gettext as _l


class CopyForm(Form):
    fund_id = SelectField(_l("新一年的专项资金"), coerce=int, validators=[InputRequired(_l("请选择资金"))])
    year = IntegerField(_l("年度"), [InputRequired(_l("请填写年度"))])


class ReasonForm(Form):
    """A reason that becomes public; `typed` repeats the word of the act where it cannot be undone."""

    reason = TextAreaField(_l("原因"), [InputRequired(_l("请写明原因")), Length(max=1000)])
    typed = StringField()


class ExtendForm(Form):
    closes_at = InstantField(_l("新的截止时间"), [InputRequired(_l("请填写时间"))])
    reason = TextAreaField(
        _l("延期原因"),
        [InputRequired(_l("请写明原因")), Length(max=1000)],
        description=_l("原因会公开，附在表决办法后面"),
    )


class ReviewForm(Form):
    content_sha256 = HiddenField()


class ReturnForm(Form):
    return_reason = TextAreaField(_l("退回原因"), [InputRequired(_l("请写明退回的原因")), Length(max=1000)])


class AnnounceForm(Form):
    content_sha256 = HiddenField()
    minute_number = StringField(
        _l("会议纪要编号"),
        [InputRequired(_l("请填写会议纪要编号")), Length(max=60)],
        description=_l("集体研究决定的会议，例如：示街纪要〔2026〕5号"),
    )


class ScrutineerForm(Form):
    staff_id = SelectField(_l("监票人"), coerce=int, validators=[InputRequired(_l("请选择一个人"))])
    chosen_by = StringField(
        _l("推选方式"),
        [InputRequired(_l("请写明推选方式")), Length(max=120)],
        description=_l("例如：9月10日居民代表会议举手推选"),
    )
    is_chief = BooleanField(_l("担任总监票人"))
    has_no_conflict = BooleanField(_l("本人声明：与菜单上的项目、责任单位没有利害关系；有的已经回避"))


class BasisForm(Form):
    basis = StringField(
        _l("依据"),
        [InputRequired(_l("请填写依据")), Length(max=200)],
        description=_l("文件或会议，例如：示街纪要〔2026〕5号"),
    )
