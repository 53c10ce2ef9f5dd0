"""What is measured. One task a process: `python -m benchmarks.tasks TASK ARGUMENT …` prints a line of JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measuring import FOLDER, best_of, path_of, peak_mib

SEED = 20261124
CITY = "Poland_Warszawa_2026"


def read_bytes(name: str) -> tuple[float, object]:
    """A plain reading of the bytes: every line split at its delimiters."""
    return best_of(lambda: sum(line.count(b";") for line in path_of(name).read_bytes().splitlines()), 5)


def parse(name: str) -> tuple[float, object]:
    from diancai.voting import profile_from_pabulib, read_pabulib

    return best_of(lambda: profile_from_pabulib(read_pabulib(path_of(name))).voter_count, 5)


def parse_and_count(name: str, completion: str = "none", utility: str = "cost", repetitions: str = "5") -> Any:
    from diancai.budget import Completion, Method, Rule, Utility, allocate, election_from_pabulib
    from diancai.voting import TieOrder, TieRule, read_pabulib

    rule = Rule(Method.EQUAL_SHARES, utility=Utility(utility), completion=Completion(completion))

    def work() -> list[str]:
        election = election_from_pabulib(read_pabulib(path_of(name)))
        return sorted(allocate(election, rule, TieOrder(TieRule.ID)).winners)

    return best_of(work, int(repetitions))


def peer(name: str) -> tuple[float, object]:
    """pabutools, exact, from the file to the winners."""
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import method_of_equal_shares

    def work() -> list[str]:
        instance, profile = parse_pabulib(str(path_of(name)))
        winners = method_of_equal_shares(instance, profile.as_multiprofile(), sat_class=Cost_Sat)
        return sorted(project.name for project in winners)

    return best_of(work, 1)


def every_rule(name: str) -> tuple[float, object]:
    """Every rule with every utility and completion, after reading."""
    from diancai.budget import Method, Rule, election_from_pabulib, quick_rules, slow_rules, under_rules
    from diancai.voting import TieOrder, read_pabulib

    election = election_from_pabulib(read_pabulib(path_of(name)))
    kind = election.profile.mark_kind
    base = Rule(Method.GREEDY)
    rules = [base, *quick_rules(base, kind), *slow_rules(base, kind)]
    return best_of(lambda: len(under_rules(election, rules, TieOrder(), ())), 1)


def every_file() -> tuple[float, object]:
    """`official` on every file at hand that names a known rule, reading included."""
    from diancai.voting import read_pabulib

    def work() -> int:
        return sum(_official(read_pabulib(path)) for path in sorted(Path(FOLDER).glob("*.pb")))

    return best_of(work, 1)


def _official(file: Any) -> bool:
    from diancai.budget import allocate
    from diancai.budget.official import official_election, official_rule
    from diancai.errors import DomainError
    from diancai.voting import TieOrder

    try:
        rule = official_rule(file)
    except DomainError:
        return False
    allocate(official_election(file), rule, TieOrder())
    return True


def voters(count: str) -> tuple[float, object]:
    """Equal shares by cost over so many voters, resampled from a real city with changes, once loaded."""
    from diancai.budget import Election, Item, Method, Rule, allocate
    from diancai.voting import TieOrder

    profile, base = _resampled(int(count))
    factor = int(count) / base.profile.voter_count
    items = tuple(Item(item.number, int(item.cost_fen * factor) + 1) for item in base.items)
    election = Election(items, int(base.fund_fen * factor), profile)
    return best_of(lambda: len(allocate(election, Rule(Method.EQUAL_SHARES), TieOrder()).winners), 3)


def read_voters(count: str) -> tuple[float, object]:
    """From the bytes of a file to its profile, for so many voters."""
    from diancai.voting import parse_pabulib, profile_from_pabulib

    content = _resampled_file(int(count))
    return best_of(lambda: profile_from_pabulib(parse_pabulib(content)).voter_count, 5)


def box(count: str) -> tuple[float, object]:
    """From a sealed box in an SQLite database, checked against its minutes, to the election that is counted."""
    from diancai.platform.core.db import open_engine, transaction
    from diancai.platform.results.box import open_box
    from diancai.platform.results.frozen import election_of, frozen_rules
    from tests.databases import migrated_template

    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/box.db"
        migrated_template(url)
        engine = open_engine(url)
        with transaction(engine) as session:
            round_ = _imported(session, _resampled_file(int(count)))

            def work() -> int:
                texts = open_box(session, round_).texts
                return election_of(frozen_rules(session, round_), texts, ()).profile.voter_count

            return best_of(work, 5)


def _imported(session: Any, content: bytes) -> Any:
    from diancai.budget import Method, Rule
    from diancai.platform.core.actor import Role
    from diancai.platform.results.operations import import_election
    from diancai.voting import parse_pabulib
    from tests.factories import AT, a_staff, a_street

    street = a_street(session)
    officer = a_staff(session, street, Role.OFFICER)
    file = parse_pabulib(content)
    return import_election(session, street.id, file, rule=Rule(Method.GREEDY), title="Box", by=officer, at=AT)


def _resampled_file(count: int) -> bytes:
    """A real city's file with so many of its votes, drawn with replacement."""
    head, title, votes = path_of(CITY).read_bytes().partition(b"\nVOTES\n")
    columns, *lines = votes.splitlines()
    return head + title + b"\n".join([columns, *Random(SEED).choices(lines, k=count)])


def _resampled(count: int) -> Any:
    """Ballots drawn with replacement; in every second one a mark is drawn anew."""
    import numpy as np

    from diancai.budget import election_from_pabulib
    from diancai.voting import MarkKind, profile_from_arrays, read_pabulib

    base = election_from_pabulib(read_pabulib(path_of(CITY)))
    random, held = np.random.default_rng(SEED), base.profile
    rows = random.choice(len(held.counts), count, p=held.counts / held.counts.sum())
    lengths = np.diff(held.starts)[rows]
    ends = np.cumsum(lengths)
    marks = held.marks[np.repeat(held.starts[rows] - ends + lengths, lengths) + np.arange(ends[-1])].copy()
    changed = np.flatnonzero((random.random(count) < 0.5) & (lengths > 0))
    marks[ends[changed] - 1] = random.choice(held.marks, len(changed))
    return profile_from_arrays(MarkKind.APPROVAL, held.item_numbers, lengths=lengths, marks=marks), base


TASKS: dict[str, Callable[..., tuple[float, object]]] = {
    task.__name__: task
    for task in (read_bytes, parse, parse_and_count, peer, every_rule, every_file, voters, read_voters, box)
}

if __name__ == "__main__":
    seconds, answer = TASKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib(), "answer": answer}))
