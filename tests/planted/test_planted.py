"""Every protection's test fails when the protection is gone."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.planted.defects import DEFECTS
from tests.planted.ready import ROOT, SITE, Ready
from tests.simulator.world import TEMPLATE_FILE, build_template, quick_folder

_SIMULATED = "tests/simulator/test_simulator.py::test_every_schedule_comes_to_rest_with_every_promise_kept"
NOTICED_BY = {
    "saved_is_said_too_early": "tests/faults/test_kill_save.py::test_nothing_saved_is_lost_when_killed",
    "any_key_is_taken": "tests/vault/test_engine.py::test_only_32_bytes_key_a_connection",
    "a_readable_file_is_opened": "tests/vault/test_engine.py::test_a_readable_file_is_refused",
    "any_driver_will_do": "tests/vault/test_engine.py::test_the_interpreters_own_driver_is_refused",
    "values_stand_in_errors": "tests/vault/test_engine.py::test_errors_and_their_traces_hold_no_value",
    "every_file_is_called_sound": "tests/faults/test_vault_disk.py"
    "::test_every_flipped_bit_of_the_closed_file_is_noticed",
    "wrong_passphrases_cost_nothing": "tests/vault/test_throttle.py"
    "::test_even_the_right_passphrase_waits_and_then_opens",
    "a_wait_ends_by_the_clock": "tests/vault/test_throttle.py::test_a_clock_set_forward_does_not_end_the_wait",
    "weak_derivations_are_taken": "tests/vault/test_keys.py::test_unsafe_settings_are_refused",
    "slots_are_not_bound_to_their_parameters": "tests/vault/test_slots.py::test_a_typed_slot_opens_only_as_it_was_made",
    "capture_misses_updates": "tests/vault/test_capture.py::test_every_kind_is_captured_in_every_way",
    "the_merge_is_captured": "tests/vault/test_capture.py::test_nothing_is_captured_while_merging",
    "the_lock_leaves_the_clipboard": "tests/journeys/test_session.py"
    "::test_what_was_copied_is_gone_when_the_screen_locks",
    "a_draft_is_kept_beside_the_vault": "tests/faults/test_leaks.py::test_nothing_typed_is_readable_anywhere",
    "crashes_say_everything": "tests/test_unexpected.py::test_a_problem_that_nobody_caught_is_told_without_its_values",
    "labels_read_markup": "tests/views/common/test_text.py::test_a_label_shows_markup_literally",
    "an_older_file_is_opened": "tests/vault/test_durability.py"
    "::test_an_older_file_is_noticed_and_what_was_saved_since_comes_back",
    "old_pages_are_taken": "tests/vault/test_durability.py::test_one_old_page_is_noticed",
    "the_journal_misses_repeated_statements": "tests/vault/test_durability.py"
    "::test_the_journal_alone_makes_the_same_vault_again",
    "a_recovery_is_not_asked_for": "tests/journeys/test_recovery.py"
    "::test_a_missing_vault_is_explained_brought_back_and_told",
    "the_disk_is_not_waited_for": "tests/faults/test_power_loss.py::test_nothing_saved_is_lost_when_power_fails",
    "a_full_disk_for_the_journal_is_ignored": "tests/vault/test_durability.py"
    "::test_no_room_for_the_journal_saves_nothing",
    "an_upgrade_begins_without_a_backup": "tests/vault/test_vault.py"
    "::test_an_upgrade_makes_a_backup_first_and_undoes_itself_on_failure",
    "typing_is_not_kept": "tests/journeys/test_session.py::test_a_form_comes_back_with_its_text_and_cursor",
    "files_of_tries_may_be_put_back": "tests/faults/test_throttle_tries.py"
    "::test_no_handling_of_files_and_clocks_wins_tries",
    "key_files_are_written_in_place": "tests/faults/test_kill_keys.py"
    "::test_a_change_cut_off_at_any_step_leaves_one_way_in",
    "records_are_saved_before_the_recovery_is_kept": "tests/vault/test_recovery_proven.py"
    "::test_a_case_waits_for_the_proof_and_the_agency_does_not",
    "the_reduced_workspace_takes_everything": "tests/vault/test_reduced.py::test_only_what_is_allowed_is_carried_over",
    "the_cursor_moves_before_the_page_is_kept": "tests/sync/client/test_every_step.py"
    "::test_a_round_that_dies_at_any_saving_goes_on",
    "a_round_looks_only_once": "tests/sync/client/test_due.py"
    "::test_what_a_stage_makes_due_is_done_by_the_later_ones_of_the_same_round",
    "receipts_are_believed_unverified": "tests/sync/client/test_trust.py"
    "::test_a_receipt_that_the_server_did_not_sign_counts_for_nothing",
    "the_newest_clock_wins": _SIMULATED,
    "keys_are_never_followed": _SIMULATED,
    "a_groups_key_is_kept_when_somebody_leaves": _SIMULATED,
    "what_a_newer_version_wrote_is_dropped": _SIMULATED,
    "newly_known_fields_stay_aside": _SIMULATED,
    "a_groups_key_travels_later": "tests/sync/client/test_lost_founder.py"
    "::test_a_group_has_no_key_that_only_its_lost_founder_holds",
    "who_was_overtaken_tries_for_ever": "tests/sync/client/test_lost_founder.py"
    "::test_who_was_overtaken_by_a_colleague_does_not_begin_the_same_key_again",
    "two_keys_of_one_epoch_are_taken": "tests/sync/server/test_epochs.py"
    "::test_the_first_to_begin_an_epoch_wins_and_the_other_hands_nothing_out",
    "a_server_that_went_back_is_not_told_again": "tests/sync/test_two_vaults.py"
    "::test_a_server_that_went_back_is_told_again",
    "a_store_put_back_is_believed": "tests/sync/server/test_restore.py"
    "::test_a_store_that_was_put_back_without_a_word_is_noticed_each_time",
    "work_sealed_anew_waits_for_ever": "tests/sync/client/test_after_put_back.py"
    "::test_work_that_colleagues_have_may_come_again_under_a_newer_key",
    "holders_of_keys_are_forgotten": "tests/sync/client/test_after_put_back.py"
    "::test_who_was_given_a_key_is_remembered_when_the_server_forgets",
    "the_find_index_forgets": "tests/vault/test_find_index.py::test_it_follows_a_bulk_update_a_removal_and_its_undoing",
    "records_come_before_their_files": "tests/vault/test_attachments.py::test_no_record_is_saved_without_its_bytes",
    "files_are_believed": "tests/vault/test_attachments.py"
    "::test_the_check_finds_missing_and_damaged_chunks_and_brings_them_back",
    "a_file_of_work_brings_what_nobody_calls_for": "tests/sync/client/test_bundle_files.py"
    "::test_nobodys_disk_is_filled_with_what_no_record_calls_for",
    "chunks_of_a_file_of_work_are_believed": "tests/sync/client/test_bundle_files.py"
    "::test_a_chunk_that_is_not_what_it_is_called_makes_the_file_a_damaged_one",
    "two_stories_are_not_held_against_each_other": "tests/sync/test_agency_log.py"
    "::test_two_computers_that_were_told_two_stories_find_out_by_a_file",
    "removed_files_stay": "tests/vault/test_attachments.py::test_what_is_given_up_or_removed_is_destroyed",
    "destroyed_words_stay_in_the_indexes": "tests/sync/test_destruction.py"
    "::test_two_people_destroy_a_registration_and_its_cards_everywhere",
    "the_server_takes_what_was_destroyed": "tests/sync/test_destruction.py"
    "::test_the_server_keeps_an_id_and_refuses_to_take_it_again",
    "a_case_leaves_before_it_is_received": "tests/sync/test_given_to_others.py"
    "::test_it_stays_while_own_work_in_it_is_refused_and_the_outbox_says_so",
    "old_keys_bring_a_case_back": "tests/sync/test_given_to_others.py"
    "::test_no_later_change_and_nothing_sent_again_brings_it_back",
    "many_leave_unasked": "tests/sync/test_given_to_others.py::test_many_at_once_wait_for_the_person",
    "one_person_destroys": "tests/sync/test_destruction.py::test_no_order_is_obeyed_without_two_people_who_may",
    "anybody_erases_a_computer": "tests/sync/test_wipe.py"
    "::test_an_order_that_the_order_key_did_not_sign_for_this_device_is_not_obeyed",
    "a_lease_ends_by_the_clock_alone": "tests/vault/test_lease.py::test_a_clock_set_back_ten_years_still_expires",
    "a_lease_that_is_over_lets_in": "tests/sync/client/test_lease.py"
    "::test_an_expired_lease_only_locks_and_contact_opens_again",
    "cores_may_be_dumped": "tests/vault/test_lock.py::test_core_dumps_are_off",
    "streams_remember_who_could_read": "tests/sync/server/test_pokes.py"
    "::test_who_is_put_into_a_group_hears_and_who_is_taken_out_hears_no_more[embedded]",
    "a_scope_is_read_by_its_name_alone": "tests/sync/server/test_made_up.py"
    "::test_requests_that_are_nearly_right_neither_break_the_server_nor_reach_a_stranger",
    "a_log_that_lost_something_is_believed": "tests/sync/test_agency_log.py"
    "::test_what_was_changed_or_shortened_is_noticed_and_stops_no_work",
    "anybody_signs_in_for_anybody": "tests/journeys/test_signing_in.py"
    "::test_another_person_is_told_so_and_may_try_again",
}
"""Which test must notice which defect."""
SEEDS = {
    "the_newest_clock_wins": 4,
    "keys_are_never_followed": 4,
    "a_groups_key_is_kept_when_somebody_leaves": 4,
    "what_a_newer_version_wrote_is_dropped": 1,
    "newly_known_fields_stay_aside": 1,
}
"""Of those that a schedule must notice: the first that does. When the acts of schedules change, look for them anew."""

_ONLY_WHAT_IS_USED = ("-p", "no:cacheprovider", "-p", "pytestqt.plugin")
_LONGEST = 480
"""Seconds; a defect that makes its test wait for ever has to be named, and not to stop every other test."""


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """The agency that schedules begin with, made without any defect."""
    folder = quick_folder()
    (folder / TEMPLATE_FILE).write_bytes(pickle.dumps(build_template(folder)))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Of each process: the defect is planted at its start, and it finds what others compiled."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(SITE), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # loading them all takes longer than most of these tests
        "HAVEN_CANARIES": "10",
        "HAVEN_KILL_ROUNDS": "5",
        "HAVEN_POWER_LOSSES": "10",
        "HAVEN_REQUESTS": "1000",
    }


@pytest.fixture(scope="module")
def ready(environment: dict[str, str]) -> Iterator[Ready]:
    """The process that each of them is a copy of."""
    waits = Ready(environment)
    yield waits
    waits.close()


@pytest.mark.parametrize("name", NOTICED_BY)
def test_the_defect_is_noticed(
    name: str, environment: dict[str, str], ready: Ready, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    planted = {**environment, "HAVEN_PLANT": name}
    if name in SEEDS:
        template = str(request.getfixturevalue("template"))
        planted |= {"HAVEN_TEMPLATE": template, "HAVEN_FIRST_SEED": str(SEEDS[name]), "HAVEN_SCHEDULES": "1"}
    done = ready.run([*_ONLY_WHAT_IS_USED, "-x", "-q", NOTICED_BY[name]], planted, tmp_path / "said", _LONGEST)
    assert done.code == 1 and " failed" in done.said, f"nobody noticed\n{done.said}"


def test_every_defect_is_planted() -> None:
    assert set(NOTICED_BY) == set(DEFECTS)
