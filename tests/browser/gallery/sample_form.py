"""One field of each usual kind."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired


class SampleForm(FlaskForm):
    name = StringField("项目名称", [InputRequired("请写项目名称")], description="居民一看就懂的名字，不超过20个字。")
    cost = StringField("造价（元）", [InputRequired("请写造价")], render_kw={"inputmode": "decimal"})
    category = SelectField("类别", choices=[SelectChoice("works", "工程"), SelectChoice("goods", "实物")])
    channel = RadioField(
        "投票码的发法", choices=[SelectChoice("bearer", "现场领取，不记名"), SelectChoice("delivered", "装信封送到家")]
    )
    completes_on = DateField("完成时间")
    text = TextAreaField("说明", render_kw={"rows": 3})
    picture = FileField("图片", description="PNG 或 JPEG，不超过8 MB。")
    is_whole_street = BooleanField("全街道受益")
