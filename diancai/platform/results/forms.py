"""Forms of the draw, the signatures, the publication, the answers and the import."""

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from diancai.budget import RULE_BOOK_COMPLETIONS, RULE_BOOK_METHODS, Completion, Utility
from diancai.platform.notices.models import Outcome
from diancai.platform.rounds.forms import Ticks
from diancai.platform.web.forms import EnumField, Form, YuanField
from diancai.platform.web.locale import lazy_gettext


class ActForm(Form):
    """An act that needs no more than the button."""


class DrawForm(Form):
    text = StringField(
        lazy_gettext("抽签得到的数字"),
        [InputRequired(lazy_gettext("请输入抽签得到的数字")), Length(max=200)],
        description=lazy_gettext("照着现场记录原样输入，例如骰子点数 3 1 4 1 5 9，或者约定的彩票开奖号码。"),
    )


class SignForm(Form):
    signature = HiddenField()
    signature_scan = FileField()


class ReadForm(Form):
    """`content_sha256` is the hash on the page that was read."""

    content_sha256 = HiddenField()


class ReturnForm(Form):
    reason = TextAreaField(lazy_gettext("退回的原因"), [InputRequired(lazy_gettext("请写明原因")), Length(max=2000)])


class PublishForm(ReadForm):
    minute_number = StringField(
        lazy_gettext("会议纪要编号"),
        [InputRequired(lazy_gettext("请填写会议纪要编号")), Length(max=60)],
        description=lazy_gettext("例如：党工委会议纪要〔2026〕12号"),
    )
    working_days = IntegerField(lazy_gettext("公示几个工作日"), [InputRequired(), NumberRange(1, 60)])


class ObjectionForm(Form):
    outcome = RadioField(
        lazy_gettext("处理结果"),
        [InputRequired(lazy_gettext("请选择处理结果"))],
        coerce=Outcome,
    )
    numbers = Ticks(lazy_gettext("取消哪些入选项目"), description=lazy_gettext("只在“取消并递补”时选择。"))
    answer = TextAreaField(
        lazy_gettext("答复"),
        [InputRequired(lazy_gettext("请写明答复")), Length(max=4000)],
        description=lazy_gettext("写明查了什么、结论和依据。答复会公开。"),
    )


class GrantForm(Form):
    granted_fen = YuanField(lazy_gettext("本次资金核定为（元）"), [InputRequired(lazy_gettext("请填写金额"))])
    reason = TextAreaField(
        lazy_gettext("原因"),
        [InputRequired(lazy_gettext("请写明原因")), Length(max=1000)],
        description=lazy_gettext("会公开，附在表决办法后面；重新计票的，也是新的一版的原因。金额改了，这里也要改。"),
    )


class ImportForm(Form):
    file = FileField(lazy_gettext("Pabulib 文件（.pb）"), [FileRequired(lazy_gettext("请选择一个 .pb 文件"))])
    title = StringField(lazy_gettext("名称"), [InputRequired(lazy_gettext("请填写名称")), Length(max=80)])
    method = EnumField(lazy_gettext("分配办法"), RULE_BOOK_METHODS, validators=[InputRequired()])
    utility = EnumField(lazy_gettext("均等份额法按什么计算"), Utility, description=lazy_gettext("其他办法不用这一项。"))
    completion = EnumField(
        lazy_gettext("均等份额法的余款怎么办"),
        RULE_BOOK_COMPLETIONS,
        default=Completion.NONE,
        description=lazy_gettext("其他办法不用这一项。份额逐次加一的，选票多时要算得久一些。"),
    )
    seat_count = IntegerField(
        lazy_gettext("取前几项"), [Optional(), NumberRange(1, 500)], description=lazy_gettext("只有“取前 k 项”要填。")
    )
