"""What is settled before the rule begins: items decided in advance, and the floors of groups (count.md)."""

from collections.abc import Sequence

from diancai.budget.constraints import Floor
from diancai.budget.contest import Candidate, Contest, Standing
from diancai.budget.explanations import Tally
from diancai.errors import InvalidInput


def take_decided(tally: Tally) -> None:
    """Charge the items decided in advance, whatever their support. A withdrawn one cannot win.

    Raises InvalidInput constraints.unknown_item (number), constraints.decided_over_fund (short_fen).
    """
    contest = tally.contest
    items = {item.number: item for item in contest.election.items}
    for number in contest.constraints.decided:
        if number not in items:
            raise InvalidInput("constraints.unknown_item", number=number)
        if items[number].is_withdrawn:
            continue
        candidate = contest.candidate(items[number])
        if candidate.cost_fen > tally.standing.left_fen:
            raise InvalidInput("constraints.decided_over_fund", short_fen=candidate.cost_fen - tally.standing.left_fen)
        tally.win(candidate, "won.decided")


def take_floors(tally: Tally) -> None:
    """Give each group its items by votes, as long as the cheapest filling of all that is still open would fit.

    An item that is passed over here remains a candidate for the rule itself.
    """
    floors = tally.contest.constraints.floors
    for place, floor in enumerate(floors):
        _take_floor(tally, floor, floors[place + 1 :])


def _take_floor(tally: Tally, floor: Floor, later: Sequence[Floor]) -> None:
    contest = tally.contest
    refused: set[str] = set()
    for candidate in _by_votes(contest, _members(tally, floor)):
        need = _need(contest, tally.standing, floor)
        if need == 0:
            return
        if not _fits(contest, tally.standing, candidate):
            refused.add(candidate.number)
            continue
        standing = tally.standing.with_won(contest.constraints, candidate)
        open_floors = [(Floor(floor.group, need - 1), refused | {candidate.number}), *((f, set()) for f in later)]
        if not _can_fill(tally, standing, open_floors):
            refused.add(candidate.number)
            continue
        tally.win(candidate, "won.floor", group=floor.group)


def _need(contest: Contest, standing: Standing, floor: Floor) -> int:
    """How many items the group still lacks."""
    dimension = contest.constraints.floor_dimension
    groups = {item.number: item.groups[dimension] for item in contest.election.items}
    held = sum(groups[number] == floor.group for number in standing.holdings.taken)
    return max(floor.winner_count - held, 0)


def _members(tally: Tally, floor: Floor) -> list[Candidate]:
    dimension = tally.contest.constraints.floor_dimension
    return [candidate for candidate in tally.remaining() if candidate.groups[dimension] == floor.group]


def _by_votes(contest: Contest, members: Sequence[Candidate]) -> list[Candidate]:
    """The best of a group first, whatever the list of the rule goes by."""
    return sorted(members, key=lambda member: (-member.votes, contest.ranks[member.number]))


def _fits(contest: Contest, standing: Standing, candidate: Candidate) -> bool:
    return candidate.cost_fen <= standing.left_fen and not standing.obstacle(contest.constraints, candidate)


def _can_fill(tally: Tally, standing: Standing, open_floors: Sequence[tuple[Floor, set[str]]]) -> bool:
    """Whether the cheapest items of each group still fit, group by group."""
    contest = tally.contest
    for place, (floor, refused) in enumerate(open_floors):
        members = [c for c in _members(tally, floor) if c.number not in refused]
        need = floor.winner_count if place == 0 else _need(contest, standing, floor)
        need = min(need, len(members))
        for candidate in sorted(_by_votes(contest, members), key=lambda member: member.cost_fen):
            if need and _fits(contest, standing, candidate):
                standing = standing.with_won(contest.constraints, candidate)
                need -= 1
        if need:
            return False
    return True


def check_constraints(contest: Contest) -> None:
    """Refuse constraints that no count could keep, at drafting: the cheapest items of every floor exceed something.

    Support is not known yet, so every item that is not withdrawn stands for a candidate with votes.
    Raises InvalidInput constraints.impossible, constraints.unknown_item, constraints.decided_over_fund.
    """
    tally = Tally.of(contest)
    take_decided(tally)
    floors = contest.constraints.floors
    wanted = sum(_need(contest, tally.standing, floor) for floor in floors)
    held = sum(len(_members(tally, floor)) >= _need(contest, tally.standing, floor) for floor in floors)
    if held < len(floors) or (wanted and not _can_fill(tally, tally.standing, _open(contest, tally, floors))):
        raise InvalidInput("constraints.impossible")


def _open(contest: Contest, tally: Tally, floors: Sequence[Floor]) -> list[tuple[Floor, set[str]]]:
    needs = [Floor(floor.group, _need(contest, tally.standing, floor)) for floor in floors]
    return [(floor, set()) for floor in needs]
