"""Words of the hall: its plan, its steps and what closes it."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "hall.no_round": N_("请选择会场表决的投票活动：已公告或者正在投票的"),
    "hall.no_station": N_("请选择所选投票活动的投票点"),
    "hall.expected": N_("应到人数请填1到{most}"),
    "hall.same_person": N_("这个人已经担任另一项，请另选一人"),
    "hall.unknown_person": N_("请从名单里选一人"),
    "hall.planned": N_("会场“{title}”已安排"),
    "hall.edited": N_("会场安排已修改"),
    "hall.has_begun": N_("会场已经开始，安排不能再改"),
    "hall.not_chair": N_("只有主持人和副主持人可以推进会场步骤"),
    "hall.not_chief": N_("截止投票要由总监票人或副总监票人确认"),
    "hall.not_next": N_("还没有轮到这一步，下一步是“{next}”"),
    "hall.over": N_("会场的全部步骤已经办完"),
    "hall.close_by_two": N_("截止投票由主持人提出，总监票人确认"),
    "hall.not_open": N_("“{title}”还没有开始投票，不能发票"),
    "hall.not_certified": N_("“{title}”还没有签认，不能记这一步：监票人在投票活动的“结果”里核对、签名，再签认"),
    "hall.not_counted": N_("“{title}”还没有计票，不能记这一步：等它截止，在投票活动里封存、抽签、计票"),
    "hall.present": N_("实到人数请填1到{expected}（应到人数）"),
    "hall.ballots": N_("请填写清点的票数"),
    "hall.more_returned": N_(
        "“{title}”收回{returned}张，多于发出的{issued}张，没有记下。填错了请改；确实多了，这次投票无效，必须重新投票"
    ),
    "hall.differs_from_register": N_(
        "“{title}”清点{counted}张，会场投票点在名册上发出{given}张，两数不同。请重新清点；确实不同的，在备注里写明原因再提交。"
    ),
    "hall.more_issued": N_(
        "“{title}”发出{issued}张，多于实到的{present}人。请核对；确实如此的（例如有人后到），在备注里写明原因再提交。"
    ),
    "hall.step_done": N_("已记录：{step}"),
    "hall.closing_proposed": N_("已提出截止投票，等总监票人确认"),
    "SittingStep.attendance": N_("报告应到、实到人数"),
    "SittingStep.rules": N_("通过表决办法"),
    "SittingStep.tellers": N_("通过总监票人、监票人、计票人、唱票人名单"),
    "SittingStep.box_sealed": N_("当众验箱、封箱"),
    "SittingStep.issued": N_("发票，报发出数"),
    "SittingStep.explained": N_("讲解填票"),
    "SittingStep.voted": N_("监票人先投，其余依次投票"),
    "SittingStep.closed": N_("截止投票"),
    "SittingStep.returned": N_("清点，报收回数"),
    "SittingStep.declared": N_("宣布投票有效"),
    "SittingStep.counted": N_("检票、唱票、计票"),
    "SittingStep.signed": N_("监票人、计票人签字"),
    "SittingStep.reported": N_("总监票人报告结果"),
    "SittingStep.announced": N_("主持人宣布结果"),
    "confirm.hall.close_sitting": N_("会场截止投票"),
    "confirm.hall.close_sitting.effect": N_(
        "会场不再收票，随后清点；手机投票仍到投票活动自己的截止时间为止。写进会场记录，不能恢复"
    ),
    "event.SittingPlanned": N_("安排会场“{title}”"),
    "event.SittingEdited": N_("修改会场“{title}”的安排"),
    "event.SittingStepDone": N_("会场步骤：{step}"),
}
