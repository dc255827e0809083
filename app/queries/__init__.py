"""What screens and documents read: one question a function, frozen rows as answers, no writes.

Index (every function's first argument is the `Session` of `vault.read()`; `now` is an aware UTC moment, `today` the
service's local day: `settings.local_day(session, now)`):

    crisis        open_requests(s, *, now, limit=50, offset=0) -> (RequestRow, ...)
                  request_list(s, *, open_only=True, limit, offset) -> (RequestRow, ...)
                  request_detail(s, request_id, *, now) -> RequestDetail
                  case_list(s, asked: CaseFilter, *, today, sort=CaseSort.OPENED, limit=50, offset=0) -> (CaseRow, ...)
                  case_count(s, asked: CaseFilter) -> int
                  case_header(s, case_id, *, now) -> CaseHeader
                  case_people(s, case_id, *, now) -> (PersonRow, ...)              the client first
                  safe_contact(s, contact_id, *, now) -> SafeContactRow
                  incident(s, case_id) -> IncidentRow | None
                  timeline(s, case_id, *, now, kinds=None, limit=50, offset=0) -> (TimelineRow, ...)
                  timeline_count(s, case_id, *, kinds=None) -> int
                  immediate_safety(s, case_id) -> (SafetyStepRow, ...)
                  assessments(s, case_id) -> (AssessmentRow, ...)                  newest first
                  needs_start_and_now(s, case_id) -> (NeedChange, ...)
                  plan_steps(s, case_id, *, today) -> (PlanStepRow, ...)
                  referrals(s, case_id, *, today) -> (ReferralRow, ...)
                  consents(s, case_id, *, today) -> (ConsentRow, ...)
                  orders(s, case_id, *, today) -> (OrderRow, ...)
                  rights(s, case_id) -> (RightRow, ...)
                  assistance(s, case_id) -> (AssistanceRow, ...)
                  tasks_of_case(s, case_id, *, today, open_only=True) -> (TaskRow, ...)
                  close_blockers(s, case_id, *, today) -> (BlockerRow, ...)
    today         due(s, member_id, *, today) -> DueTasks
                  call_backs(s) -> (CallBackRow, ...)
                  returned_work(s, member_id, *, today) -> (ReturnedRow, ...)
                  drafts(s) -> (DraftRow, ...)
                  counts(s, member_id, *, today) -> TodayCounts
    safety        plan_versions(s, case_id, *, today) -> (PlanVersionRow, ...)     newest first
                  plan_detail(s, plan_id, *, today) -> PlanDetail
                  incident_log(s, case_id, *, limit=50, offset=0) -> (IncidentLogRow, ...)
                  suggestions() -> {PlanSection: (CatalogueItem, ...)}; document_lines() -> (CatalogueItem, ...)
                  print_refusals(choice) -> {form: marked sentence or None}
    directory     services(s, asked: ServiceFilter, *, language, today, limit=50, offset=0) -> (ServiceRow, ...)
                  service_count(s, asked) -> int
                  service(s, service_id, *, language, today) -> ServiceRow
                  organization(s, organization_id, *, language, today) -> OrganizationRow
                  organizations(s) -> ((id, name), ...); service_entry(s, service_id) -> ServiceEntry
                  municipalities(s) -> (str, ...)
    supervision   overview(s, *, now) -> Overview
                  caseload(s, *, today) -> (CaseloadRow, ...)
                  needs_levels(s) -> (NeedsLevelRow, ...)
                  overdue_tasks(s, *, today, owner=None, limit=50, offset=0) -> (TaskRow, ...)
                  call_back_figure(s, *, now, since=None) -> CallBackFigure
                  awaiting_review(s, *, today) -> (AwaitingReviewRow, ...)
                  team(s) -> (TeamRow, ...)
                  missing_data(s, *, today, limit=50, offset=0) -> (MissingDataRow, ...)
                  gap_counts(s, *, today) -> {Gap: Figure}
                  months(s, *, today, count=12) -> (MonthRow, ...)                 oldest first
                  reviews_of_case(s, case_id) -> (ReviewRow, ...)
    outbox        outbox(s, *, state=None, limit=100, offset=0) -> (OutboxRow, ...)
                  counts(s) -> OutboxCounts; unsent(s) -> int; safe_to_hand_in(s) -> bool
                  states(s, ids) -> {id: SyncState}
    leaving       leaving(s) -> LeavingCases; owed(s) -> int; has_left(s, case_id) -> bool   given to others
    members       members(s, *, role=None, active_only=True) -> (MemberRow, ...); member(s, id); names(s) -> {id: name}
    search        find(s, text, *, today, limit=20) -> (FoundRow, ...)
    conflicts     conflicts(s, *, case_id=None, limit=50, offset=0) -> (ConflictRow, ...); count(s) -> int
    documents     dispatch_sheet(s, request_id, *, now) -> DispatchRows                                        F-301
                  contact_card(s, case_id=None, *, member_id, language, today, with_file_no) -> ContactCardRows  F-302
                  consent_form(s, consent_id) -> ConsentRows                                                   F-303
                  needs_and_plan(s, assessment_id, *, audience, today) -> NeedsRows                            F-304
                  referral_letter(s, referral_id, *, member_id, today) -> ReferralRows                         F-305
                  take_away(s, *, service_ids, member_id, language, today, note) -> TakeAwayRows               F-306
                  safety_plan(s, plan_id, *, form_id, language, with_accused_facts, export, today) -> PlanRows
                                                                                                     F-401, F-403
                  wallet(s, plan_id, *, language, export, today) -> WalletRows                                 F-402
                  documents_checklist(s, plan_id, *, export, today) -> DocumentsRows                           F-405
                  print_context(s, form_id, *, audience, now, language, printed_by, ...) -> PrintContext
                  SHARED_FACTS: the keys of what a referral may share, with their labels
    registry      registrations(s, asked: RegistryFilter, *, today, limit=50, offset=0) -> (RegistrationRow, ...)
                  registration_count(s, asked, *, today) -> int
                  registration(s, registration_id, *, today) -> RegistrationEntry
                  card_views(s, *, now, days=7, registration_id=None, limit=200) -> (CardViewRow, ...)
    registry_card card(s, view_id, *, member_id, now) -> CardRow      only what was opened with a reason
                  card_of(s, card_id, *, now) -> CardRow              for print, whose permission is asked apart
    registry_search  find_cards(s, text, *, today, limit=20) -> (FoundCard, ...)
    card_words    composed(row: CardRow, words) -> EmergencyCardRows                                           F-602
    forms         forms_in_use(s, shipped: (KnownForm, ...)) -> (FormRow, ...)       retired ones too
                  versions_of(s, form_id) -> (VersionRow, ...)                     newest first
                  stored_form(s, row: FormRow) -> StoredForm
                  workbook_of(s, version_id) -> (packed, file name, StoredForm)
                  answers_of_case(s, case_id), answers_alone(s, form_id=None) -> (AnswerRow, ...)  newest first
                  answers_for(s, member_id, role), put_away(s, member_id, case_id=None) -> (AnswerRow, ...)
                  answer(s, answer_id) -> AnswerEntry              with the version that it is bound to
                  answer_to_print(s, answer_id), blank_to_print(s, form_id) -> StoredAnswer                    FORM
    settings      setting(s, key, on) -> Any; zone(s) -> ZoneInfo; local_day(s, moment) -> date
    device        is_demonstration(s) -> bool

A function that is asked for one record raises `errors.NotFound` when this device does not hold it.

To add a question: a frozen slotted dataclass for its row, a function whose first line selects, a test with real rows.
Lists never load more than a page; what needs a row for every case uses columns, never entities.
"""
