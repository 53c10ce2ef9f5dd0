"""One street votes, end to end, through the pages only: from an empty office to a result that a stranger verifies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from tests.browser.conftest import OpenContext
from tests.browser.line import deciding, opening, preparing, voting
from tests.browser.line.street import Street, a_street_with_people
from tests.factories import AT
from tests.sites import Clock, a_site


@pytest.fixture
def street(
    database_url: str, engine: Engine, keys: Keys, open_context: OpenContext, tmp_path: Path
) -> Iterator[Street]:
    with a_site(database_url, engine, keys, Clock(AT)) as site:
        yield a_street_with_people(site, open_context, tmp_path)


def test_a_street_takes_the_whole_line_from_an_empty_office_to_a_verified_result(street: Street) -> None:
    preparing.the_administrator_fills_in_the_office(street)
    preparing.an_officer_drafts_the_fund_and_the_leader_approves_it(street)
    preparing.an_officer_drafts_the_round(street)
    preparing.the_menu_comes_in_from_a_spreadsheet(street)
    preparing.the_order_is_drawn_by_lot(street)
    preparing.three_people_sign_and_the_rule_book_is_frozen(street)
    opening.the_round_is_announced_to_the_street(street)
    opening.the_register_comes_in_from_a_spreadsheet(street)
    opening.three_scrutineers_are_appointed(street)
    opening.the_desk_is_set_up_and_slips_are_printed_once(street)
    opening.two_people_accept_that_the_log_outlives_the_seal(street)
    opening.the_vote_opens_by_the_clock(street)
    opening.the_clerk_gives_slips_at_the_desk(street)
    used = street.codes[-1]
    tracker = voting.a_resident_votes_without_scripts(street)
    voting.somebody_types_a_used_code(street, used)
    voting.a_resident_votes_by_keyboard_alone(street)
    voting.a_resident_votes_in_large_type(street)
    voting.a_family_votes_on_one_phone(street)
    voting.a_resident_sends_the_same_page_twice_with_other_choices(street)
    voting.the_others_vote(street)
    voting.the_box_is_sealed_and_a_tracker_is_found(street, tracker)
    voting.the_vote_is_suspended_resumed_and_extended(street)
    voting.the_vote_closes_by_the_clock(street)
    deciding.the_desk_balances(street)
    deciding.the_box_is_sealed_for_good(street, 32)
    deciding.two_scrutineers_type_the_draw(street)
    deciding.the_ballots_are_counted(street)
    deciding.the_scrutineers_sign_and_certify(street)
    deciding.three_people_publish_the_result(street)
    deciding.everybody_reads_the_result_with_its_reasons(street)
    look_up_code = deciding.a_resident_objects_online(street)
    deciding.the_office_withdraws_the_item_and_the_next_one_moves_up(street)
    deciding.the_scrutineers_sign_and_certify(street)
    deciding.three_people_publish_the_result(street)
    deciding.the_new_version_stands_beside_the_old_one(street, look_up_code)
    deciding.the_result_becomes_final_after_its_window(street)
    deciding.a_stranger_verifies_the_bundle(street)
