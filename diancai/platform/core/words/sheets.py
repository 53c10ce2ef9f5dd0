"""Words of spreadsheets: why a file is refused, why a cell is."""

from diancai.platform.core.words.marks import N_

WORDS: dict[str, str] = {
    # the file as a whole
    "sheet.not_xlsx": N_("这不是 xlsx 表格。请在表格软件里另存为“Excel 工作簿（.xlsx）”，不要加密码"),
    "sheet.damaged": N_("表格文件已损坏或含有不能接受的内容，请重新另存为 .xlsx 再上传"),
    "sheet.bomb": N_("表格文件解开后太大，没有读取"),
    "sheet.too_many_columns": N_("表格有 {count} 列，最多 {limit} 列"),
    "sheet.too_many_rows": N_("表格有 {count} 行，一次最多 {limit} 行，请分成几个文件"),
    "sheet.merged": N_("表格里有合并的单元格：{cells}。请取消合并后再上传"),
    "sheet.formulas": N_("表格里有公式：{cells}。请复制后“选择性粘贴”为数值再上传"),
    "sheet.missing_columns": N_("缺少这些列：{titles}。请使用下载的模板，不要改动第一行的列名"),
    "sheet.repeated_column": N_("“{title}”这一列出现了两次"),
    "sheet.no_rows": N_("表格里没有数据行"),
    "sheet.missing": N_("请选择要上传的表格文件"),
    # one cell
    "sheet.required": N_("必须填写"),
    "sheet.digits_lost": N_("号码被存成了数字，末尾几位已经丢失，请把这一列设为文本格式后重新填写"),
    "sheet.cell_error": N_("单元格里是错误值 {text}"),
    "sheet.not_whole_number": N_("“{text}”不是整数"),
    "sheet.number_out_of_range": N_("“{text}”应在 {least} 到 {most} 之间"),
    "sheet.not_digits": N_("“{text}”应是 {count} 位数字"),
    "sheet.too_long": N_("有 {count} 个字，最多 {limit} 个字"),
    "sheet.control_character": N_("含有看不见的控制字符，请重新输入"),
    "sheet.not_a_day": N_("“{text}”不是日期，请写成 2026-01-31"),
}
