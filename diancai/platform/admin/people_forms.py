"""Forms of the pages on people in office."""

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import Role
from diancai.platform.divisions.models import Division
from diancai.platform.web.forms import EnumField, Form
from diancai.platform.web.locale import lazy_gettext

NEEDED = InputRequired(lazy_gettext("请填写"))


class RoleForm(Form):
    role = EnumField(lazy_gettext("角色"), Role, validators=[NEEDED])
    division_id = SelectField(lazy_gettext("在哪里"), [NEEDED], coerce=int)

    def __init__(self, places: Sequence[Division], **options: Any) -> None:
        super().__init__(**options)
        self.division_id.choices = [(place.id, place.name) for place in places]


class PersonForm(RoleForm):
    name = StringField(lazy_gettext("姓名"), [NEEDED, Length(max=64)])
    sign_in_name = StringField(
        lazy_gettext("用户名"),
        [NEEDED, Length(max=64)],
        description=lazy_gettext("登录用，例如姓名的拼音：小写字母、数字、点、横线。"),
    )


class DeputyForm(Form):
    deputy_id = SelectField(lazy_gettext("代理人"), [NEEDED], coerce=int)
    first_day = DateField(lazy_gettext("从哪天起"), [InputRequired(lazy_gettext("请填写日期"))])
    last_day = DateField(lazy_gettext("到哪天止（含当天）"), [InputRequired(lazy_gettext("请填写日期"))])

    def __init__(self, people: Sequence[Staff], **options: Any) -> None:
        super().__init__(**options)
        self.deputy_id.choices = [(person.id, person.name) for person in people]
