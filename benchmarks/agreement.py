"""`make agreement`: the winners of every rule beside pabutools, on every file at hand, as far as it finishes in time."""

import signal
import sys
from collections.abc import Callable
from types import FrameType

from benchmarks.measuring import FOLDER
from diancai.budget import Election, Rule, election_from_pabulib
from diancai.voting import read_pabulib
from tests.peers import is_same, our_winners, rules_for, winners_of_peer

LIMIT_S = 60.0
"""CPU seconds that pabutools has for one count."""


def main() -> None:
    sys.setrecursionlimit(10_000)  # pabutools calls itself once for every winner
    limit_s = float(sys.argv[1]) if len(sys.argv) > 1 else LIMIT_S
    for path in sorted(FOLDER.glob("*.pb"), key=lambda path: path.stat().st_size):
        election = election_from_pabulib(read_pabulib(path))
        answers: dict[str, list[str]] = {"same": [], "OTHER": [], "not finished": []}
        for rule in rules_for(election.profile.mark_kind):
            answers[answer(election, rule, limit_s)].append(f"{rule.method}/{rule.utility}/{rule.completion}")
        others = "; ".join(f"{key}: {', '.join(found)}" for key, found in answers.items() if key != "same" and found)
        print(f"{path.stem:<55}{len(answers['same']):>3} rules with the same winners  {others}", flush=True)


def answer(election: Election, rule: Rule, limit_s: float) -> str:
    ours = our_winners(election, rule)
    try:
        theirs = within(limit_s, lambda: winners_of_peer(election, rule))
    except TimeoutError:
        return "not finished"
    return "same" if is_same(ours, theirs, rule) else "OTHER"


def within(limit_s: float, work: Callable[[], list[str]]) -> list[str]:
    """The answer, or TimeoutError once so many CPU seconds are gone."""
    signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
