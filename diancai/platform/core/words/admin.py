"""Words of the staff home and the administrative log."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "RequestState.pending": N_("等待确认"),
    "RequestState.confirmed": N_("已确认"),
    "RequestState.declined": N_("未同意"),
    "RequestState.withdrawn": N_("已撤回"),
    "request.confirmed": N_("已确认并执行"),
    "request.declined": N_("已写明不同意，没有执行"),
    "request.withdrawn": N_("已撤回申请"),
    "request.typed_differs": N_("输入的字和要求的不一样，没有执行"),
}
