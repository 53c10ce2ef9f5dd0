"""Taking in an election from a Pabulib file."""

from diancai.budget import Binding, Rule
from diancai.errors import DomainError, NotAllowed
from diancai.platform.core.actor import Role
from diancai.platform.results import operations
from diancai.platform.results.forms import ImportForm
from diancai.platform.results.policy import may_import
from diancai.platform.results.views.blueprint import bp
from diancai.platform.web.access import actor, allow, request_time, session
from diancai.platform.web.pages import again, page, see_other, tell
from diancai.voting import parse_pabulib


@bp.route("/staff/imports/election", methods=["GET", "POST"])
@allow(may_import)
def import_election() -> object:
    form = ImportForm()
    if not form.validate_on_submit():
        return page("results/import.html", form=form)
    try:
        file = parse_pabulib(form.file.data.read())
        round_ = operations.import_election(
            session(), _street_id(), file, rule=_rule(form), title=form.title.data or "", by=actor(), at=request_time()
        )
    except DomainError as refusal:
        return again("results/import.html", refusal, form=form)
    tell("import.done", items=len(file.projects), ballots=len(file.votes))
    return see_other("results.count_desk", round_id=round_.id)


def _street_id() -> int:
    """The street in which the person is an officer."""
    streets = sorted(grant.street_id for grant in actor().grants if grant.role is Role.OFFICER)
    if not streets:
        raise NotAllowed("page.forbidden")
    return streets[0]


def _rule(form: ImportForm) -> Rule:
    """Parameters of other rules are dropped; the form offers them all."""
    return Rule(form.method.data, form.seat_count.data, Binding.SKIP, form.utility.data, form.completion.data)
