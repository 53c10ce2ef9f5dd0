"""One small form for each kind of constraint; what is left empty does not bind. Each gives all constraints anew."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from wtforms import Field, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from diancai.budget import Ceiling, Constraints, Dimension, Floor, Reserve
from diancai.errors import InvalidInput
from diancai.platform.web.forms import Form, YuanField
from diancai.platform.web.locale import lazy_gettext as _l

GAPS = re.compile(r"[\s,，、;；]+")
PERCENT = [Optional(), NumberRange(0, 100, _l("请填 0 到 100"))]


@dataclass(frozen=True, slots=True)
class Group:
    """A category or a community of the street, as a rule book names it and as a page does."""

    dimension: Dimension
    name: str
    words: str


class ConstraintForm(Form):
    """`revision` is that of the page, so that a stale one is refused."""

    revision = IntegerField(default=0, widget=HiddenInput())

    def applied_to(self, constraints: Constraints) -> Constraints:
        raise NotImplementedError


class GroupsForm(ConstraintForm):
    """A field for each group, in the order of `groups`."""

    groups: tuple[Group, ...] = ()

    def given(self) -> list[tuple[Group, int]]:
        """The groups that are not left empty."""
        rows = ((group, self[f"group_{place}"].data) for place, group in enumerate(self.groups))
        return [(group, value) for group, value in rows if value is not None]


class CeilingsForm(GroupsForm):
    def applied_to(self, constraints: Constraints) -> Constraints:
        return replace(constraints, ceilings=tuple(Ceiling(g.dimension, g.name, fen) for g, fen in self.given()))


class FloorsForm(GroupsForm):
    def applied_to(self, constraints: Constraints) -> Constraints:
        """Raises InvalidInput constraints.two_dimensions."""
        given = [(group, count) for group, count in self.given() if count]
        dimensions = {group.dimension for group, _ in given}
        if len(dimensions) > 1:
            raise InvalidInput("constraints.two_dimensions", field="floors")
        dimension = dimensions.pop() if dimensions else Dimension.COMMUNITY
        floors = tuple(Floor(group.name, count) for group, count in given)
        return replace(constraints, floor_dimension=dimension, floors=floors)


class ExclusiveForm(ConstraintForm):
    exclusive = TextAreaField(
        _l("互斥的项目"),
        [Optional(), Length(max=2000)],
        description=_l("一行一组，写编号，用空格或逗号隔开。每组里最多入选一项，例如同一块空地的两个方案"),
    )

    def applied_to(self, constraints: Constraints) -> Constraints:
        rows = [_numbers(line) for line in (self.exclusive.data or "").splitlines()]
        return replace(constraints, exclusive=tuple(numbers for numbers in rows if numbers))


class LimitForm(ConstraintForm):
    winner_limit = IntegerField(
        _l("最多入选几项"), [Optional()], description=_l("钱再多，也不超过这个项数。不填就不限")
    )

    def applied_to(self, constraints: Constraints) -> Constraints:
        return replace(constraints, winner_limit=self.winner_limit.data)


class DecidedForm(ConstraintForm):
    decided = StringField(
        _l("事先确定的项目"),
        [Optional(), Length(max=500)],
        description=_l("写编号，用空格或逗号隔开。不看票数就入选，先从资金里支出；居民会在表决办法里看到"),
    )

    def applied_to(self, constraints: Constraints) -> Constraints:
        return replace(constraints, decided=_numbers(self.decided.data or ""))


class MinimumForm(ConstraintForm):
    least_score = IntegerField(
        _l("至少几票（排序的票：几分）"), [Optional()], description=_l("不到的不能入选。不填就没有要求")
    )
    least_percent = IntegerField(
        _l("至少占全部票数的百分之几（%）"), PERCENT, description=_l("选它的票不到这个比例，不能入选。不填就没有要求")
    )

    def applied_to(self, constraints: Constraints) -> Constraints:
        share = Fraction(self.least_percent.data or 0, 100)
        return replace(constraints, least_score=self.least_score.data or 0, least_share=share)


class ReserveForm(ConstraintForm):
    """Both or none: half of it would be a mistake."""

    percent = IntegerField(_l("余款至少够它造价的百分之几（%）"), PERCENT, description=_l("例如 80"))
    amount_fen = YuanField(
        _l("最多补多少（元）"), [Optional()], description=_l("预备额度不在本次资金里，要另有来源。两样都不填就不用")
    )

    def applied_to(self, constraints: Constraints) -> Constraints:
        """Raises InvalidInput constraints.reserve."""
        percent, amount_fen = self.percent.data, self.amount_fen.data
        if percent is None and amount_fen is None:
            return replace(constraints, reserve=None)
        if percent is None or amount_fen is None:
            raise InvalidInput("constraints.reserve", field="reserve")
        return replace(constraints, reserve=Reserve(Fraction(percent, 100), amount_fen))


@dataclass(frozen=True, slots=True)
class Kind:
    """One part of the page: its address ends in `code`."""

    code: str
    words: Any
    hint: Any
    form: type[ConstraintForm]
    group_field: Callable[[Group], Field] | None = None


KINDS = (
    Kind(
        "ceilings",
        _l("上限：一类或一个社区最多用多少钱"),
        _l("入选项目合计不超过填写的金额（元）。轮到的一项会超出的，落选，接着看下一项。"),
        CeilingsForm,
        lambda group: YuanField(group.words, [Optional()]),
    ),
    Kind(
        "floors",
        _l("保底：一类或一个社区至少入选几项"),
        _l("只能按类别，或者只能按社区。先从各组里按票数取够这么多项，没有人选的不算，再按办法分配其余资金。"),
        FloorsForm,
        lambda group: IntegerField(group.words, [Optional(), NumberRange(0, 300)]),
    ),
    Kind("exclusive", _l("互斥：几项里最多入选一项"), "", ExclusiveForm),
    Kind("winner_limit", _l("项数：最多入选几项"), "", LimitForm),
    Kind("decided", _l("事先确定：不看票数就入选"), "", DecidedForm),
    Kind("minimum", _l("门槛：得票太少的不能入选"), "", MinimumForm),
    Kind(
        "reserve",
        _l("预备额度：补足第一个钱不够的项目"),
        _l("只用于“按票数从高到低”的两种办法。遇到第一个钱不够的项目，差得不多就补足；不管补不补，计票到那里为止。"),
        ReserveForm,
    ),
)


def form_of(kind: Kind, groups: Sequence[Group], constraints: Constraints, **options: Any) -> ConstraintForm:
    """The form of one kind, filled with what holds now."""
    made, values = kind.form, _values(constraints)
    if kind.group_field:
        values = _group_values(kind, groups, constraints)
        fields = {f"group_{place}": kind.group_field(group) for place, group in enumerate(groups)}
        made = type(made.__name__, (made,), {"groups": tuple(groups), **fields})
    return made(prefix=f"{kind.code}-", data=values, **options)


def _values(constraints: Constraints) -> dict[str, Any]:
    reserve = constraints.reserve
    return {
        "exclusive": "\n".join(" ".join(numbers) for numbers in constraints.exclusive),
        "winner_limit": constraints.winner_limit,
        "decided": " ".join(constraints.decided),
        "least_score": constraints.least_score or None,
        "least_percent": int(constraints.least_share * 100) or None,
        "percent": int(reserve.share * 100) if reserve else None,
        "amount_fen": reserve.amount_fen if reserve else None,
    }


def _group_values(kind: Kind, groups: Sequence[Group], constraints: Constraints) -> dict[str, int]:
    """What stands in the fields of the groups."""
    if kind.form is CeilingsForm:
        held = {(row.dimension, row.group): int(row.limit_fen) for row in constraints.ceilings}
    else:
        held = {(constraints.floor_dimension, row.group): row.winner_count for row in constraints.floors}
    keys = [(group.dimension, group.name) for group in groups]
    return {f"group_{place}": held[key] for place, key in enumerate(keys) if key in held}


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(number for number in GAPS.split(text) if number)
