"""The parts of Word's format that python-docx has no words for. Measures are twips (1/20 pt) unless the name says otherwise."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from diancai.platform.documents.layout import BODY_PT, CHARACTER_PT, LINE_PT

BODY, KAI, HEI, TITLE, NUMBER = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
OTHER_NAMES = {BODY: "仿宋", KAI: "楷体", TITLE: "宋体"}
"""What Word takes where a font is not installed; the named ones may not be given away with a program."""


def element(parent: Any, tag: str, **attributes: Any) -> Any:
    """A child `w:tag`; attributes are of the namespace w as well."""
    child = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        child.set(qn(f"w:{name}"), str(value))
    parent.append(child)
    return child


def set_font(properties: Any, font: str) -> None:
    """Every script's font by name, and signs that stand in both (“” ·—…) as Chinese ones."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for name, value in (("hint", "eastAsia"), ("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("cs", LATIN)):
        fonts.set(qn(f"w:{name}"), value)
    properties.insert(0, fonts)


def set_language(document: Any) -> None:
    """zh-CN for the eastern script, or punctuation stands in the Traditional place."""
    styles = document.styles.element
    defaults = styles.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for parent in (defaults, document.styles["Normal"].element.get_or_add_rPr()):
        for old in parent.findall(qn("w:lang")):
            parent.remove(old)
        element(parent, "lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")


def set_grid(section: Any) -> None:
    """22 lines of 28 characters; the spacing of characters counts in 1/4096 pt beside the size of the body."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    space = round((CHARACTER_PT - BODY_PT) * 4096)
    element(properties, "docGrid", type="linesAndChars", linePitch=int(LINE_PT * 20), charSpace=space)


def add_field(run: Any, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("end", "")):
        if kind:
            element(run._r, "fldChar", fldCharType=kind)
        else:
            code = element(run._r, "instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = text


def add_line(paragraph: Any, side: str, *, eighths: int, colour: str = "000000") -> None:
    """A rule above or below a paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    element(borders, side, val="single", sz=eighths, space=1, color=colour)
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:wordWrap", "w:snapToGrid", "w:spacing", "w:ind", "w:jc"
    )


def break_anywhere(paragraph: Any) -> None:
    """Long hashes and addresses may break at any letter."""
    properties = paragraph._p.get_or_add_pPr()
    wrap = OxmlElement("w:wordWrap")
    wrap.set(qn("w:val"), "0")
    properties.insert_element_before(wrap, "w:overflowPunct", "w:snapToGrid", "w:spacing", "w:ind", "w:jc")


def off_the_grid(paragraph: Any) -> None:
    """Small print keeps its own pitch."""
    properties = paragraph._p.get_or_add_pPr()
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties.insert_element_before(snap, "w:spacing", "w:ind", "w:jc")


def repeat_head(row: Any) -> None:
    element(row._tr.get_or_add_trPr(), "cantSplit")
    element(row._tr.get_or_add_trPr(), "tblHeader")


def keep_whole(row: Any) -> None:
    element(row._tr.get_or_add_trPr(), "cantSplit")


def name_other_fonts(document: Any) -> None:
    """Word's list of fonts, with what stands in for each."""
    for related in document.part.rels.values():
        if related.reltype.endswith("/fontTable"):
            related.target_part._blob = _font_table()


def _font_table() -> bytes:
    rows = []
    for font in (BODY, KAI, HEI, TITLE, NUMBER, LATIN):
        other = f'<w:altName w:val="{OTHER_NAMES[font]}"/>' if font in OTHER_NAMES else ""
        charset = "00" if font == LATIN else "86"
        rows.append(f'<w:font w:name="{font}">{other}<w:charset w:val="{charset}"/></w:font>')
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="{namespace}">{"".join(rows)}</w:fonts>'
    ).encode()
