"""Words of results: the draw, the count, why each item won or lost, signatures, publication, objections, imports."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # the draw
    "draw.empty": N_("请输入抽签得到的数字"),
    "draw.too_long": N_("抽签内容最多 {limit} 个字"),
    "draw.one_line": N_("抽签内容只能写在一行里"),
    "draw.not_now": N_("只有票箱封存以后、计票以前才能录入抽签结果"),
    "draw.not_for_imported": N_("导入的投票不抽签：同票时按文件算出的固定顺序"),
    "draw.not_appointed": N_("只有本次投票指定的监票人可以录入抽签结果"),
    "draw.already_made": N_("抽签结果已经由两位监票人确认，不能再改"),
    "draw.kept": N_("已记下您录入的抽签结果，还要另一位监票人独立录入同样的内容"),
    "draw.differs": N_("两位监票人录入的内容不一样。请一起核对原始记录，再各自重新录入，直到一致"),
    "draw.made": N_("两位监票人录入一致，抽签结果已确定"),
    # the count
    "results.not_countable_now": N_("现在的状态不能计票"),
    "results.under_embargo": N_("投票结束并封存以前，任何人都不能打开票箱"),
    "results.no_closing_minute": N_("没有封存记录，不能计票"),
    "results.no_rule_book": N_("没有公告过的表决办法，不能计票"),
    "results.no_draw": N_("还没有抽签结果：请先由两位监票人录入"),
    "results.rule_book_differs": N_("表决办法与公告时的校验码不符。不能计票，请立即报告，保护现场"),
    "results.box_differs": N_(
        "票箱与封存记录不符（{what}：封存时 {minute}，现在 {found}）。不能计票，请立即报告，保护现场"
    ),
    "results.too_few_ballots": N_(
        "投票 {ballot_count} 张，少于表决办法要求的 {min_ballots} 张：本次投票不作分配，应按此理由作废"
    ),
    "results.turnout_too_low": N_(
        "投票 {ballot_count} 张，名册 {register_count} 人，没有达到表决办法要求的投票率 {percent}%："
        "本次投票不作分配，应按此理由作废"
    ),
    "results.recount_reason_missing": N_("请写明重新计票的原因"),
    "results.counted": N_("已计票。请监票人核对后签名"),
    # the first line of every result
    "answer.result": N_("入选{winner_count}项，共{money}；投票数{ballot_count}"),
    "answer.turnout": N_("投票率{percent}%（{ballot_count}÷名册{register_count}人）"),
    "answer.left": N_("资金{fund}，余{left}"),
    "score.votes": N_("{count}票"),
    "score.points": N_("{count}分"),
    "score.one_vote": N_("1票"),
    "score.one_point": N_("1分"),
    # why an item won or lost
    "reason.won.by_votes": N_("得{score}，排第{rank}；轮到它时还剩{left_before}，足够支付{cost}。"),
    "reason.won.free": N_("得{score}；不花本级资金，直接入选。"),
    "reason.won.seat": N_("得{score}，排第{rank}，在名额之内；按表决办法，名额不受资金限制。"),
    "reason.won.equal_shares.short": N_(
        "得{score}；支持者用各自的份额合起来付得起{cost}：{full_payers} 人每人最多出{each_at_most}，"
        "{short_payers} 人把余下的份额全部拿出，共{short_payers_pay}；第{rank}个入选。"
    ),
    "reason.won.equal_shares": N_(
        "得{score}；支持者用各自的份额合起来付得起{cost}，每人最多出{each_at_most}，第{rank}个入选。"
    ),
    "reason.won.completion": N_("得{score}；均等份额分完以后按票数补选，轮到它时还剩{left_before}，足够支付{cost}。"),
    "reason.lost.fund_left": N_("得{score}，排第{rank}；轮到它时只剩{left}，还差{short}。"),
    "reason.lost.after_stop": N_("得{score}，排第{rank}；按表决办法，计票到排在它前面的 {stopped_at} 号为止。"),
    "reason.lost.after_stop.phragmen": N_("得{score}；先轮到 {stopped_at} 号，剩下的钱不够，计票到那里为止。"),
    "reason.lost.beyond_k": N_("得{score}，排第{rank}；{seat_count} 个名额已满。"),
    "reason.lost.not_affordable_by_supporters": N_(
        "得{score}；支持者剩下的份额合计{supporters_left}，不够{cost}，还差{short}。"
    ),
    "reason.lost.tie.cost": N_("得{score}，与 {ahead} 号相同；{ahead} 号造价较低，排在前面，余下的名额或资金给了它。"),
    "reason.lost.tie.lot": N_("得{score}，与 {ahead} 号相同；按当众抽签，{ahead} 号排在前面，余下的名额或资金给了它。"),
    "reason.lost.no_support": N_("没有人选它。"),
    "reason.lost.withdrawn": N_("已撤下，不能入选（得{score}）。"),
    "reason.lost.withdrawn_because": N_("已撤下，不能入选（得{score}）。原因：{reason}"),
    # 翻转票数
    "margin.won": N_("再少{score}就会落选"),
    "margin.lost": N_("再多{score}就能入选"),
    "margin.found.won": N_("找到的一个数：再少{score}就会落选（不一定最少）"),
    "margin.found.lost": N_("找到的一个数：再多{score}就能入选（不一定最少）"),
    "margin.none": N_("再多也不能入选"),
    "margin.none.won": N_("再少也会入选"),
    "margin.uncounted": N_("未计算"),
    "MarginKind.exact": N_("精确"),
    "MarginKind.found": N_("找到的一个数"),
    "MarginKind.none": N_("无"),
    "MarginKind.uncounted": N_("未计算"),
    # what if
    "what_if.more": N_("资金多 {percent}%（{fund}）"),
    "what_if.less": N_("资金少 {percent}%（{fund}）"),
    "what_if.no_ceiling": N_("不设“{group}”的上限（{limit}）"),
    "what_if.seats": N_("取 {count} 项"),
    "what_if.impossible": N_("算不出来：资金不够支付事先确定的项目"),
    # signatures and certification
    "signature.missing": N_("请在签名区手写签名，或者上传签好字的扫描件"),
    "signature.blank": N_("签名区里还没有字迹"),
    "signature.not_a_picture": N_("只能上传 PNG 或 JPEG 图片"),
    "signature.too_large": N_("图片太大，请缩小到 {limit} MB 以内"),
    "signature.not_appointed": N_("只有本次投票指定的监票人可以签名"),
    "signature.already_signed": N_("您已经在这一版结果上签过名"),
    "signature.kept": N_("已签名"),
    "SignatureKind.handwriting": N_("屏幕手写"),
    "SignatureKind.scan": N_("扫描件"),
    "result.not_signable_now": N_("只有刚计出、还没有签认的结果可以签名"),
    "result.superseded": N_("这一版结果已经有更新的版本"),
    "result.not_certifiable": N_("还有 {count} 项条件没有满足，不能签认"),
    "result.certified": N_("已签认。下一步：经办人拟稿送审"),
    "check.signatures": N_("监票人签名不少于 {needed} 人（已签 {count} 人）"),
    "check.chief": N_("总监票人已签名"),
    "check.stations": N_("各投票点凭条数相符，或差额已经接受"),
    "check.tally": N_("手工唱票计票由两人录完，和平台的计数核对清楚"),
    "check.stations_open": N_("凭条数还没有对平、差额也没有接受的投票点：{names}"),
    "check.boxes_back": N_("流动票箱回来，封条都经监票人核对（破损或不一致、写明原因的 {count} 次）"),
    "check.boxes_away": N_("流动票箱回来，封条还没有核对：{names}"),
    "check.leftovers": N_("剩余的凭条和纸质票都经两人清点"),
    "check.leftovers_open": N_("剩余的凭条和纸质票还没有由第二人清点的投票点：{names}"),
    "check.no_disputes": N_("没有争议票，没有未答复的异议"),
    "check.disputes": N_("争议 {disputes} 件，应少于最小翻转票数 {margin}"),
    "check.disputes_without_margin": N_("争议 {disputes} 件；还没有算出翻转票数，须先全部处理"),
    "check.disputes_change_nothing": N_("争议 {disputes} 件，票数怎么变都不改变结果"),
    # 拟稿 → 审核 → 签发
    "result.not_certified": N_("结果还没有签认，或者已经公布"),
    "result.window_too_short": N_("公示期不能少于 {least} 个工作日"),
    "result.submitted": N_("已送审"),
    "result.reviewed": N_("已审核，等待签发"),
    "result.returned": N_("已退回经办人"),
    "result.published": N_("结果已公布，公示期到 {last_day} 为止"),
    # objections to a result
    "result.not_published": N_("结果不在公示中"),
    "objection.not_for_two": N_("维持原结果不需要第二人确认"),
    "objection.not_in_void": N_("投票活动已经作废，只能答复“维持”或者“重新投票”"),
    "objection.numbers_missing": N_("请选择要取消的项目"),
    "objection.not_a_winner": N_("{number} 号不在入选项目里，不能取消"),
    "objection.kept": N_("已答复：维持原结果"),
    "objection.proposed": N_("已提交，等另一位有权限的人在“待我确认”里确认后生效"),
    # another fund than announced
    "grant.requested": N_("已提交，等签发人在“待我确认”里确认后生效"),
    "confirm.result.grant_fund": N_("核定本次投票的资金"),
    "confirm.result.uphold_objection": N_("按异议更改已公布的结果"),
    # final
    "result.not_finishable_now": N_("只有公示中的结果可以生效"),
    "result.fund_not_approved": N_("本次资金还是拟安排：区人大批准并且核定以后，结果才能生效"),
    "result.window_open": N_("公示期还没有结束，到 {ends_at} 为止"),
    "result.window_tentative": N_("公示期的截止日还是暂定（{year}年调休安排尚未公布），请先确认"),
    "result.objections_open": N_("还有 {count} 件异议没有答复"),
    "result.final": N_("结果已生效"),
    # imported elections
    "import.title": N_("请填写名称，最多 {limit} 个字"),
    "import.vote_type": N_("暂不能导入这种选票（{vote_type}），只能导入勾选、单选和排序"),
    "import.no_projects": N_("文件里没有项目"),
    "import.project_id": N_("项目编号不能用：{number}"),
    "import.finer_than_fen": N_("金额比“分”还细，不能导入（项目 {number}）"),
    "import.ballot_too_long": N_("有一张选票太长（限 {limit}），不能导入"),
    "import.done": N_("已导入 {items} 个项目、{ballots} 张选票"),
    # what is wrong with a Pabulib file
    "pabulib.encoding": N_("文件不是 UTF-8 文本（第 {line} 行）"),
    "pabulib.quoting": N_("引号没有成对（第 {line} 行）"),
    "pabulib.missing_section": N_("缺少 {section} 部分"),
    "pabulib.repeated_section": N_("{section} 部分出现两次（第 {line} 行）"),
    "pabulib.no_section": N_("第 {line} 行不属于任何部分"),
    "pabulib.missing_column": N_("第 {line} 行缺少列 {column}"),
    "pabulib.repeated_column": N_("第 {line} 行的列 {column} 重复"),
    "pabulib.too_many_values": N_("第 {line} 行有 {found} 格，应为 {expected} 格"),
    "pabulib.missing_value": N_("第 {line} 行的 {column} 是空的"),
    "pabulib.missing_key": N_("META 部分缺少 {column}"),
    "pabulib.repeated_key": N_("第 {line} 行的 {column} 与前面不一致"),
    "pabulib.bad_number": N_("第 {line} 行的 {column} 不是数字：{value}"),
    "pabulib.negative_number": N_("第 {line} 行的 {column} 是负数：{value}"),
    "pabulib.unknown_vote_type": N_("不认识的选票类型：{value}"),
    "pabulib.repeated_project": N_("第 {line} 行的项目编号 {value} 重复"),
    "pabulib.unknown_project": N_("第 {line} 行的选票里有不认识的项目：{value}"),
    "pabulib.points_mismatch": N_("第 {line} 行有 {marks} 个项目、{points} 个分数，数目不一致"),
    # what the timeline says
    "round.imported": N_("导入外部投票，共 {count} 张选票"),
    "round.published": N_("公布结果（第 {version} 版）"),
    "round.recounted": N_("结果更正为第 {version} 版，重新签认和公示。原因：{reason}"),
    "round.final": N_("结果生效（第 {version} 版）"),
    # events
    "event.DrawTyped": N_("录入抽签结果"),
    "event.DrawMade": N_("抽签结果确定"),
    "event.RoundCounted": N_("计票"),
    "event.ResultSigned": N_("监票人签名"),
    "event.ResultCertified": N_("签认结果"),
    "event.ResultPublished": N_("签发并公布结果"),
    "event.RoundFinished": N_("结果生效"),
    "event.ElectionImported": N_("导入外部投票"),
}
