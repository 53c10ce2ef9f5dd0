"""Words of rehearsals."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "rehearsal.not_now": N_("只有草拟和已公告的投票活动可以演练"),
    "rehearsal.of_rehearsal": N_("演练不能再演练，请回到原来的投票活动"),
    "rehearsal.running": N_("这个投票活动正在演练，先清除上一次"),
    "rehearsal.voters": N_("投票人请填1到{most}"),
    "rehearsal.minutes": N_("请从列出的时长里选"),
    "rehearsal.no_menu": N_("菜单还不到{marks}项，编完再演练"),
    "rehearsal.no_community": N_("街道还没有社区，编造的投票人没有地方住"),
    "rehearsal.not_one": N_("这不是演练"),
    "rehearsal.cast_already": N_("测试票已经投过"),
    "rehearsal.ballots": N_("测试票请填1到{most}：一人一张，领过票的不算"),
    "rehearsal.typed_differs": N_("请照原样输入“清除”"),
    "rehearsal.never_published": N_("演练的结果不公布"),
    "rehearsal.wiped_instead": N_("演练不作废，用完清除"),
    "rehearsal.begun": N_("演练已开始，编造了{count}个投票人"),
    "rehearsal.cast": N_("已投测试票{count}张"),
    "rehearsal.wiped": N_("演练已清除，日志里留了一条"),
    "hall.rehearsal_mixed": N_("演练和正式的投票活动不能在同一会场"),
    "RehearsalOutcome.matched": N_("相符"),
    "RehearsalOutcome.differed": N_("不符"),
    "RehearsalOutcome.uncounted": N_("没有计票"),
    "event.RehearsalBegun": N_("开始演练，编造投票人 {voter_count} 个"),
    "event.TestBallotsCast": N_("投测试票 {ballot_count} 张"),
    "event.RehearsalWiped": N_("清除演练"),
    "fact.rehearsal_round_id": N_("演练号"),
    "fact.voter_count": N_("投票人"),
    "fact.ballot_count": N_("票数"),
    "fact.row_count": N_("删除的行数"),
}
