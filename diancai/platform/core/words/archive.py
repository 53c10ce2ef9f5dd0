"""Words of archives."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "archive.not_over": N_("结果生效或者投票活动作废以后才能归档"),
    "archive.never_public": N_("这个草稿没有公告过，不归档"),
    "archive.unchanged": N_("和第{version}版完全相同，不用再做"),
    "archive.made": N_("归档包第{version}版已做成，共{count}个文件"),
    "archive.place_missing": N_("请写明贴在哪里"),
    "archive.taken_before": N_("这份公示{posted_on}才发布，照片不会更早"),
    "archive.taken_later": N_("拍摄日期还没有到"),
    "archive.same_photo": N_("这张照片已经加过"),
    "archive.photo_added": N_("照片已收进档案"),
    "job.archive.make": N_("做归档包"),
    "event.PostingPhotoAdded": N_("加张贴照片：{place}"),
    "event.ArchiveMade": N_("做归档包第 {version} 版，共 {file_count} 个文件"),
    "fact.file_count": N_("文件数"),
    "fact.keep_until": N_("保管到"),
    "fact.notice_id": N_("公示号"),
    "fact.place": N_("地点"),
}
