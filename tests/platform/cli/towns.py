"""Files for `diancai count` and `diancai compare`, and calling these as a stranger does."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from diancai.platform.cli import main

TEXT = """META
key;value
description;A small town
budget;100,50
vote_type;approval
rule;{rule}
currency;EUR
PROJECTS
project_id;cost;name;selected
A;60.25;Trees;1
B;50;Benches;0
C;40;Lamps;1
D;40;Bins;0
E;1;Nothing;0
VOTES
voter_id;vote
1;A,B,C,D
2;A,B,C,D
3;A,B
"""

TWO_CAMPS = """META
key;value
budget;100
vote_type;approval
currency;EUR
PROJECTS
project_id;cost;name;category
P;80;Pool;sport
Q;40;Bench;rest
VOTES
voter_id;vote
1;P
2;P
3;P
4;P
5;P
6;P
7;Q
8;Q
9;Q
10;Q
"""
"""Four of ten voters could pay the bench from their equal parts, and by votes they get nothing."""


def a_town(folder: Path, rule: str) -> Path:
    path = folder / "town.pb"
    path.write_text(TEXT.format(rule=rule), "utf-8")
    return path


def two_camps(folder: Path) -> Path:
    path = folder / "camps.pb"
    path.write_text(TWO_CAMPS, "utf-8")
    return path


def called(*arguments: object, lang: str = "en_GB.UTF-8") -> Result:
    environment = {"LANG": lang, "LC_ALL": "", "LC_MESSAGES": ""}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


def answer(*arguments: object) -> dict[str, Any]:
    result = called("count", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    assert not result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(*arguments: object, lang: str = "en_GB.UTF-8") -> str:
    result = called(*arguments, lang=lang)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
    return result.stderr
