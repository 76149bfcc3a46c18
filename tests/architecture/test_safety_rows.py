"""Every abuse case and fault that applies, and the test that shows that it is dealt with.

By the numbers of the threat model: A isolation, B registration and links, C signing in, E content,
F network, G time, and the faults of a running system. What does not apply yet says when and why.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NO_OFFERS = "none: a free seat is given, not offered by a link; what a link does is PR-06 and PR-12"

ROWS = {
    "AC-01": "test_ac_01_what_is_anothers_looks_to_the_byte_like_what_is_missing",
    "AC-02": "test_ac_02_no_page_shows_one_cooperative_what_is_anothers",
    "AC-03": "test_ac_03_whoever_is_not_offered_cannot_be_ticked",
    "AC-04": "none: what is taken away is answered at once, and no file of it is kept",
    "AC-05": "test_a_post_is_found_within_its_own_organisation_and_person_only",
    "AC-05 reserved": "test_no_page_document_or_export_shows_what_another_side_keeps_to_itself",
    "AC-06": "test_every_page_says_who_may_see_it",
    "AC-07": "later: step 4; there are no questionnaires yet",
    "AC-08": "later: step 4; nothing is added up over cooperatives yet",
    "AC-09": "test_ac_09_a_list_that_is_taken_away_holds_these_columns_and_no_more",
    "AC-10": "test_ac_10_no_column_is_set_by_posting_its_name",
    "AC-11": "test_only_administration_gives_access_and_it_makes_an_account",
    "AC-11 last": "test_somebody_must_be_left_to_manage_accounts",
    "AC-12": "test_ending_a_post_ends_its_access_at_once",
    "AC-12 feeds": "test_nw_04_leaving_the_post_ends_it_at_once",
    "AC-13": "test_an_account_is_of_one_person_and_never_of_the_staff",
    "AC-14": "test_ac_14_the_form_offers_the_cooperatives_own_people_and_nobody_elses",
    "AC-15": "test_ac_15_sixty_refusals_in_ten_minutes_are_told_to_the_coordination",
    "AC-16": "test_ac_16_no_other_way_to_write_an_address_opens_it",
    "AC-17": "later: step 3; nothing is imported yet",
    "PR-01": "test_pr_01_a_victims_address_gets_a_limited_number_of_mails",
    "PR-02": "test_pr_02_the_mail_carries_no_free_text_but_the_name",
    "PR-03": "test_pr_03_a_name_cannot_add_a_header",
    "PR-04": "test_pr_04_answers_the_same_whether_or_not_somebody_was_registered",
    "PR-05": "test_pr_05_a_scanner_that_follows_every_link_of_every_mail_changes_nothing",
    "PR-06": "test_pr_06_cancelling_twice_is_cancelling_once",
    "PR-07": "test_pr_07_a_link_that_is_not_right_is_no_link",
    "PR-08": "test_PR_08_a_secret_in_an_address_is_never_logged",
    "PR-09": "test_pr_09_a_thousand_replays_are_one_registration_and_one_mail",
    "PR-10": "test_pr_10_fifty_seats_for_two_hundred_people_are_fifty_seats",
    "PR-10 control": "test_pr_10_without_the_lock_seats_are_oversold",
    "PR-11": "test_pr_11_a_capacity_lowered_meanwhile_counts",
    "PR-12": "test_pr_12_a_link_that_was_handed_on_is_good_for_this_one_place_alone",
    "PR-12 offers": NO_OFFERS,
    "PR-13": "test_pr_13_nobody_is_cancelled_by_guessing_or_looking_and_whose_place_it_was_is_told",
    "PR-14": "test_pr_14_a_robot_that_fills_the_hidden_field_registers_nobody",
    "PR-15": "test_pr_15_a_talk_that_closed_meanwhile_says_so",
    "PR-16": "test_lets_the_next_in_when_a_colleague_cancels",
    "PR-17": "test_pr_17_no_box_is_ticked_beforehand",
    "PR-18": "test_pr_18_a_draft_is_nowhere",
    "AU-01": "test_AU_01_after_ten_tries_even_the_right_password_waits",
    "AU-02": "test_AU_02_who_is_tried_from_elsewhere_still_comes_in",
    "AU-03": "test_AU_03_a_new_id_at_sign_in_and_the_one_before_is_dead",
    "AU-04": "test_AU_04_what_is_in_flight_does_not_bring_a_session_back",
    "AU-05": "test_AU_05_a_change_ends_every_session_and_every_link",
    "AU-06": "test_AU_06_nobody_is_led_elsewhere",
    "AU-07": "test_AU_07_no_form_is_taken_with_somebody_elses_token",
    "AU-08": "test_AU_08_used_twice_at_once_it_lets_in_once",
    "AU-09": "later: step 3; there is no second factor yet",
    "AU-10": "test_AU_10_a_reset_dies_when_somebody_signs_in",
    "AU-11": "test_AU_11_an_unknown_address_costs_one_check_too",
    "AU-12": "test_AU_12_no_more_than_four_are_hashed_at_once",
    "AU-13": "test_AU_13_an_unknown_host_is_refused",
    "AU-14": "test_AU_14_what_a_visitor_says_about_itself_is_not_believed",
    "AU-15": "test_au_15_what_is_unsafe_stops_the_start_with_a_sentence",
    "AU-16": "test_au_16_all_that_others_could_misuse_asks",
    "IN-01": "test_in_01_every_csv_is_read_back_cell_by_cell_and_none_begins_a_formula",
    "IN-02": "test_in_02_a_workbook_holds_texts_and_no_formula_link_or_outside",
    "IN-03": "later: step 3; no CSV is imported yet",
    "IN-04": "later: step 3; no workbook is imported yet",
    "IN-05": "test_in_22_nothing_decodes_a_picture_or_a_document",
    "IN-06": "test_in_06_nothing_typed_becomes_more_than_words_and_safe_links",
    "IN-06 PDF": "test_in_06_blocks_for_typesetting_hold_safe_links_and_plain_values_alone",
    "IN-06 pages": "test_a_page_escapes_all_it_shows",
    "IN-07": "later: step 5; nobody edits minutes together yet",
    "IN-08": "test_in_08_a_link_leads_nowhere_else",
    "IN-09": "test_in_09_what_looks_like_code_is_shown_as_it_was_typed",
    "IN-10": "test_in_10_what_is_compiled_stands_in_a_private_folder_of_copies_that_goes_away",
    "IN-10 links": "test_in_10_a_link_in_place_of_a_source_is_not_followed",
    "IN-10 reading": "test_in_10_what_a_source_may_not_do_is_refused_and_logged_wordless",
    "IN-11": "test_in_11_a_bomb_ends_its_own_process_and_is_told_of_in_a_sentence",
    "IN-12": "test_in_12_no_source_of_ours_evaluates_words_reads_a_file_or_asks_for_a_package",
    "IN-13": "test_b15_nothing_of_an_unfit_category_is_left",
    "IN-14": "test_in_14_what_is_no_place_of_ours_stays_as_it_was_typed",
    "IN-15": "test_IN_15_a_request_is_one_line_whatever_it_asks_for",
    "IN-16": "test_in_16_the_wildcards_of_like_are_escaped",
    "IN-17": "test_in_17_a_name_is_one_line_without_invisible_characters",
    "IN-18": "test_IN_18_what_is_no_text_is_refused",
    "IN-19": "test_in_19_only_the_last_part_of_a_name_is_kept_and_cleaned",
    "IN-20": "test_in_20_what_a_browser_runs_and_what_has_macros_is_not_on_the_list",
    "IN-21": "test_in_21_ten_thousand_parts_are_refused",
    "IN-22": "test_in_22_nothing_decodes_a_picture_or_a_document",
    "IN-23": "later: step 6; nothing takes JSON yet",
    "NW-01": "test_nw_01_nothing_fetches_an_address_that_somebody_typed",
    "NW-02": "test_NW_02_every_answer_carries_the_headers",
    "NW-03": "test_NW_03_what_is_not_for_everybody_is_kept_by_nobody",
    "NW-04": "test_nw_04_the_log_does_not_hold_the_secret",
    "NW-05": "test_nw_05_it_has_nothing_of_others",
    "NW-05 meetings": "test_nw_05_no_public_page_or_feed_shows_a_meeting",
    "NW-06": "test_nw_06_who_asks_too_often_is_told_when_to_come_back",
    "NW-07": "test_nw_07_two_hundred_who_send_slowly_hold_nobody_up",
    "NW-08": "test_nw_08_no_other_site_is_let_read_anything",
    "NW-09": "test_nw_09_what_helps_an_intruder_is_not_there",
    "NW-10": "test_NW_10_an_error_says_nothing_but_a_reference",
    "NW-11": "test_nw_11_every_requirement_is_pinned_with_the_hash_of_its_files",
    "TI-01": "test_ti_01_an_hour_that_comes_twice_is_asked_about",
    "TI-02": "test_what_is_wrong_gets_a_sentence_and_nothing_typed_is_lost",
    "TI-03": "test_ti_03_there_is_an_end_to_it",
    "TI-04": "test_ti_04_a_zone_that_is_not_chiles_is_not_taken",
    "TI-05": "test_ti_05_a_clock_behind_the_last_heartbeat_is_told_to_the_coordination",
    "TI-05 leases": "test_a_clock_that_was_set_back_leaves_no_lease_for_hours",
    "RS-01": "test_rs_01_nobody_answers_by_a_from_alone",
    "RS-02": "test_rs_02_an_old_answer_that_comes_again_changes_nothing",
    "RS-03": "test_rs_03_an_answer_to_a_time_that_no_longer_holds_is_kept_beside",
    "RS-04": "test_rs_04_whoever_was_not_invited_changes_nothing_and_takes_no_seat",
    "RS-04 delegation": "test_rs_04_a_delegation_is_noted_and_invites_nobody",
    "RS-05": "test_rs_05_nothing_but_an_answer_is_taken",
    "RS-06": "test_rs_06_read_twice_and_counted_anew_the_whole_mailbox_changes_nothing",
    "RS-07": "test_rs_07_what_programs_answer_by_themselves_is_left_alone",
    "RS-07 bounces": "test_rs_07_a_bounce_that_names_nobody_of_ours_changes_nothing",
    "RS-08": "test_rs_08_a_bomb_takes_no_more_than_its_time",
    "RS-08 memory": "test_rs_08_no_bomb_takes_more_memory_than_it_may",
    "RS-09": "test_rs_09_only_the_topmost_word_of_our_own_server_counts",
    "RS-10": "test_rs_10_a_comment_is_plain_text_and_short",
    "RS-10 pages": "test_rs_10_what_a_stranger_wrote_is_text",
    "RS-11": "test_rs_11_what_is_over_or_off_is_answered_by_nobody",
    "RS-11 erased": "test_rs_11_nor_by_somebody_who_was_erased",
    "RS-12": "test_rs_12_a_secret_is_good_for_one_attendance_alone",
    "LG-03": "test_lg_03_a_secret_in_a_log_line_is_found",
    "F-01": "test_a_server_that_is_away_is_found_again",
    "F-02": "test_a_server_that_says_nothing_takes_no_more_than_its_time",
    "F-03": "test_f_03_while_a_server_is_slow_the_database_is_free",
    "F-04": "test_a_refusal_of_us_pauses_the_queue_and_costs_no_attempt",
    "F-05": "test_greylisting_is_waited_out",
    "F-06": "test_an_address_that_does_not_exist_is_held_at_once",
    "F-07": "test_a_wrong_password_loses_nothing_even_in_four_days",
    "F-07 certificate": "test_a_connection_that_cannot_be_trusted_pauses_the_queue",
    "F-08": "test_a_drop_while_the_message_is_on_its_way_is_tried_again",
    "F-09": "test_a_silence_after_the_dot_is_uncertain_and_tried_with_the_same_bytes",
    "A64": "test_a64_a_flood_never_runs_more_than_its_turns",
    "A74": "test_a74_reads_the_subset_that_minutes_need_and_marks_links",
    "F-10": "test_a_connection_that_the_server_closed_meanwhile_costs_nothing",
    "F-11": "test_500_mails_survive_twenty_kills",
    "F-12": "test_a_kill_at_any_point_loses_nothing",
    "F-13": "test_a_kill_at_any_point_loses_nothing",
    "F-13 control": "test_marking_first_would_lose_mail",
    "F-14": "test_several_workers_send_nothing_twice",
    "F-14 control": "test_without_the_claim_they_would",
    "F-15": "test_a_worker_that_slept_past_its_lease_writes_nothing",
    "F-16": "test_a_daily_job_is_done_once_by_whichever_worker",
    "F-17": "test_f_17_a_clock_that_jumps_under_a_worker_loses_and_doubles_nothing",
    "F-18": "test_f_18_in_a_night_of_changing_clocks_a_reminder_goes_once",
    "F-19": "test_f_19_a_machine_that_slept_six_hours_over_a_reminder_catches_up",
    "F-20": "test_f_20_people_are_told_to_come_back_and_nothing_acknowledged_is_lost",
    "F-23": "test_f_23_on_a_full_disk_nothing_is_acknowledged_and_afterwards_all_goes_on",
    "F-24": "test_f_24_whoever_writes_waits_for_the_lock_and_is_then_told_to_come_back",
    "F-25": "test_f_25_f_26_killed_anywhere_it_is_all_or_nothing_and_sent_again_it_is_one",
    "F-26": "test_f_25_f_26_killed_anywhere_it_is_all_or_nothing_and_sent_again_it_is_one",
    "F-27": "test_f_27_a_wrong_password_waits_longer_each_time_and_is_told_after_half_an_hour",
    "F-27 silence": "test_f_27_a_server_that_says_nothing_takes_no_more_than_its_time",
    "F-28": "test_f_28_a_reader_killed_anywhere_applies_an_answer_once",
    "F-28 control": "test_f_28_without_knowing_messages_and_stamps_again_it_would_be_twice",
    "F-29 inbound": "test_f_29_a_poison_message_is_put_aside_and_the_next_is_dealt_with",
    "F-29": "test_a_question_that_breaks_sets_the_message_aside_after_three_times",
    "F-30": "test_f_30_a_commit_waits_for_the_disk",
    "F-31": "test_f_31_what_the_disk_did_not_take_is_not_acknowledged",
    "F-32": "test_f_32_a_backup_under_a_fast_writer_has_every_row_that_was_there",
    "F-33": "test_lg_06_a_restored_queue_sends_nothing_until_a_person_lets_it",
    "F-36": "test_f_36_a_term_signal_ends_it_cleanly",
    "F-38": "test_f_38_a_link_to_come_in_goes_before_five_thousand_others",
    "F-39": "test_f_39_a_damaged_database_is_not_served",
}
#: How many rows each part of the model has, for those that none is left out of.
WHOLE = {"AC": 17, "PR": 18, "AU": 16, "NW": 11, "TI": 5, "RS": 12}


@pytest.fixture(scope="module")
def names():
    found = set()
    for path in TESTS.rglob("test_*.py"):
        found |= set(re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8")))
    return found


def test_each_row_names_a_test_that_there_is_or_says_why_not(names):
    missing = {
        row: shown
        for row, shown in ROWS.items()
        if shown not in names and not re.match(r"(later: step \d; |none: ).", shown)
    }
    assert not missing, "Name the test that shows it now, or write one."


def test_no_row_is_left_out():
    wanted = {
        f"{part}-{number:02}" for part, count in WHOLE.items() for number in range(1, count + 1)
    }
    wanted |= {f"F-{number:02}" for number in range(1, 21)}
    assert wanted - {row[:5].strip() for row in ROWS} == set()


def test_a_row_whose_number_a_test_carries_is_in_the_table(names):
    told = {
        f"{kind.upper()}-{number}"
        for name in names
        for kind, number in re.findall(r"_(ac|pr|au|in|nw|ti|rs)_(\d\d)(?=_)", name.lower())
    }
    assert told - {row[:5] for row in ROWS} == set()
