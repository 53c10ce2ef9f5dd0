"""Words of notices and objections."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # refusals
    "notice.working_days": N_("公示期至少 1 个工作日"),
    "notice.not_tentative": N_("公示截止日期已经确定，不需要再确认"),
    "notice.posted_already": N_("同样的公示正在进行"),
    "notice.basis_missing": N_("请填写公示依据"),
    "objection.text_missing": N_("请写明您的异议"),
    "objection.text_too_long": N_("异议请不超过 {most} 字"),
    "objection.contact_too_long": N_("联系方式请不超过 {most} 字"),
    "objection.window_ended": N_("公示期已于 {last_day} 结束，不能再提异议。如有问题请联系街道办"),
    "objection.too_many": N_("网上提交的异议太多，请到受理地点或打电话提出"),
    "objection.too_many_from_here": N_(
        "从您这里的网络一小时内已经提交了 {most} 条异议，请过一小时再提，或者到受理地点、打电话提出"
    ),
    "objection.answer_missing": N_("请写明答复内容"),
    "objection.answered_already": N_("这条异议已经答复"),
    "objection.unknown_code": N_("没有找到这个查询号，请核对后再输"),
    "objection.answer_in_result": N_("对结果的异议请在结果页面答复，需要改动结果的要两个人办"),
    # titles
    "NoticeKind.candidates": N_("候选项目公示"),
    "NoticeKind.register": N_("名册核对"),
    "NoticeKind.announcement": N_("公告"),
    "NoticeKind.result": N_("结果公示"),
    "NoticeKind.void": N_("作废公告"),
    "Outcome.upheld_as_is": N_("维持"),
    "Outcome.corrected": N_("更正"),
    "Outcome.recount": N_("重新计票"),
    "Outcome.withdraw_and_replace": N_("取消并递补"),
    "Outcome.new_vote": N_("重新投票"),
    "Channel.online": N_("网上"),
    "Channel.desk": N_("当面"),
    "Channel.phone": N_("电话"),
    "Channel.letter": N_("来信"),
    # what happened
    "told.notice.confirmed": N_("截止日期已确认为 {last_day}"),
    "told.objection.entered": N_("异议已登记为第 {number} 号，查询号 {look_up_code}"),
    "told.objection.answered": N_("答复已保存，提出人凭查询号可以看到"),
    # timeline
    "notice.posted.candidates": N_("候选项目公示"),
    "notice.posted.register": N_("投票人名册核对公告"),
    "notice.posted.announcement": N_("公告"),
    "notice.posted.result": N_("投票结果公示"),
    "notice.posted.void": N_("作废公告"),
    "notice.window_ended": N_("公示期结束"),
    # events
    "event.NoticePosted": N_("发布公示"),
    "event.NoticeConfirmed": N_("确认公示截止日期"),
    "event.ObjectionReceived": N_("收到异议"),
    "event.ObjectionAnswered": N_("答复异议"),
}
