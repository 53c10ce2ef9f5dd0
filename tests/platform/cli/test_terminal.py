"""The terminal: its language, its columns, and numbers written out."""

import subprocess
import sys
from fractions import Fraction

import pytest

from diancai.platform.cli.plain import decimal_text
from diancai.platform.cli.terminal import columns_of, fitted, terminal_locale


@pytest.mark.parametrize(
    ("environment", "locale"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "pl_PL"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({}, "zh"),
    ],
)
def test_the_terminal_names_the_language(environment: dict[str, str], locale: str) -> None:
    assert terminal_locale(environment) == locale


def test_help_loads_neither_numpy_nor_the_web() -> None:
    script = "import sys; from diancai.platform.cli import main; main(['--help'], standalone_mode=False); print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "compare" in done.stdout
    assert not {"numpy", "flask", "sqlalchemy"} & set(done.stdout.replace("'", "").replace(",", "").split())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (100, "100"),
        (Fraction(133175111, 100), "1331751.11"),
        (Fraction(-1, 20), "-0.05"),
        (Fraction(1, 8), "0.125"),
        (Fraction(201, 2), "100.5"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_exact_numbers_are_written_as_decimals(number: int | Fraction, text: str) -> None:
    assert decimal_text(number) == text


def test_a_chinese_character_takes_two_columns() -> None:
    assert columns_of("路灯 x") == 6
    assert fitted("路灯改造", 5) == "路灯…"
