"""Forms of signing in and of the own account."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from diancai.platform.web.forms import Form
from diancai.platform.web.locale import lazy_gettext


class SignInForm(Form):
    sign_in_name = StringField(lazy_gettext("用户名"), [InputRequired(lazy_gettext("请填写用户名")), Length(max=64)])
    password = PasswordField(lazy_gettext("密码"), [InputRequired(lazy_gettext("请填写密码")), Length(max=200)])


class CodeForm(Form):
    code = StringField(lazy_gettext("6位动态码"), [InputRequired(lazy_gettext("请填写动态码")), Length(max=12)])


class EnrolmentForm(CodeForm):
    sealed_secret = HiddenField()


class PasswordForm(Form):
    old_password = PasswordField(
        lazy_gettext("现在的密码"), [InputRequired(lazy_gettext("请填写现在的密码")), Length(max=200)]
    )
    password = PasswordField(
        lazy_gettext("新密码"),
        [InputRequired(lazy_gettext("请填写新密码")), Length(max=200)],
        description=lazy_gettext("至少12个字符。可以用一句只有您知道的话，不要用姓名、生日、单位名。"),
    )
    again = PasswordField(lazy_gettext("再输一次新密码"), [InputRequired(lazy_gettext("请再输一次")), Length(max=200)])
