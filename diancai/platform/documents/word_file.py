"""A paper as a Word file that an office can go on writing in: 公文 layout, fonts by their names."""

import io
from datetime import datetime
from typing import Any

import docx
import segno
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt, RGBColor

from diancai.platform.documents import word_parts as parts
from diancai.platform.documents.layout import (
    BODY_PT,
    CHARACTER_PT,
    LEFT_MM,
    LINE_PT,
    PAGE_MM,
    PAGE_NUMBER_PT,
    SMALL_PT,
    TEXT_MM,
    TITLE_PT,
    TOP_MM,
)

RED = RGBColor(0xD4, 0x00, 0x00)
HEADING_FONTS = {1: parts.HEI, 2: parts.KAI, 3: parts.BODY, 4: parts.BODY}
QR_MM, QR_TEXT_PT = 20, 9


def word_of(paper: dict[str, Any]) -> bytes:
    document = _empty_document(paper)
    if paper["number"]:
        _red_head(document, paper)
    _title(document, paper)
    if paper["addressee"]:
        _line(document, f"{paper['addressee']}：")
    for block in paper["blocks"]:
        BLOCKS[block["kind"]](document, block)
    _attachments(document, paper["attachments"])
    _signature(document, paper)
    if paper["checks"]:
        _checks(document, paper["checks"])
    if paper["copies_to"]:
        _copies(document, paper)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _empty_document(paper: dict[str, Any]) -> Any:
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    section.top_margin, section.left_margin = Mm(TOP_MM), Mm(LEFT_MM)
    section.right_margin = Mm(PAGE_MM[0] - LEFT_MM - TEXT_MM[0])
    section.bottom_margin = Mm(PAGE_MM[1] - TOP_MM - TEXT_MM[1])
    section.footer_distance = Mm(22)
    parts.set_grid(section)
    normal = document.styles["Normal"]
    normal.font.size = Pt(BODY_PT)
    parts.set_font(normal.element.get_or_add_rPr(), parts.BODY)
    parts.set_language(document)
    parts.name_other_fonts(document)
    _page_numbers(document, section)
    about = document.core_properties
    about.title, about.author, about.language = paper["title"][:250], paper["issuer"][:250], "zh-CN"
    about.comments = about.keywords = about.last_modified_by = ""
    about.created = about.modified = datetime(2000, 1, 1)  # noqa: DTZ001  the paper has its own date
    return document


