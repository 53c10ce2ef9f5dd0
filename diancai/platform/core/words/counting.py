"""Words of `diancai count` and `diancai compare`: files counted on the command line."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # refusals
    "official.unknown_rule": N_("文件没有写明能照办的规则（rule：{rule}）"),
    "official.bad_threshold": N_("min_project_score_threshold 不是数字：{value}"),
    "count.unreadable": N_("文件读不了：{reason}"),
    "count.only_for": N_("{option} 只用于规则 {rules}，不用于 {rule}"),
    "count.no_method": N_("规则 {rule} 还不能计票"),
    "count.k_missing": N_("规则 top-k 要用 --k 写明取几项"),
    "count.exclusive_unknown": N_("--exclusive 里的 {number} 不是文件里的项目"),
    "count.exclusive_few": N_("--exclusive 每组要写两个以上的项目编号，中间用逗号"),
    "count.bad_budget": N_("--budget 要写不小于 0 的数字，例如 86400.00"),
    # while it counts
    "count.goes_on": N_("正在计票……{seconds} 秒"),
    # the page
    "count.rule": N_("规则：{rule}"),
    "count.rule_of_file": N_("规则：{rule}（文件写明 {name}）"),
    "count.election": N_("资金 {fund}；{ballot_count} 张票；{item_count} 项"),
    "count.top_k": N_("取前 {k} 项"),
    "count.least_score": N_("至少{score}"),
    "count.reserve": N_("第一个放不下的项目，余款够 {percent}% 就补足"),
    "count.exclusive": N_("{numbers} 只取其一"),
    "count.answer": N_("入选 {winner_count} 项，共 {spent}，余 {left}"),
    "count.nobody": N_("没有项目入选"),
    "count.next": N_("没有入选、票数最多的："),
    "count.rest": N_("其余 {count} 项的理由见 --json"),
    "count.column.place": N_("次序"),
    "count.column.number": N_("编号"),
    "count.column.cost": N_("金额"),
    "count.column.name": N_("项目"),
    "count.column.score": N_("票数"),
    "count.column.points": N_("得分"),
    "count.ties": N_("同票："),
    "count.tie": N_("{numbers} 相同，{decided}"),
    "count.official": N_("官方结果："),
    "count.none": N_("无"),
    "tie.votes": N_("票数多的在前"),
    "tie.cost": N_("金额低的在前"),
    "tie.lot": N_("抽签决定"),
    "tie.listed": N_("列在前面的先取"),
    "tie.id": N_("编号在前的先取"),
    # the official result
    "official.reproduced": N_("与官方公布的 {count} 项完全一致。"),
    "official.none_stated": N_("文件没有写官方入选的项目，无从比较。"),
    "official.tie": N_("差别只在同票：{tied} 相同；官方取 {missing}，这里取 {extra}。"),
    "official.differs": N_("与官方不同，原因不是同票：官方另有 {missing}；这里另有 {extra}。"),
    "official.other_money": N_("{numbers} 由其他资金支持，不算官方入选。"),
    "official.no_exclusive": N_(
        "文件说有的项目只能取其一，只写在备注里；这里没有按此计算，可用 --exclusive A,B 写明。"
    ),
    "official.no_threshold": N_("规则要求最低票数，文件没有写是多少，按没有最低票数计算。"),
    "official.placeholder": N_("{numbers} 的金额是占位数字，按已撤下处理。"),
    "official.other_fund": N_("资金改成了 --budget 所写的数额。"),
    # comparing
    "compare.column.rule": N_("规则"),
    "compare.column.winners": N_("入选"),
    "compare.column.spent": N_("用去"),
    "compare.column.left": N_("剩余"),
    "compare.official_winners": N_("文件写明的官方结果"),
    "compare.matrix": N_("谁在哪种规则下入选（● 入选；列的字母是上面的规则）："),
    "compare.never": N_("另有 {count} 项在哪种规则下都不入选"),
    "compare.same": N_("{letters} 的结果相同"),
    # rules and titles that a rule book does not name
    "Method.greedy-per-cost": N_("按单位金额得票从高到低"),
    "Method.phragmen": N_("弗拉格曼法"),
    "Method.bos": N_("有限超支均等份额法"),
    "Utility.score": N_("按得分计"),
    "Completion.add1": N_("每人份额逐次加一，到放不下别的项目为止"),
    "Completion.add1-full": N_("每人份额逐次加一，到将要超支为止"),
    "Completion.add1-greedy": N_("每人份额逐次加一，余款再按票数从高到低分配"),
    "Completion.phragmen": N_("余款按弗拉格曼法继续分配"),
    "Completion.comparison": N_("份额逐次加一的结果与按票数的结果相比，取多数人得到更多的一个"),
    "Completion.comparison-full": N_("份额逐次加到将要超支的结果与按票数的结果相比，取多数人得到更多的一个"),
    # reasons that only these rules give
    "reason.won.reserve": N_("得{score}，排第{rank}；轮到它时还剩{left_before}，还差{short}，由预备额度补足。"),
    "reason.won.phragmen": N_("得{score}；支持者先攒够{cost}，轮到它时还剩{left_before}，第{rank}个入选。"),
    "reason.won.bos": N_(
        "得{score}；金额{cost}，支持者不超支可以付{covered}，允许有限超支，每人最多出{each_at_most}；第{rank}个入选。"
    ),
    "reason.won.decided": N_("事先已经决定，先列支{cost}（得{score}）。"),
    "reason.won.floor": N_("得{score}；按表决办法，“{group}”保底入选。"),
    "reason.won.completion.phragmen": N_(
        "得{score}；均等份额分完以后按弗拉格曼法补选，轮到它时还剩{left_before}，足够支付{cost}。"
    ),
    "reason.lost.tie.votes": N_("得{score}，与 {ahead} 号同样划算；{ahead} 号票数较多，排在前面，余下的资金给了它。"),
    "reason.lost.tie.listed": N_("得{score}，与 {ahead} 号相同；{ahead} 号列在前面，余下的名额或资金给了它。"),
    "reason.lost.tie.id": N_("得{score}，与 {ahead} 号相同；{ahead} 号编号在前，余下的名额或资金给了它。"),
    "reason.lost.below_minimum": N_("得{score}，没有达到入选所需的{needed}。"),
    "reason.lost.excluded": N_("得{score}；与已经入选的 {ahead} 号只能取其一。"),
    "reason.lost.ceiling": N_("得{score}；“{group}”最多用{limit}，加上它就超出{over}。"),
    "reason.lost.winner_limit": N_("得{score}；最多入选 {limit} 项，已经满了。"),
}
