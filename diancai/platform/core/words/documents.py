"""Words of official papers."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    "documents.no_pdf": N_(
        "本平台没有安装生成PDF的组件。请下载Word文件，或打开“打印”一页，在浏览器里另存为PDF；要直接生成，请管理员安装 diancai[pdf]"
    ),
}