def _page_numbers(document: Any, section: Any) -> None:
    """— 1 — in the outer corner, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        line = footer.paragraphs[0]
        line.alignment = side
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(PAGE_NUMBER_PT)
        for text in ("— ", "", " —"):
            run = _run(line, text, font=parts.NUMBER, size=PAGE_NUMBER_PT)
            if not text:
                parts.add_field(run, "PAGE")


def _run(paragraph: Any, text: str, *, font: str = parts.BODY, size: float = BODY_PT) -> Any:
    run = paragraph.add_run(text)
    parts.set_font(run._r.get_or_add_rPr(), font)
    run.font.size = Pt(size)
    return run


def _line(
    parent: Any, text: str, *, font: str = parts.BODY, size: float = BODY_PT, at: Any = None, indent: float = 0
) -> Any:
    """One paragraph on the grid; `indent` of its first line in characters."""
    paragraph = parent.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_PT)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if at is None else at
    if indent:
        layout.first_line_indent = Pt(indent * CHARACTER_PT)
    if text:
        _run(paragraph, text, font=font, size=size)
    return paragraph


def _title(document: Any, paper: dict[str, Any]) -> None:
    line = _line(
        document, "\n".join(paper["title_lines"]), font=parts.TITLE, size=TITLE_PT, at=WD_ALIGN_PARAGRAPH.CENTER
    )
    beside = (TEXT_MM[0] / 25.4 * 72 - paper["title_width"] * TITLE_PT) / 2
    line.paragraph_format.line_spacing = Pt(32)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(beside)
    _line(document, "")


def _red_head(document: Any, paper: dict[str, Any]) -> None:
    """发文机关标志 35 mm below the upper edge of the text, its number, and the red rule."""
    size = min(46, 420 // max(1, len(paper["issuer"])))
    mark = _line(document, "", at=WD_ALIGN_PARAGRAPH.CENTER)
    mark.paragraph_format.space_before, mark.paragraph_format.line_spacing = Mm(12), Pt(max(size * 1.3, LINE_PT))
    _run(mark, paper["issuer"], font=parts.TITLE, size=size).font.color.rgb = RED
    _line(document, "")
    number = _line(document, paper["number"], at=WD_ALIGN_PARAGRAPH.CENTER)
    parts.add_line(number, "bottom", eighths=12, colour="D40000")
    _line(document, "")


def _heading(document: Any, block: dict[str, Any]) -> None:
    line = _line(document, block["text"], font=HEADING_FONTS[block["level"]], indent=2)
    line.paragraph_format.keep_with_next = True


def _paragraph(document: Any, block: dict[str, Any]) -> None:
    _line(document, block["text"], indent=2)


def _facts(document: Any, block: dict[str, Any]) -> None:
    for term, value in block["rows"]:
        parts.break_anywhere(_line(document, f"{term}：{value}", at=WD_ALIGN_PARAGRAPH.LEFT, indent=2))


def _table(document: Any, block: dict[str, Any]) -> None:
    table = document.add_table(rows=0, cols=len(block["titles"]))
    table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, block["widths"], strict=True):
        column.width = Mm(width)
    for index, texts in enumerate([block["titles"], *block["rows"]]):
        row = table.add_row()
        (parts.keep_whole if index else parts.repeat_head)(row)
        for cell, text, width, is_figure in zip(row.cells, texts, block["widths"], block["figures"], strict=True):
            cell.width = Mm(width)
            side = WD_ALIGN_PARAGRAPH.RIGHT if is_figure else WD_ALIGN_PARAGRAPH.LEFT
            _small(
                cell.paragraphs[0],
                text,
                parts.BODY if index else parts.HEI,
                side if index else WD_ALIGN_PARAGRAPH.CENTER,
            )
    _line(document, "")


def _small(
    paragraph: Any, text: str, font: str = parts.BODY, side: Any = WD_ALIGN_PARAGRAPH.LEFT, size: float = SMALL_PT
) -> None:
    paragraph.alignment = side
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    parts.break_anywhere(paragraph)
    parts.off_the_grid(paragraph)
    _run(paragraph, text, font=font, size=size)


def _hands(document: Any, block: dict[str, Any]) -> None:
    for name, said in block["people"]:
        line = _line(document, f"{name}　签名：", at=WD_ALIGN_PARAGRAPH.LEFT, indent=2)
        line.paragraph_format.space_before = Pt(LINE_PT / 2)
        _run(line, "　" * 8).font.underline = True
        if said:
            _run(line, f"　{said}", size=SMALL_PT)


BLOCKS = {"heading": _heading, "paragraph": _paragraph, "facts": _facts, "table": _table, "hands": _hands}


def _attachments(document: Any, names: list[str]) -> None:
    if not names:
        return
    _line(document, "")
    if len(names) == 1:
        _line(document, f"附件：{names[0]}", indent=2)
        return
    for number, name in enumerate(names, 1):
        _line(document, f"{'附件：' if number == 1 else '　　　'}{number}. {name}", indent=2)


def _signature(document: Any, paper: dict[str, Any]) -> None:
    """Two lines of room for the seal, then who and when; never alone on a page."""
    lines = [_line(document, ""), _line(document, "")]
    for text, characters in ((paper["issuer"], paper["issuer_at"]), (paper["dated"], paper["date_at"])):
        line = _line(document, text, at=WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.right_indent = Pt(characters * CHARACTER_PT)
        lines.append(line)
    for line in lines[:-1]:
        line.paragraph_format.keep_with_next = True


def _checks(document: Any, checks: list[dict[str, str]]) -> None:
    """Two beside each other: a picture, then what it holds."""
    pairs = [checks[start : start + 2] for start in range(0, len(checks), 2)]
    table = document.add_table(rows=0, cols=2 * len(pairs[0]))
    table.autofit = False
    words_mm = TEXT_MM[0] / len(pairs[0]) - QR_MM - 5
    for pair in pairs:
        row = table.add_row()
        parts.keep_whole(row)
        for place, check in enumerate(pair):
            picture, words = row.cells[2 * place], row.cells[2 * place + 1]
            picture.width, words.width = Mm(QR_MM + 5), Mm(words_mm)
            parts.off_the_grid(picture.paragraphs[0])
            picture.paragraphs[0].add_run().add_picture(io.BytesIO(_qr_png(check["holds"])), width=Mm(QR_MM))
            _small(words.paragraphs[0], check["title"], size=QR_TEXT_PT)
            _small(words.add_paragraph(), check["text"], size=QR_TEXT_PT)


def _copies(document: Any, paper: dict[str, Any]) -> None:
    """版记: to whom copies go, who printed it and when."""
    copies = _line(document, f"抄送：{paper['copies_to']}。", size=PAGE_NUMBER_PT)
    parts.add_line(copies, "top", eighths=8)
    printed = _line(
        document, f"{paper['issuer']}　　{paper['dated']}印发", size=PAGE_NUMBER_PT, at=WD_ALIGN_PARAGRAPH.RIGHT
    )
    parts.add_line(printed, "bottom", eighths=8)
    for line in (copies, printed):
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(PAGE_NUMBER_PT)


def _qr_png(text: str) -> bytes:
    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="png", border=0, scale=6)
    return file.getvalue()
