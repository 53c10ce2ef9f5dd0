"""Words of the funds, their ledgers and the caps."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # refusals
    "fund.name_missing": N_("请填写资金名称"),
    "fund.line_missing": N_("请填写预算科目"),
    "fund.amount_missing": N_("金额要大于 0"),
    "fund.year": N_("年度不对"),
    "fund.below_floor": N_(
        "本街道专项资金一般不少于 {floor_fen}，现在是 {amount_fen}，少 {short_fen}。确需低于下限的，请写明理由"
    ),
    "fund.already_there": N_("{year} 年度的这个预算科目已经登记过"),
    "fund.approved_already": N_("资金已经批准，不能再改"),
    "fund.reference_missing": N_("请填写区人大批准的文号"),
    "fund.approved_in_future": N_("批准日期不能晚于今天"),
    "fund.not_approved": N_("资金还没有经区人大批准"),
    "fund.same_person": N_("这笔资金是您登记（或最后修改）的，区人大的批准要由另一位签发人登记"),
    "fund.release_over": N_("退回的 {amount_fen} 超过投票活动占用的 {bound_fen}"),
    "ledger.below_zero": N_("资金余额 {balance_fen}，还差 {short_fen}"),
    "cap.item_over": N_("{category}类单项上限是 {cap_fen}，这一项是 {amount_fen}，超出 {excess_fen}"),
    "cap.item_over.named": N_("“{name}”：{category}类单项上限是 {cap_fen}，这一项是 {amount_fen}，超出 {excess_fen}"),
    "cap.none_in_force": N_("{day} 没有{category}类的单项上限，请先设定"),
    "cap.none_in_force.named": N_("“{name}”：{day} 没有{category}类的单项上限，请先设定"),
    "cap.not_positive": N_("上限要大于 0"),
    "cap.in_the_past": N_("新的上限只能从今天或以后起执行"),
    "cap.already_there": N_("这一天已经有同类的上限"),
    # titles
    "FundState.draft": N_("待批准"),
    "FundState.approved": N_("已批准"),
    "EntryKind.appropriation": N_("批准拨入"),
    "EntryKind.commitment": N_("投票活动占用"),
    "EntryKind.release": N_("退回"),
    "ItemCategory.works": N_("工程"),
    "ItemCategory.services": N_("服务"),
    "ItemCategory.goods": N_("实物"),
    # what happened
    "told.fund.drafted": N_("资金已登记。经区人大批准后请由签发人登记批准文号"),
    "told.fund.edited": N_("资金已修改"),
    "told.fund.approved": N_("批准已登记，资金可以使用"),
    "told.fund.approved_otherwise": N_(
        "批准已登记，金额和申报的不一样。已公告为拟安排的投票活动，请经办人在其页面核定本次资金"
    ),
    "told.cap.set": N_("新的单项上限已登记"),
    # events
    "event.FundDrafted": N_("登记资金"),
    "event.FundEdited": N_("修改资金"),
    "event.FundApproved": N_("登记区人大批准"),
    "event.CapSet": N_("设定单项上限"),
}
