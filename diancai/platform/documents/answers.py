"""A paper as an answer to a browser: Word, PDF, or a page to print. Each feature keeps the address of its own papers."""

from functools import lru_cache

from flask import url_for
from werkzeug.wrappers import Response

from diancai.platform.documents.content import Paper
from diancai.platform.documents.layout import laid_out
from diancai.platform.documents.pdf_file import is_pdf_installed, pdf_of
from diancai.platform.web.pages import download, page
from diancai.platform.web.qr import qr_svg

FORMATS = "any(docx,pdf,html):paper_format"
"""The end of a paper's address: `/notices/3/paper.<any(docx,pdf,html):paper_format>`."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def answer_paper(paper: Paper, paper_format: str, back: str) -> Response | str:
    """`back` is the page it belongs to. Raises LimitReached documents.no_pdf where PDF is not installed."""
    if paper_format == "html":
        set_paper = laid_out(paper)
        codes = [qr_svg(check["holds"]) for check in set_paper["checks"]]
        return page("documents/paper.html", paper=set_paper, codes=codes, back=back)
    content = _file(paper, paper_format)
    return download(content, f"{_name(paper)}.{paper_format}", PDF if paper_format == "pdf" else WORD)


def ways(endpoint: str, **values: object) -> list[tuple[str, str]]:
    """(format, address) of what this platform can make of a paper."""
    formats = ("docx", "pdf", "html") if is_pdf_installed() else ("docx", "html")
    return [(name, url_for(endpoint, paper_format=name, **values)) for name in formats]  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def _file(paper: Paper, paper_format: str) -> bytes:
    """The same content is the same file; a crowd that asks for one paper has it made once."""
    if paper_format == "pdf":
        return pdf_of(laid_out(paper))
    from diancai.platform.documents.word_file import word_of

    return word_of(laid_out(paper))


def _name(paper: Paper) -> str:
    kept = "".join(character for character in laid_out(paper)["title"] if character not in '\\/:*?"<>|')
    return kept[:80].strip(" .") or "paper"
