"""A paper in its three forms: the layout of GB/T 9704-2012, user text as text, and what is said the same in all of them."""

import io
import re
import zipfile
from datetime import date

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from diancai.errors import LimitReached
from diancai.platform.documents import pdf_file
from diancai.platform.documents.content import Check, Column, Facts, Hands, Heading, Paper, Paragraph, Table
from diancai.platform.documents.layout import chinese_number, laid_out
from diancai.platform.documents.pdf_file import pdf_of
from diancai.platform.documents.word_file import word_of
from tests.papers import pdf_text, squeezed, word_text

HASH = "0123456789abcdef" * 4
HOSTILE = (
    "*x9* _x9_ `x9` $x9$ #x9 #text(x9) @x9 <x9> = x9",
    "<w:t>x9</w:t> & &amp; ]]> <!-- x9 -->",
    '=HYPERLINK("http://x9")',
    "{{ x9 }} {% x9 %} %(x9)s \\u0078 \\x9 // x9 /* x9 */",
    "“龚䶮”、‘𬱖’、阿依古丽·买买提——2026〔5〕号…",
)


def a_paper(**columns: object) -> Paper:
    facts: dict[str, object] = {
        "title": "示范街道\n投票结果的报告",
        "blocks": (
            Heading("基本情况"),
            Paragraph("按照办法，现报告如下。\n第二段。"),
            Heading("程序", 2),
            Heading("结果"),
            Facts((("领票数", "1,204"), ("没有的", ""), ("查询码根", HASH))),
            Table((Column("项目"), Column("金额（元）", is_figure=True)), (("楼道扶手", "86,400.00"),)),
            Hands((("陈监（总监票人）", "居民代表会议推选"),)),
        ),
        "issuer": "示范街道办事处",
        "dated": date(2026, 9, 9),
        "number": "示街〔2026〕5号",
        "addressee": "示范区财政局",
        "attachments": ("投票结果公示", "计票记录"),
        "copies_to": "示范区民政局",
        "checks": (Check("表决办法校验码", HASH),),
    }
    return Paper(**(facts | columns))  # type: ignore[arg-type]


def near(length: int, millimetres: int) -> bool:
    return abs(length - Mm(millimetres)) < Mm(0.2)


def test_word_has_the_sheet_the_grid_and_the_fonts_of_the_standard() -> None:
    document = docx.Document(io.BytesIO(word_of(laid_out(a_paper()))))
    section = document.sections[0]
    assert near(section.page_width, 210)
    assert near(section.page_height, 297)
    assert near(section.top_margin, 37)
    assert near(section.left_margin, 28)
    assert near(section.page_width - section.left_margin - section.right_margin, 156)
    assert near(section.page_height - section.top_margin - section.bottom_margin, 225)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert int(grid.get(qn("w:linePitch"))) * 22 <= 225 / 25.4 * 1440 < (int(grid.get(qn("w:linePitch"))) + 1) * 22
    character = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert 28 <= 156 / 25.4 * 72 / character < 28.1
    fonts = {
        line.text: line.runs[0]._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia"))
        for line in document.paragraphs
        if line.runs
    }
    assert fonts["示范街道\n投票结果的报告"] == "方正小标宋简体"
    assert fonts["一、基本情况"] == "黑体"
    assert fonts["（一）程序"] == "楷体_GB2312"
    assert fonts["按照办法，现报告如下。"] == "仿宋_GB2312"
    languages = [part.get(qn("w:eastAsia")) for part in document.styles.element.iter(qn("w:lang"))]
    assert languages
    assert set(languages) == {"zh-CN"}


def test_page_numbers_stand_in_the_outer_corner() -> None:
    with zipfile.ZipFile(io.BytesIO(word_of(laid_out(a_paper())))) as parts:
        footers = [parts.read(name).decode() for name in parts.namelist() if "footer" in name and "rels" not in name]
        settings = parts.read("word/settings.xml").decode()
    assert "evenAndOddHeaders" in settings
    assert sorted(re.findall(r'w:jc w:val="(\w+)"', "".join(footers))) == ["left", "right"]
    assert all("PAGE" in footer for footer in footers)


