from urllib.parse import unquote

import pytest

from diancai.platform.web.pages import XLSX, download


@pytest.mark.parametrize("name", ["区划模板.xlsx", "menu-template.xlsx"])
def test_a_file_name_travels_in_ascii(name: str) -> None:
    disposition = download(b"x", name, XLSX).headers["Content-Disposition"]
    assert disposition.isascii()
    assert unquote(disposition).endswith(name)
