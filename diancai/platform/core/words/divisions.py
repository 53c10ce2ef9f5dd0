"""Words of divisions, office settings, the privacy notice and the calendar."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "Level.district": N_("区"),
    "Level.street": N_("街道"),
    "Level.community": N_("社区"),
    "Level.grid": N_("网格"),
    "CodeFormat.letters": N_("12位字母和数字"),
    "CodeFormat.digits": N_("16位数字"),
    "DayKind.off": N_("放假"),
    "DayKind.working": N_("上班"),
    # divisions
    "division.parent_missing": N_("上级 {division_code} 不在表里，或者那时已经撤销"),
    "division.overlaps": N_("{division_code} 在这段时间已有一条，请先给旧的写上失效日期"),
    "division.twice": N_("{division_code} 同一天生效的写了两行"),
    "division.dates": N_("失效日期必须晚于生效日期"),
    "division.not_yours": N_("这个代码不在您管理的区或街道里"),
    "division.not_clean": N_("还有 {count} 处要改，没有保存任何内容"),
    "division.imported": N_("已导入：新增 {added} 个，更新 {changed} 个"),
    # office settings
    "office.required": N_("请填写"),
    "office.phone": N_("请填写电话号码，例如 0755-12345678"),
    "office.working_days": N_("公示期不能少于 {limit} 个工作日"),
    "office.retention": N_("名册至少保留 {limit} 天"),
    "office.fund_floor": N_("金额不能是负数"),
    "office.unchanged": N_("没有改动"),
    "office.changed": N_("设置已保存"),
    # privacy notice
    "privacy.empty": N_("请填写隐私告知的内容"),
    "privacy.unchanged": N_("内容和现在这一版一样"),
    "privacy.published": N_("隐私告知第 {version} 版已生效"),
    # calendar
    "calendar.kind": N_("“{text}”要写成“放假”或“上班”"),
    "calendar.other_year": N_("日期不在 {year} 年里"),
    "calendar.twice": N_("{day} 写了两行"),
    "calendar.year": N_("请填写 2000 到 2100 之间的年份"),
    "calendar.not_clean": N_("还有 {count} 处要改，没有保存任何内容"),
    "calendar.imported": N_("{year} 年的放假安排已保存"),
    # events
    "event.DivisionAdded": N_("新增{level} {name}（{code}）"),
    "event.DivisionsImported": N_("导入区划：新增 {added_count} 个，更新 {changed_count} 个"),
    "event.OfficeChanged": N_("修改街道设置"),
    "event.PrivacyNoticePublished": N_("发布隐私告知第 {version} 版"),
    "event.CalendarYearImported": N_("导入 {year} 年放假安排"),
}
