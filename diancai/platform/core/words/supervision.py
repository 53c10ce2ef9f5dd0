"""Words of the district's supervision."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "supervision.not_yours": N_("这个街道不归您督办"),
    "supervision.text": N_("请填写1到{most}个字"),
    "supervision.reply_by": N_("请填写答复日期，不能早于今天"),
    "supervision.answered": N_("这条意见已经答复过"),
    "supervision.written": N_("督办意见已提出，街道会看到"),
    "supervision.replied": N_("答复已提交"),
    "event.SupervisionNoteWritten": N_("提出督办意见，{reply_by}以前答复"),
    "event.SupervisionNoteAnswered": N_("答复督办意见"),
    "fact.supervision_note_id": N_("督办意见号"),
    "fact.reply_by": N_("答复期限"),
    "fact.is_late": N_("逾期"),
}
