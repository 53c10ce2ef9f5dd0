"""Forms of proposals."""

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from diancai.budget import ItemCategory
from diancai.platform.proposals.models import Proposal
from diancai.platform.proposals.operations.writing import LONGEST, LONGEST_NAME, Author, ProposalText
from diancai.platform.proposals.states import Intake, Source
from diancai.platform.web.forms import EnumField, Form, YuanField
from diancai.platform.web.locale import lazy_gettext as _l

TEXTS = tuple(LONGEST)
NEEDED = {"community_id", "title", "problem", "name"}
"""By the time of submitting; the operation says so, since a draft may lack them."""


class ProposalTextForm(Form):
    """What somebody asks for; a draft may lack anything."""

    title = StringField(_l("要办什么事"), [Length(max=LONGEST["title"])], description=_l("一句话，例如：3号楼加装电梯"))
    problem = TextAreaField(_l("现在有什么问题"), [Length(max=LONGEST["problem"])])
    place = StringField(_l("在哪里"), [Length(max=LONGEST["place"])], description=_l("例如：小区南门、3号楼"))
    beneficiaries = StringField(
        _l("谁受益"), [Length(max=LONGEST["beneficiaries"])], description=_l("例如：3号楼36户，其中老人20多位")
    )
    wish = TextAreaField(_l("希望怎么办"), [Length(max=LONGEST["wish"])])
    category = EnumField(_l("类别"), tuple(ItemCategory), optional=True)
    cost_fen = YuanField(_l("大约要多少钱（元）"), [Optional()], description=_l("不知道可以不填"))

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for name in NEEDED & self._fields.keys():
            self[name].flags.required = True

    @property
    def text(self) -> ProposalText:
        texts = {name: self[name].data or "" for name in TEXTS}
        return ProposalText(**texts, category=self.category.data, cost_fen=self.cost_fen.data)


class ProposalForm(ProposalTextForm):
    """As a resident writes it."""

    community_id = SelectField(_l("哪个社区"), coerce=int)
    picture = MultipleFileField(
        _l("照片"),
        description=_l("最多3张，JPEG、PNG 或 WebP，每张不超过 6 MB。请不要拍到人脸和车牌；照片里的拍摄地点会被去掉"),
    )
    name = StringField(_l("您的姓名"), [Length(max=LONGEST_NAME)], description=_l("网上只显示姓，中间用*代替"))
    phone = StringField(_l("您的电话"), [Length(max=30)], description=_l("不公开。有了结果好告诉您，可以不填"))

    @property
    def author(self) -> Author:
        return Author(self.name.data or "", self.phone.data or "")

    def picture_contents(self) -> list[bytes]:
        return [one.read() for one in self.picture.data or () if one and one.filename]


class EnteredProposalForm(ProposalForm):
    """By a clerk, for somebody who came, called or wrote."""

    intake = EnumField(
        _l("怎么收到的"),
        (Intake.DESK, Intake.PHONE, Intake.PAPER, Intake.VISIT),
        validators=[InputRequired()],
    )
    source = EnumField(_l("谁提的"), tuple(Source), validators=[InputRequired()])
    name = StringField(
        _l("提出人姓名或者单位"), [Length(max=LONGEST_NAME)], description=_l("网上只显示姓，中间用*代替")
    )
    phone = StringField(_l("提出人电话"), [Length(max=30)], description=_l("不公开。有了结果好告诉提出人"))

    @property
    def author(self) -> Author:
        return Author(self.name.data or "", self.phone.data or "", self.source.data)


class WayBackForm(Form):
    code = StringField(
        _l("取件码"), [InputRequired(_l("请输入取件码"))], description=_l("提交或存草稿时给您的12位号码")
    )


class SupportForm(Form):
    name = StringField(_l("您的姓名"), [InputRequired(_l("请留下姓名")), Length(max=LONGEST_NAME)])
    phone = StringField(
        _l("您的电话"),
        [InputRequired(_l("请留下电话")), Length(max=30)],
        description=_l("不公开。工作人员会打电话核实，核实以后才计入门槛"),
    )


class ReasonForm(Form):
    reason = TextAreaField(_l("理由"), [InputRequired(_l("请写明理由，居民会看到")), Length(max=1000)])


class MergeForm(ReasonForm):
    into = StringField(_l("并入哪一件"), [InputRequired(_l("请填编号"))], description=_l("编号，例如 2026-017"))


def values_of(proposal: Proposal) -> dict[str, Any]:
    """What a form shows of it."""
    return {name: getattr(proposal, name) for name in ("community_id", "category", "cost_fen", *TEXTS)}
