"""Pabulib files for tests as strangers write them: odd ids, any order of columns, spaces, repeats, spreadsheets' leftovers."""

from hypothesis import strategies as st

IDS = ("1", "12", "p/2", "BO.OM.178/24", "路灯", "a project with a long name of its own", "x" * 70, "007", "é")
POINTS = ("1", "0", "-3", "0.5", "1.50", "+2", " 7 ", "123456789012345678901234567890")
SPACES = ("", "", "", " ", "\t", "\u3000")
VALUES = st.one_of(
    st.sampled_from(["", "43", "internet", "Ursynów", " ", "1,5"]), st.text("aé,. '\u2028路", max_size=6)
)


@st.composite
def pabulib_contents(draw: st.DrawFn) -> bytes:
    """A file that is to be read: of any vote type, nearly always with regular lines."""
    vote_type = draw(st.sampled_from(["approval", "choose-1", "ordinal", "cumulative", "scoring", "Approval "]))
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True))
    columns = draw(st.permutations(["voter_id", "vote", "points", "age", "unknown column"]))
    head = ["META", "key;value", "budget;1000,5", f"vote_type;{vote_type}", "unknown;kept"]
    if draw(st.booleans()):
        head.append("default_score;0.5")
    head += ["PROJECTS", "name;project_id;cost", *(f'"{number}; quoted";{number};{len(number)}' for number in ids)]
    rows = [_row(draw, columns, ids) for _ in range(draw(st.integers(0, 7)))]
    lines = [*head, "VOTES", ";".join(columns), *rows]
    content = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines) + draw(st.sampled_from(["", "\n", "\r\n\n"]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + content.encode()


@st.composite
def damaged_contents(draw: st.DrawFn) -> bytes:
    """A file with a few bytes put in, taken out or repeated."""
    content = draw(pabulib_contents())
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from([0, 0, 0, 1, 2, 30]))
        content = content[:place] + draw(st.sampled_from(DAMAGES)) + content[place + length :]
    return content


DAMAGES = (
    *(b"", b";", b",", b"\n", b"\r", b" ", b'"', b"\x00", b"\xff", b"\xc2\xa0", b"-", b";;;\n", b"\n;\n", b"\n ;\n"),
    *(
        b"\nVOTES\n",
        b"\nMETA;;\n",
        b"\nvote\xc5\xbf\n",
        b"\x00end\n",
        b"\n;nothing\n",
        b"9",
        b",,",
        b"1e5",
        b"\xe2\x80\xa8",
    ),
)


def _row(draw: st.DrawFn, columns: list[str], ids: list[str]) -> str:
    marks = draw(st.lists(st.sampled_from(ids), max_size=12))
    values = {
        "voter_id": draw(st.sampled_from(["v1", "2", " x", "é"])),
        "vote": _list(draw, marks),
        "points": _list(draw, [draw(st.sampled_from(POINTS)) for _ in marks]),
        "age": draw(VALUES),
        "unknown column": draw(VALUES),
    }
    row = ";".join(values[column] for column in columns)
    return draw(st.sampled_from([row, row, row, row + ";;", row.rstrip(";")]))


def _list(draw: st.DrawFn, parts: list[str]) -> str:
    space = draw(st.sampled_from(SPACES))
    return ",".join(f"{space}{part}" for part in parts) or space
