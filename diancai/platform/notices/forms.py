"""Forms of objections."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from diancai.platform.notices.models import Channel, Outcome
from diancai.platform.notices.operations import LONGEST_TEXT
from diancai.platform.web.forms import EnumField, Form
from diancai.platform.web.locale import lazy_gettext as _l


class ObjectionForm(Form):
    text = TextAreaField(
        _l("您的异议"),
        [InputRequired(_l("请写明您的异议")), Length(max=LONGEST_TEXT)],
        description=_l("哪一项、哪里不对、您认为应该怎样"),
    )
    contact = StringField(
        _l("怎么联系您"),
        [Length(max=200)],
        description=_l("姓名、电话都可以不留。留了会加密保存，只有办理的工作人员能看到"),
    )


class EnteredObjectionForm(Form):
    channel = EnumField(_l("怎么收到的"), (Channel.DESK, Channel.PHONE, Channel.LETTER), validators=[InputRequired()])
    text = TextAreaField(
        _l("异议内容"),
        [InputRequired(_l("请写明异议内容")), Length(max=LONGEST_TEXT)],
        description=_l("照提出人的原话：哪一项、哪里不对、应该怎样"),
    )
    contact = StringField(
        _l("怎么联系提出人"),
        [Length(max=200)],
        description=_l("对方愿意留才填。会加密保存，只有办理的工作人员能看到"),
    )


class LookUpForm(Form):
    code = StringField(_l("查询号"), [InputRequired(_l("请输入查询号"))], description=_l("提交异议时给您的 12 位号码"))


class AnswerForm(Form):
    outcome = EnumField(_l("处理结果"), (Outcome.UPHELD_AS_IS, Outcome.CORRECTED), validators=[InputRequired()])
    answer = TextAreaField(
        _l("答复"), [InputRequired(_l("请写明答复内容"))], description=_l("提出人凭查询号看到的就是这段话")
    )
