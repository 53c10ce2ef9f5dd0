"""Words of the public pages: where a round stands, its rules in plain words, how long one has."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # where a round stands, for a resident
    "Phase.coming": N_("即将投票"),
    "Phase.open": N_("正在投票"),
    "Phase.paused": N_("投票中止"),
    "Phase.closing": N_("投票已截止"),
    "Phase.counting": N_("正在计票核对"),
    "Phase.published": N_("结果公示中"),
    "Phase.final": N_("结果已生效"),
    "Phase.void": N_("本次投票作废"),
    "phase.coming.now": N_("现在可以先看菜单、领投票码；到时间才能投票。"),
    "phase.coming.late": N_("原定时间已到，还没有开始：候选项目公示、名册核对等办完以后就开始，截止时间不变。"),
    "phase.open.now": N_("拿到投票码就可以投票，用手机三五分钟就好。"),
    "phase.paused.now": N_("投票暂时停下来了，已经交的票不受影响。什么时候恢复会在这里公布。"),
    "phase.closing.now": N_("不能再投票了。各投票点正在核对凭条，核对好就封存票箱。"),
    "phase.counting.now": N_("票箱已经封存。监票人见证计票、签认以后公布结果。"),
    "phase.published.now": N_("结果已经公布，正在公示；有异议可以在公示期内提出。"),
    "phase.final.now": N_("公示期已满，结果生效，入选项目转入实施。"),
    "phase.void.now": N_("本次投票不产生结果。"),
    # time left
    "left.days": N_("还有{count}天"),
    "left.hours": N_("还有{count}小时"),
    "left.minutes": N_("还有{count}分钟"),
    # the rule book in plain words
    "rules.electorate": N_("谁可以投"),
    "rules.electorate.age": N_("年满{age}周岁的常住居民，不限户籍。"),
    "rules.electorate.area": N_("范围：{area}。"),
    "rules.electorate.person": N_("一人一票。"),
    "rules.electorate.household": N_("一户一票，由户代表投。"),
    "rules.ballot": N_("怎么选"),
    "rules.ballot.tick.at_most": N_("从菜单里选1到{most}项。"),
    "rules.ballot.tick.exactly": N_("从菜单里选满{most}项，不能多也不能少。"),
    "rules.ballot.tick.between": N_("从菜单里选{fewest}到{most}项。"),
    "rules.ballot.knapsack": N_("在资金总额{fund}以内，想选几项选几项。"),
    "rules.ballot.ranking.at_most": N_("按轻重缓急排出前{most}位，可以少排。"),
    "rules.ballot.ranking.exactly": N_("按轻重缓急排满前{most}位。"),
    "rules.ballot.ranking.between": N_("按轻重缓急排出{fewest}到{most}位。"),
    "rules.allocation": N_("怎么算入选"),
    "rules.allocation.one_mark_one_vote": N_("选一项就是给它投一票。"),
    "rules.allocation.borda": N_("排第1位得{most}分，往后每位少1分，没排的不得分。"),
    "rules.allocation.greedy": N_("票数从高到低依次入选；剩下的钱不够某一项时跳过它，接着看下一项。"),
    "rules.allocation.greedy-per-cost": N_(
        "按每元得票从高到低依次入选：得票除以造价，比值大的在前；剩下的钱不够某一项时跳过它，接着看下一项。"
    ),
    "rules.allocation.greedy-no-skip": N_("票数从高到低依次入选；剩下的钱不够某一项时就到此为止。"),
    "rules.allocation.top-k.skip": N_("票数从高到低取前{count}项；超出资金的跳过，由下一项补上。"),
    "rules.allocation.top-k.stop": N_("票数从高到低取前{count}项；遇到超出资金的就到此为止。"),
    "rules.allocation.top-k.none": N_("票数从高到低取前{count}项。"),
    "rules.allocation.equal-shares": N_(
        "均等份额法：资金平均分成每位投票人一份，支持同一项目的人用各自的份额合起来为它出钱。"
    ),
    "rules.allocation.phragmen": N_(
        "弗拉格曼法：设想每位投票人的钱同样快地增加，哪一项的支持者先凑够它的造价就入选，他们的钱用掉以后从头再攒；"
        "轮到的一项超出剩下的钱时就到此为止。"
    ),
    "rules.allocation.bos": N_("允许少量透支的均等份额法：只用于分析。"),
    "rules.allocation.utility.score": N_("先选支持者每得一分出钱最少的项目。"),
    "rules.allocation.utility.cost": N_("出同样的钱，先选能让支持者得到更多资金的项目。"),
    "rules.allocation.utility.cardinality": N_("先选平均每位支持者出钱最少的项目。"),
    "rules.allocation.completion.greedy": N_("份额用完后还有余钱的，再按票数从高到低补选。"),
    "rules.allocation.completion.add1": N_(
        "份额用完后还有余钱的，把每份加1元、2元……重新计算，到再加就要超支、或者余款再也放不下一项时为止。"
    ),
    "rules.allocation.completion.add1-full": N_(
        "份额用完后还有余钱的，把每份加1元、2元……重新计算，到再加就要超支、或者有人选的都入选时为止。"
    ),
    "rules.allocation.completion.add1-greedy": N_(
        "份额用完后还有余钱的，把每份加1元、2元……重新计算，到再加就要超支、或者余款再也放不下一项时为止；"
        "再有余钱，按票数从高到低补选。"
    ),
    "rules.allocation.completion.phragmen": N_("份额用完后还有余钱的，再按弗拉格曼法补选。"),
    "rules.allocation.completion.comparison": N_(
        "份额用完后还有余钱的，把每份加1元、2元……重新计算；所得结果再与“按票数从高到低”的结果相比，"
        "看各人选中而入选的项目值多少钱，取让更多人得到更多的一个，一样多的取按票数的。"
    ),
    "rules.allocation.completion.comparison-full": N_("与“按票数从高到低”的结果相比，取让更多人得到更多的一个。"),
    "rules.constraints": N_("另有限制"),
    "rules.constraints.decided": N_("{numbers}号已事先确定入选，先从资金里支出。"),
    "rules.constraints.floor.category": N_("{group}类至少入选{count}项，只要有人选、放得下。"),
    "rules.constraints.floor.community": N_("{group}至少入选{count}项，只要有人选、放得下。"),
    "rules.constraints.winner_limit": N_("最多入选{count}项。"),
    "rules.constraints.exclusive": N_("{numbers}号里最多入选一项。"),
    "rules.constraints.ceiling.category": N_("{group}类入选项目合计不超过{limit}。"),
    "rules.constraints.ceiling.community": N_("{group}入选项目合计不超过{limit}。"),
    "rules.constraints.least_score": N_("得票（得分）不到{count}的不能入选。"),
    "rules.constraints.least_share": N_("选它的票不到全部票数{percent}的不能入选。"),
    "rules.constraints.reserve": N_(
        "遇到第一个钱不够的项目，如果余款不少于它造价的{percent}、差额不超过预备额度{limit}，就用预备额度补足让它入选；"
        "不管补不补，计票到那里为止。"
    ),
    "rules.ties": N_("票数相同怎么办"),
    "rules.ties.cost_then_lot": N_("先选花钱少的；还相同的，按封存后当众抽签的顺序。"),
    "rules.ties.lot": N_("按封存后当众抽签的顺序。"),
    "rules.ties.listed": N_("按菜单上的顺序。"),
    "rules.ties.id": N_("按项目编号的顺序。"),
    "rules.handing_out": N_("谁来领票"),
    "rules.handing_out.household": N_("本人来不了的，同一户的人可以签名代领，每人最多代领{count}份。"),
    "rules.handing_out.proxy": N_("可以书面委托别人投票，每人最多受{count}人委托。"),
    "rules.publicity": N_("投票以前"),
    "rules.publicity.candidates": N_("候选项目公示满{count}个工作日，异议都答复了才开始投票。"),
    "rules.publicity.register": N_("名册核对满{count}个工作日，期间可以核对自己的登记、提异议。"),
    "rules.validity": N_("什么情况下有效"),
    "rules.validity.none": N_("没有最低票数要求。"),
    "rules.validity.turnout": N_("投票率不低于{percent}%。"),
    "rules.validity.ballots": N_("投票不少于{count}张。"),
    "rules.item_order": N_("菜单的顺序"),
    "rules.item_order.drawn": N_("抽签定序，人人看到的都一样。"),
    "rules.item_order.random": N_("每位投票人看到的顺序随机打乱。"),
    "rules.publication": N_("公布什么"),
    "rules.publication.totals": N_("公布各项目的总票数，不公布单张选票。"),
    "rules.publication.ballots": N_("公布打乱顺序的全部选票内容，不带任何个人信息；人人可以用它重新计算。"),
    "rules.extension": N_("会不会延长"),
    "rules.extension.latest": N_("不会提前截止。确需延长的会公告，最晚延到{time}。"),
    # signed notes beside the rule book
    "addendum.extended": N_("投票延期"),
    "addendum.suspended": N_("投票中止"),
    "addendum.resumed": N_("投票恢复"),
    "addendum.collecting": N_("中止后不再恢复"),
    "addendum.granted": N_("区人大批准后核定本次资金"),
    # the life of a round
    "life.announced": N_("公告菜单和表决办法"),
    "life.voting": N_("投票"),
    "life.sealing": N_("截止，核对凭条，封存票箱"),
    "life.counting": N_("当众抽签，计票，监票人签认"),
    "life.published": N_("公示结果"),
    "life.final": N_("结果生效，转入实施"),
    "life.void": N_("作废"),
}
