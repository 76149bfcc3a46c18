"""Tables that say nothing of anybody: one line each, with every column, so that a new one shows.

Texts that people write freely, such as the description of a talk, can name somebody all the same:
`queries.mentions` finds those, for a person to look at.
"""

PLAIN = {
    "agenda_item": "id public_id meeting_id position kind state title detail minutes presenter_id "
    "reserved_for_id proposed_by_id refusal moved_to_id created_at",
    "decision": "id public_id minutes_id part_id ordinal number text addressed_to_id "
    "reserved_for_id created_at",
    "meeting": "id series_id type slot_on detached year number agenda_sent_at agenda_sent "
    "agenda_due_at began_at finished_at chair_id secretary_id lobby lobby_folio lobby_link",
    "meeting_series": "id public_id name purpose pattern weekday ordinal month_day interval picked "
    "skipped holiday_rule starts_on ends_on wall_time minutes zone modality place address comuna "
    "link reminder_days review_days silence_approves escalation_days created_at ended_at",
    "poll_option": "id poll_id wall_start wall_end chosen",
    "series_party": "series_id organisation_id position quorum head_id",
    # Its keys are hashed with a secret: nobody can read from them who tried.
    "attempts": "limit_name key_hash window_start count expires_at",
    "announcement": "id event_id kind days sequence version from_version due_at not_after state "
    "untold again_at "
    "ended_at last_invitee_id count",
    # Hashes over the trail, of which nothing can be read.
    "audit_head": "id number hash",
    "audit_link": "number entry_id hash",
    "consent_text": "hash purpose version text since",
    "daily_run": "job day claimed_at",
    "event": "id public_id kind uid path title description wall_start wall_end fold zone starts_at "
    "ends_at tz_version modality place address comuna region link state cancellation_reason "
    "sequence version created_at revised_at published_at cancelled_at vevent vevent_invited",
    "event_version": "event_id number since state wall_start wall_end zone starts_at ends_at "
    "modality place address comuna link words",
    "fact": "name value",
    "heartbeat": "worker job started_at finished_at succeeded count failure runs failures "
    "failing_since succeeded_at",
    "inbox_outage": "id since until failures reason",
    # Cooperatives and institutions are legal persons; their mailbox is the institution's.
    "organisation": "id public_id kind name short_name search_key parent_id rut comuna region "
    "supervisor level level_grounds level_set_at email phone active created_at",
    "outreach_plan": "id public_id name objectives starts_on ends_on",
    "question": "id public_id talk_id position kind text hint options required audience need "
    "condition_question_id condition_value retired_at",
    "queue_pause": "id since until cause reason failures refused_id",
    "reminder_policy": "id event_id days",
    "retention_run": "id at counts",
    "revision": "name number",
    "talk": "id plan_id slug format capacity_room capacity_online registration_opens_at "
    "registration_closes_at prioritised_levels held_room held_online held_until "
    "released_at limit_per_cooperative photos asks session_of_id replacement_id",
    "talk_topic": "talk_id topic_id",
    "topic": "id name",
}
