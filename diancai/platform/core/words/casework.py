"""Words of cases, of the mobile box and of the sample check."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "case.no_text": N_("请写明情况"),
    "case.too_long": N_("最多{limit}个字"),
    "case.ballots": N_("涉及的票数请填0到{most}；不影响票数的填0"),
    "case.nothing_chosen": N_("请选择一项"),
    "case.same_person": N_("个案要由登记人以外的人处理"),
    "case.opened": N_("第{number}号个案已登记"),
    "case.decided": N_("第{number}号个案已处理"),
    "CaseKind.lost_slip": N_("遗失凭条"),
    "CaseKind.dispute": N_("争议"),
    "CaseKind.void_code": N_("投票码作废"),
    "CaseKind.other": N_("其他"),
    "CaseState.open": N_("待处理"),
    "CaseState.decided": N_("已处理"),
    "CaseOutcome.upheld": N_("成立"),
    "CaseOutcome.dismissed": N_("不成立"),
    "event.CaseOpened": N_("登记第 {number} 号个案：{kind}"),
    "event.CaseDecided": N_("处理第 {number} 号个案：{outcome}"),
    "check.cases": N_("个案都已处理（{decided} 件；没有排除的涉及 {ballots} 票）"),
    "check.cases_open": N_("还有 {open} 件个案待处理（已处理 {decided} 件；没有排除的涉及 {ballots} 票）"),
}