def test_a_paper_says_the_same_in_word_and_pdf() -> None:
    paper = laid_out(a_paper())
    said = [
        "示街〔2026〕5号",
        "示范街道投票结果的报告",
        "示范区财政局：",
        "一、基本情况",
        "（一）程序",
        "二、结果",
        "第二段。",
        "领票数：1,204",
        f"查询码根：{HASH}",
        "楼道扶手",
        "86,400.00",
        "陈监（总监票人）",
        "附件：1.投票结果公示2.计票记录",
        "示范街道办事处2026年9月9日",
        "抄送：示范区民政局。",
        "2026年9月9日印发",
    ]
    for text in (squeezed(word_text(word_of(paper))), squeezed(pdf_text(pdf_of(paper)))):
        missing = [part for part in said if squeezed(part) not in text]
        assert missing == []
        assert "没有的" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_is_text_in_every_place(text: str) -> None:
    table = Table((Column(text),), ((text,),))
    paper = laid_out(
        a_paper(
            title=text,
            issuer=text,
            addressee=text,
            attachments=(text,),
            copies_to=text,
            blocks=(Heading(text), Paragraph(text), Facts(((text, text),)), table, Hands(((text, text),))),
            checks=(Check(text, text),),
        )
    )
    plain = squeezed(text)
    assert squeezed(word_text(word_of(paper))).count(plain) >= 12
    assert squeezed(pdf_text(pdf_of(paper))).count(plain) >= 12


def test_what_no_file_can_hold_is_left_out() -> None:
    paper = laid_out(a_paper(title="甲\x00乙\x1b丙\u202e丁\ud800", blocks=(Paragraph("一\x0b二\u2028三"),)))
    assert paper["title"] == "甲乙丙丁"
    assert "一二三" in squeezed(word_text(word_of(paper)))
    assert "一二三" in squeezed(pdf_text(pdf_of(paper)))


def test_a_title_of_ten_thousand_characters_makes_a_file_all_the_same() -> None:
    paper = laid_out(a_paper(title="长" * 10_000, issuer="署" * 200))
    assert word_of(paper)
    assert pdf_of(paper)


def test_fonts_are_inside_the_pdf_and_hold_rare_characters() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(laid_out(a_paper(blocks=(Paragraph("䶮𬱖㛃禤·"),))))))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
    assert "䶮𬱖㛃禤·" in pdf_text(pdf_of(laid_out(a_paper(blocks=(Paragraph("䶮𬱖㛃禤·"),)))))


def test_without_the_extra_a_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_file, "is_pdf_installed", lambda: False)
    with pytest.raises(LimitReached, match="documents.no_pdf"):
        pdf_of(laid_out(a_paper()))


def test_the_date_stands_four_characters_in_and_the_issuer_over_its_middle() -> None:
    short, long = laid_out(a_paper()), laid_out(a_paper(issuer="示范市示范区人民政府示范街道办事处"))
    assert short["date_at"] == 4
    for paper, issuer_width in ((short, 7), (long, 17)):
        middle_of_date = paper["date_at"] + 6 / 2
        assert paper["issuer_at"] + issuer_width / 2 == middle_of_date
        assert paper["issuer_at"] >= 0


def test_headings_are_counted_and_one_alone_has_no_number() -> None:
    blocks = (
        Heading("甲"),
        Heading("乙", 2),
        Heading("丙", 3),
        Heading("丁", 4),
        Heading("戊", 2),
        Heading("己"),
        Heading("庚", 2),
    )
    texts = [block["text"] for block in laid_out(a_paper(blocks=blocks))["blocks"]]
    assert texts == ["一、甲", "（一）乙", "1.丙", "（1）丁", "（二）戊", "二、己", "（一）庚"]
    assert laid_out(a_paper(blocks=(Heading("甲"),)))["blocks"][0]["text"] == "甲"
    assert [chinese_number(number) for number in (1, 10, 11, 20, 21, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]
