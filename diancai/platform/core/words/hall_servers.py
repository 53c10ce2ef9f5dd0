"""Words of hall servers: a sitting without internet."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # at the office
    "hall_server.no_desk": N_("“{title}”在这场会场里没有投票点：请先在会场安排里选一个"),
    "hall_server.desk_used": N_(
        "“{name}”已经发过票、印过凭条、领过纸质票或者配了终端：会场服务器只带走没有用过的投票点，请另设一个"
    ),
    "hall_server.nobody": N_("所选社区里没有还没领票的人"),
    "hall_server.sitting_away": N_("这场会场已经交给会场服务器，要等它交回"),
    "hall_server.station_away": N_("这个投票点在会场服务器上，要等它交回"),
    "hall_server.still_away": N_("“{title}”的会场服务器还没有交回。交不回来的，由两个人确认放弃"),
    "hall_server.not_away": N_("这台会场服务器已经交回或者放弃"),
    "hall_server.not_packed": N_("还没有打过包，没有什么可以交回"),
    "hall_server.weak_code": N_("打包口令不完整，请刷新本页再打包"),
    "hall_server.given_up": N_("这台会场服务器已经放弃，里面的票不再计入"),
    "hall_server.back_already": N_("已经收过一次，内容和这份不一样。这份不收，请核对两份文件"),
    "hall_server.round_waits": N_("“{title}”现在是“{state}”，不能收票。恢复投票或者进入收集票箱以后再交"),
    "hall_server.not_ours": N_("这不是本场最后一次打包的会场服务器交回的文件，或者文件被改过、坏了"),
    "hall_server.not_whole": N_("文件里的{what}前后对不上，整份没有收。请回会场服务器再生成一次"),
    "hall_server.asked": N_("已提出，等监票人确认。确认以后这些人只能在会场领票"),
    "hall_server.giving_up_asked": N_("已提出放弃，等另一人确认"),
    "hall_server.taken": N_(
        "已收：{ballots} 张票，{given} 人领过票，{freed} 人没有到场、可以在别处领票。回执号 {receipt}"
    ),
    "hall_server.taken_before": N_("这份文件已经收过，没有改动。回执号 {receipt}"),
    "confirm.hall_server.prepare": N_("把会场交给会场服务器"),
    "confirm.hall_server.prepare.effect": N_(
        "所选社区还没领票的人标为“在会场”，交回以前别处不给他们发票；会场里的投票点也由会场服务器管"
    ),
    "confirm.hall_server.give_up": N_("放弃会场服务器"),
    "confirm.hall_server.give_up.effect": N_("里面的票永远不计入；在会场领过票的人也恢复为可领票。不能恢复"),
    # in the hall
    "hall_server.at_the_office": N_("这台机器只管会场。这件事请在街道的平台上办"),
    "hall_server.at_the_office.hint": N_("会场的事都在“会场”页上；计票、公示、补登、档案，交回以后在街道的平台上办。"),
    "confirm.hall.close_sitting.effect.in_hall": N_(
        "会场里手机、终端和投票点的投票一起结束，随后清点。写进会场记录，不能恢复"
    ),
    "hall_server.ballot_only": N_("这个地址只能投票"),
    "hall_server.ballot_only.hint": N_("工作台、公用终端和大屏请用 https 开头的地址打开。"),
    "hall_server.steps_missing": N_("会场还没有办到“{step}”"),
    "hall_server.still_voting": N_("“{title}”还在投票"),
    "hall_server.leftovers_once": N_("“{name}”的剩票还没有由第二人清点"),
    "hall_server.wrong_code": N_("打不开：口令不对，或者文件坏了"),
    "hall_server.not_a_pack": N_("文件打开了，但不是会场服务器的随行包，或者不完整"),
    "hall_server.other_schema": N_("随行包的版本是 {theirs}，本机是 {ours}：两边要装同一个版本"),
    # desk
    "desk.votes_in_hall": N_("这位居民登记在会场投票，只能在会场领票"),
    "GivenKind.hall": N_("在会场，还没领票"),
    "EntryState.in_hall": N_("在会场领票"),
    "HallServerState.away": N_("在会场"),
    "HallServerState.back": N_("已交回"),
    "HallServerState.given_up": N_("已放弃"),
    "job.hall_server.open_round": N_("会场服务器：按时开始投票"),
    # events
    "hall_server.is_away": N_("“{sitting}”的会场没有网，名册和投票点交给会场服务器"),
    "hall_server.is_back": N_("“{sitting}”的会场服务器交回，票已放进票箱"),
    "hall_server.was_lost": N_("“{sitting}”的会场服务器放弃，里面的票不计入，带走的人可以重新领票"),
    "event.HallServerPrepared": N_("把会场交给会场服务器，带走 {person_count} 人"),
    "event.HallServerPacked": N_("会场服务器第 {pack_number} 次打包"),
    "event.HallServerOpened": N_("会场服务器启用，名册 {person_count} 人"),
    "event.HallHandedBack": N_("会场服务器交回 {ballot_count} 张票"),
    "event.HallTakenBack": N_(
        "收下会场服务器交回的 {ballot_count} 张票，{given_count} 人领过票，{freed_count} 人没有到场"
    ),
    "event.HallServerGivenUp": N_("放弃会场服务器，{freed_count} 人恢复为可领票"),
}
