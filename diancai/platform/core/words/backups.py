"""Words of backups, of restoring one, and of what has to be put right after it."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # taking one
    "backup.recipient": N_("接收人名单第{line}行不对：每行写姓名和以 age1 开头的公钥"),
    "backup.no_recipients": N_("接收人名单是空的：备份只加密给名单上的监票人"),
    "backup.unsealed": N_(
        "“{title}”还有 {waiting} 张票没有封存。投票期间只能在封存的同一刻备份：等下一次封存（满 25 张、隔 10 分钟）再试"
    ),
    "backup.file_exists": N_("{path} 已经存在，备份不覆盖任何文件"),
    "backup.destroyed_already": N_("这份备份已经登记销毁"),
    # restoring one
    "backup.identity": N_("这不是 age 私钥：应以 AGE-SECRET-KEY- 开头"),
    "backup.wrong_key": N_("打不开：文件坏了，或者不是加密给这把私钥的"),
    "backup.not_one": N_("文件打开了，但不是点菜的备份"),
    "backup.other_schema": N_("备份的数据库版本是 {theirs}，本机是 {ours}：请先装备份时的版本，恢复以后再升级"),
    "backup.cut_off": N_("备份不完整：最后的行数对不上"),
    "backup.not_empty": N_("数据库里已有内容，备份只恢复到空的数据库"),
    "backup.broken_log": N_("备份里的操作日志从第 {number} 条起对不上"),
    "backup.broken_seal": N_("备份里“{title}”的票箱和最后一次封存的校验码对不上"),
    "backup.unbalanced": N_("备份里“{title}”的票数不等于已用投票码加有效纸质票"),
    # going on after it
    "round.restored": N_(
        "数据库在 {restored_at} 从备份恢复过：先到“恢复以后”补齐各投票点的领票流水，再由两个人决定继续"
    ),
    "recovery.not_restored": N_("这次投票不需要补流水"),
    "recovery.journal": N_("流水不完整或被改过：校验码对不上"),
    "recovery.other_journal": N_("这是另一个投票点或另一次投票的流水"),
    "recovery.journal_behind": N_("桌上清点发出 {issued} 张，流水上是 {found} 人：这不是最后一份流水"),
    "recovery.given_elsewhere": N_("流水里的登记号 {number} 已经在别处领过票，请核对两处的流水"),
    "recovery.station_missing": N_("“{name}”的流水还没有补。流水找不到的，这次投票只能作废"),
    "recovery.fewer_published": N_("票箱里有 {held} 张票，最后一次公布的票数不能比它少"),
    "recovery.replayed": N_("流水已补：新登记 {marked} 人，取消 {cleared} 人，作废投票码 {voided} 个"),
    "recovery.unknown": N_("名册里没有登记号 {numbers}：是备份以后补登的人，请重新补登，再补一次流水"),
    "recovery.asked": N_("已提出继续投票，等另一人确认"),
    "confirm.recovery.resume": N_("从备份恢复以后继续投票"),
    "confirm.recovery.resume.effect": N_("重新开始收票；最后公布的票数和现在的差额写进记录，理由向居民公布"),
    "round.was_restored": N_("系统从备份恢复，投票中止，正在补齐领票流水"),
    "round.recovered": N_("系统从备份恢复，补齐领票流水以后继续：{reason}"),
    "addendum.recovered": N_("系统恢复以后继续投票"),
    # events
    "event.BackupTaken": N_("备份数据库（第 {backup_id} 份）"),
    "event.BackupDestroyed": N_("销毁第 {backup_id} 份备份"),
    "event.BackupRestored": N_("从备份恢复数据库"),
    "event.StationRecovered": N_(
        "补领票流水：新登记 {marked_count} 人，取消 {cleared_count} 人，作废投票码 {voided_count} 个"
    ),
    "event.RoundRecovered": N_("恢复以后继续投票，公布过而票箱里没有的票 {gap} 张"),
}
