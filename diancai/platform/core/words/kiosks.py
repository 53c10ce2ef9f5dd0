"""Words of the public terminals."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "kiosk.no_channel": N_("表决办法里没有公用终端"),
    "kiosk.same_name": N_("已有同名的公用终端"),
    "kiosk.idle": N_("请填{least}到{most}秒"),
    "kiosk.grace": N_("请填{least}到{most}秒"),
    "kiosk.mistyped_code": N_("登记码输得不对，请对照再输一次"),
    "kiosk.unknown_code": N_("登记码不对，或者已经用过、过期。请经办人换发一个新的"),
    "kiosk.edited": N_("公用终端“{name}”已修改，下一个人开始时生效"),
    "kiosk.was_revoked": N_("公用终端“{name}”已停用"),
    "KioskState.waiting": N_("待登记"),
    "KioskState.enrolled": N_("已登记"),
    "KioskState.revoked": N_("已停用"),
    "event.KioskAdded": N_("添加公用终端“{name}”"),
    "event.KioskEdited": N_("修改公用终端“{name}”"),
    "event.KioskCodeIssued": N_("换发公用终端“{name}”的登记码"),
    "event.KioskEnrolled": N_("公用终端“{name}”登记了一台设备"),
    "event.KioskRevoked": N_("停用公用终端“{name}”"),
}
