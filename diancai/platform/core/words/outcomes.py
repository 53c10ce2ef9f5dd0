"""Words of what an outcome means: money and votes by group, winners of each voter, whether a group was left short."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "outcome.some_without": N_(
        "每位投票人平均有 {average} 项如愿；{voter_count} 人里有 {count} 人（{percent}）一项也没有如愿。"
    ),
    "outcome.none_without": N_("每位投票人平均有 {average} 项如愿；{voter_count} 人个个至少有一项如愿。"),
    "group.whole_street": N_("全街道"),
    "group.none": N_("未注明"),
    # whether a group was left short
    "fairness.holds": N_(
        "各群人都有份：没入选的项目，凡是支持者按人头平分的钱合起来付得起的，总有支持者已经从入选项目里得到了应得的份额。"
    ),
    "fairness.cost": N_(
        "有一群人落空：“{item}”（{cost}）没有入选。选它的人里有 {count} 人，按人头平分合起来有 {share}，付得起这一项；"
        "可是入选的项目里，他们每人选中的加起来最多只有 {most}。"
    ),
    "fairness.cardinality": N_(
        "有一群人落空：“{item}”（{cost}）没有入选。选它的人里有 {count} 人，按人头平分合起来有 {share}，这样的项目付得起 {affordable} 项；"
        "可是入选的项目里，他们每人选中的最多只有 {most} 项。"
    ),
    "fairness.nothing": N_(
        "有一群人落空：“{item}”（{cost}）没有入选。选它的人里有 {count} 人，按人头平分合起来有 {share}，付得起这一项；"
        "可是入选的项目里，没有一项是他们选的。"
    ),
    "fairness.more": N_("{numbers} 号的支持者也是这样。"),
    "fairness.promised": N_("均等份额法保证这一点，这里已经逐项核对。"),
    "fairness.by_chance": N_("这种办法不保证这一点，这次的结果恰好如此。"),
    "fairness.no_reproach": N_("这种办法本来就不保证各群人都有份。这只供了解，不影响结果。"),
    "fairness.unchecked.points": N_("选票带名次或者分数的，不作这项检查。"),
    "fairness.unchecked.comparison": N_("这种办法在两个结果里取一个，不作这项检查。"),
    "fairness.unchecked.constraints": N_("设有上限、保底等限制条件的，不作这项检查。"),
    "fairness.nobody_short": N_("是"),
    "fairness.left_short": N_("否"),
    "fairness.not_asked": N_("不检查"),
}
