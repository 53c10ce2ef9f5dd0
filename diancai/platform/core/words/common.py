"""Words of the platform itself: refusals, requests that wait, titles of roles."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # pages that refuse
    "page.not_found": N_("网址可能有误，或者内容还没有公开。"),
    "page.not_found.hint": N_("请从首页重新进入。"),
    "page.forbidden": N_("您的角色，或者现在的状态，不允许这一步。"),
    "page.forbidden.hint": N_("如果需要这项权限，请联系本街道的管理员。"),
    "page.too_large": N_("上传的内容太大，没有保存。"),
    "page.bad_request": N_("收到的内容不完整。"),
    "page.stale_form": N_("页面放得太久，已经过期，没有保存。"),
    "page.method": N_("这个网址要从页面上的按钮进入。"),
    "page.broken": N_("这不是您的错。差错已经记下，我们会查。"),
    "page.broken.hint": N_("没有保存任何内容。请稍后再试；如仍有问题，请把下面的编号告诉我们。"),
    "page.busy": N_("系统正忙，这一步没有办成。"),
    # states
    "state.not_from_here": N_("现在的状态不能做这件事"),
    "state.changed_meanwhile": N_("其他人刚刚改变了它的状态，请刷新后再看"),
    "state.not_now": N_("现在的状态不能做这件事，请刷新后再看"),
    # the second person
    "confirmation.reason_missing": N_("请写明理由"),
    "confirmation.already_waits": N_("同样的申请已经在等待确认"),
    "confirmation.already_decided": N_("这项申请已经有人处理，请刷新后再看"),
    "confirmation.same_person": N_("提出和确认必须是两个人"),
    "confirmation.role_does_not_fit": N_("您的角色不能确认这件事"),
    "confirmation.not_yours": N_("只有提出的人可以撤回"),
    # roles
    "Role.administrator": N_("管理员"),
    "Role.officer": N_("经办人"),
    "Role.reviewer": N_("审核人"),
    "Role.leader": N_("签发人"),
    "Role.clerk": N_("文员"),
    "Role.scrutineer": N_("监票人"),
    "Role.auditor": N_("见证员"),
    "Role.district_supervisor": N_("区级监督员"),
    "join.list": N_("、"),
    "join.clauses": N_("；"),
    # money
    "unit.yuan": N_(" 元"),
    "money.empty": N_("请填写金额"),
    "money.exponent": N_("金额不能用科学记数法"),
    "money.negative": N_("金额不能是负数"),
    "money.too_many_decimals": N_("金额最多两位小数"),
    "money.too_large": N_("金额太大"),
    "money.not_a_number": N_("金额只能写数字，例如 86400.00"),
    "money.no_weights": N_("没有可以分配的份额"),
    # events
    "event.ActionRequested": N_("申请第二人确认"),
    "event.ActionConfirmed": N_("第二人已确认"),
    "event.ActionDeclined": N_("第二人未同意"),
    "event.ActionLapsed": N_("待确认的事项过期"),
}
