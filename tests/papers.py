"""What stands in a paper's files, read by other programs than those that wrote them."""

import io
from html.parser import HTMLParser

import docx
import pypdf


def word_text(content: bytes) -> str:
    """Paragraphs and cells in their order."""
    document = docx.Document(io.BytesIO(content))
    return "\n".join(part.text for part in document.element.body.iter() if part.tag.endswith("}t") and part.text)


def word_tables(content: bytes) -> list[list[list[str]]]:
    document = docx.Document(io.BytesIO(content))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def squeezed(text: str) -> str:
    """Without spaces and line breaks, which layout adds."""
    return "".join(text.split())


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self.tables[-1][-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, text: str) -> None:
        if self.in_cell:
            self.tables[-1][-1][-1] += text


def page_tables(html: str) -> list[list[list[str]]]:
    """The cells of every table of a page."""
    reader = _Tables()
    reader.feed(html)
    return [[[squeezed(cell) for cell in row] for row in table] for table in reader.tables]
