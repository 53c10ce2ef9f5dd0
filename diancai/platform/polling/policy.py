"""Who may do what with the register, the stations and the codes; the states stand in the table of permissions."""

from diancai.errors import WrongState
from diancai.platform.core.permissions import PERMISSIONS, permitted
from diancai.platform.rounds.models import Round

may_see_register = permitted("see_register")
may_import_register = permitted("import_register")
may_edit_register = permitted("edit_register")
may_register_late = permitted("register_late")
may_give_slip = permitted("give_slip")
may_correct_giving = permitted("correct_giving")
may_replace_code = permitted("replace_code")
may_manage_stations = permitted("manage_stations")
may_balance_station = permitted("balance_station")
may_open_station_day = permitted("open_station_day")
may_seal_station_day = permitted("seal_station_day")
may_return_mobile_box = permitted("return_mobile_box")
may_keep_journal = permitted("keep_journal")
may_recover_round = permitted("recover_round")
may_see_stations = permitted("see_stations")
may_order_codes = permitted("order_codes")
may_print_codes = permitted("print_codes")
may_void_codes = permitted("void_codes")
may_see_cases = permitted("see_cases")
may_open_case = permitted("open_case")
may_decide_case = permitted("decide_case")
may_see_papers = permitted("see_papers")
may_print_paper_ballot = permitted("print_paper_ballot")
may_receive_blanks = permitted("receive_blanks")
may_open_paper_box = permitted("open_paper_box")
may_make_sheet_batches = permitted("make_sheet_batches")
may_key_sheets = permitted("key_sheets")
may_print_tally = permitted("print_tally")
may_see_tally = permitted("see_tally")
may_enter_tally = permitted("enter_tally")
may_decide_tally = permitted("decide_tally")
may_see_kiosks = permitted("see_kiosks")
may_manage_kiosks = permitted("manage_kiosks")
may_renew_kiosk_code = permitted("renew_kiosk_code")
may_revoke_kiosk = permitted("revoke_kiosk")
may_sample_sheets = permitted("sample_sheets")
may_name_keepers = permitted("name_keepers")
may_take_key_share = permitted("take_key_share")
may_open_commission_key = permitted("open_commission_key")
may_end_kiosk = permitted("end_kiosk")
may_exclude_kiosk = permitted("exclude_kiosk")
may_see_sittings = permitted("see_sittings")
may_manage_sittings = permitted("manage_sittings")
may_lead_sitting = permitted("lead_sitting")
may_purge_register = permitted("purge_register")
may_accept_log_risk = permitted("accept_log_risk")
may_see_closing = permitted("see_closing")
may_seal_round = permitted("seal_round")


def require_state(action: str, round_: Round) -> None:
    """The table's states, asked again where the change is made: an operation also has callers that are no page.

    Raises WrongState: register.imported_round for an election held elsewhere, state.not_now otherwise.
    """
    if round_.is_imported:
        raise WrongState("register.imported_round")
    states = PERMISSIONS[action].states
    if states and str(round_.state) not in states:
        raise WrongState("state.not_now", state=round_.state)
