"""Publishing forms and answering them, through a real vault: who may, what is refused, what stays bound to what."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.errors import EnvironmentProblem, NotAllowed, NotFound, RuleBroken
from app.forms import shipped, stored
from app.forms.convert import to_xform
from app.forms.definition import FormDefinition
from app.forms.problems import FormRefused
from app.forms.session import FormSession
from app.models.form_library import FormAnswer, FormVersion
from app.models.rules import forms as rules
from app.models.vocab import FormAbout, FormAnswerState, Role, ScopeKind
from app.models.work import Actor
from app.queries import forms as questions
from app.services import crisis, forms
from tests import factories
from tests.conftest import Office
from tests.forms.published_forms import VISIT, answered, visit


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """What is done within is refused with a sentence that says this."""
    with pytest.raises(RuleBroken) as problem:
        yield
    assert sentence in problem.value.sentence


def publish(office: Office, actor: Actor, xml: bytes, **how: Any) -> str:
    office.clock.move(minutes=1)
    command = forms.PublishForm(xml=xml, about=how.pop("about", FormAbout.ALONE), **how)
    return office.do(actor, forms.publish_form, command)


def start(office: Office, actor: Actor, form_id: str = "visit", **how: Any) -> str:
    return office.do(actor, forms.start_answer, forms.StartAnswer(form_id=form_id, **how))


def entry(office: Office, answer_id: str) -> questions.AnswerEntry:
    with office.vault.read() as session:
        return questions.answer(session, answer_id)


def filled(office: Office, answer_id: str, **values: str) -> bytes:
    """The state of an answer after some questions were answered."""
    return answered(entry(office, answer_id), {f"/data/{name}": value for name, value in values.items()})


def case_of(office: Office, worker: Actor) -> str:
    case_id: str = office.do(worker, crisis.open_case, factories.case())
    return case_id


# --- Publishing ---


@pytest.mark.parametrize("role", sorted(set(Role) - rules.PUBLISHERS))
def test_only_supervisors_and_administrators_publish(office: Office, role: Role) -> None:
    with pytest.raises(NotAllowed):
        publish(office, office.member(role, "N. Nobody"), visit())
    assert office.found(FormVersion) == []


def test_a_published_form_is_in_use_for_everyone(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit(), workbook=b"| survey |", workbook_name="visit.md")
    with office.vault.read() as session:
        (row,) = questions.forms_in_use(session, ())
        (version,) = questions.versions_of(session, "visit")
    assert (row.version, row.titles, row.published_by) == ("1", {"en": "Visit", "fr": "Visite"}, "S. Supervisor")
    assert row.offered and not row.shipped and version.in_force
    assert stored.unpacked(office.get(FormVersion, version.id).workbook or "") == b"| survey |"
    start(office, worker)


def test_the_same_version_is_never_published_twice(office: Office, supervisor: Actor) -> None:
    publish(office, supervisor, visit())
    with refused("Version 1 of this form is already published"):
        publish(office, supervisor, visit(title="Another"))
    publish(office, supervisor, visit("2", title="Another"))
    with office.vault.read() as session:
        assert [one.version for one in questions.versions_of(session, "visit")] == ["2", "1"]


def test_a_version_that_came_with_haven_is_taken(office: Office, supervisor: Actor) -> None:
    own = shipped.shipped()[0]
    with refused("came with Haven"):
        publish(office, supervisor, VISIT.format(id=own.id, version=own.version, title="x", more="").encode())


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        (visit(version=""), "The form has no version"),
        (visit(version="1" * 201), "longer than 200 characters"),
        (b"<a/>", "The form cannot be used"),
        (b"", "The form cannot be used"),
    ],
)
def test_what_cannot_be_published_is_refused(office: Office, supervisor: Actor, xml: bytes, sentence: str) -> None:
    with refused(sentence):
        publish(office, supervisor, xml)
    assert office.found(FormVersion) == []


def test_a_form_too_large_for_the_wire_is_refused_with_its_size(office: Office, supervisor: Actor) -> None:
    rows = b"name,label\n" + b"\n".join(os.urandom(24).hex().encode() + b",x" for _ in range(40_000))
    with refused("and at most 720 kB go"):
        publish(office, supervisor, visit(), attachments={"list.csv": rows})
    assert office.found(FormVersion) == []


def test_a_workbook_that_does_not_fit_stays_behind(office: Office, supervisor: Actor) -> None:
    version_id = publish(office, supervisor, visit(), workbook=os.urandom(800_000), workbook_name="visit.xlsx")
    found = office.get(FormVersion, version_id)
    assert found.xform and found.workbook is None and found.workbook_name is None


# --- Retiring ---


def test_a_retired_form_is_not_begun_but_its_drafts_finish(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    draft = start(office, worker)
    office.do(supervisor, forms.retire_form, forms.RetireForm(form_id="visit", reason="replaced by paper"))
    with refused("retired"):
        start(office, worker)
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=draft, state=filled(office, draft, who="Ana")))
    assert office.get(FormAnswer, draft).status is FormAnswerState.FINISHED
    with office.vault.read() as session:
        (row,) = questions.forms_in_use(session, ())
    assert not row.offered and (row.retired_by, row.reason) == ("S. Supervisor", "replaced by paper")

    office.do(supervisor, forms.reinstate_form, forms.ReinstateForm(form_id="visit"))
    start(office, worker)


def test_a_shipped_form_is_retired_and_a_new_version_brings_it_back(office: Office, supervisor: Actor) -> None:
    youth = office.member(Role.YTH, "Y. Youth")
    office.do(supervisor, forms.retire_form, forms.RetireForm(form_id="village_booking", reason="closed"))
    with refused("retired"):
        start(office, youth, "village_booking")
    publish(office, supervisor, VISIT.format(id="village_booking", version="3", title="New", more="").encode())
    start(office, youth, "village_booking")


def test_retiring_asks_for_a_form_and_a_reason(office: Office, supervisor: Actor, worker: Actor) -> None:
    with pytest.raises(NotFound):
        office.do(supervisor, forms.retire_form, forms.RetireForm(form_id="nothing", reason="r"))
    publish(office, supervisor, visit())
    with refused("Say why"):
        office.do(supervisor, forms.retire_form, forms.RetireForm(form_id="visit", reason=" "))
    with refused("in use already"):
        office.do(supervisor, forms.reinstate_form, forms.ReinstateForm(form_id="visit"))
    with pytest.raises(NotAllowed):
        office.do(worker, forms.retire_form, forms.RetireForm(form_id="visit", reason="r"))


# --- Answering ---


def test_a_draft_finishes_on_the_version_that_it_was_begun_with(
    office: Office, supervisor: Actor, worker: Actor
) -> None:
    first = publish(office, supervisor, visit())
    draft = start(office, worker)
    asks_more = '<bind nodeset="/data/who" type="string" required="true()" constraint="false()"/>'
    publish(office, supervisor, visit("2", more=asks_more))
    office.do(worker, forms.save_answer, forms.SaveAnswer(answer_id=draft, state=filled(office, draft, who="Ana")))
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=draft, state=filled(office, draft)))
    found = office.get(FormAnswer, draft)
    assert (found.form_version, found.form_version_id) == ("1", first)
    assert b">Ana<" in stored.unpacked(found.instance or "") and b'version="1"' in stored.unpacked(found.instance or "")
    assert entry(office, start(office, worker)).form.version == "2"


def test_an_incomplete_answer_is_kept_but_not_finished(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    draft = start(office, worker)
    state = filled(office, draft, what="tea")
    office.do(worker, forms.save_answer, forms.SaveAnswer(answer_id=draft, state=state))
    with pytest.raises(RuleBroken) as problem:
        office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=draft, state=state))
    assert problem.value.field == "/data/who"
    assert problem.value.sentence == "Not finished yet: “Who came”: Please answer this question."
    found = office.get(FormAnswer, draft)
    assert found.status is FormAnswerState.DRAFT and found.instance is None
    assert b"tea" in stored.unpacked(entry(office, draft).state)


def test_the_state_of_another_version_is_refused(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    old = start(office, worker)
    publish(office, supervisor, visit("2"))
    new = start(office, worker)
    with refused("another version"):
        office.do(worker, forms.save_answer, forms.SaveAnswer(answer_id=new, state=filled(office, old)))


def test_answers_too_large_to_send_are_refused(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    draft = start(office, worker)
    state = filled(office, draft, what=os.urandom(800_000).hex())
    assert len(stored.packed(state)) > rules.LONGEST
    with refused("too large to be kept"):
        office.do(worker, forms.save_answer, forms.SaveAnswer(answer_id=draft, state=state))


def test_a_correction_is_a_new_answer_and_the_old_one_stays(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    first = start(office, worker)
    with refused("not finished yet"):
        office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=first))
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=first, state=filled(office, first, who="Ana")))
    with refused("Correct it"):
        office.do(worker, forms.save_answer, forms.SaveAnswer(answer_id=first, state=filled(office, first)))
    with refused("Correct it"):
        office.do(worker, forms.drop_answer, forms.DropAnswer(answer_id=first, reason="r"))
    publish(office, supervisor, visit("2"))

    second = office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=first))
    with refused("begun already"):
        office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=first))
    with office.vault.read() as session:
        assert [row.replaced for row in questions.answers_alone(session) if row.id == first] == [False]
    state = filled(office, second, who="Anna")
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=second, state=state))
    with office.vault.read() as session:
        rows = {row.id: row for row in questions.answers_alone(session, "visit")}
    assert rows[first].replaced and not rows[second].replaced and rows[second].corrects_id == first
    assert rows[second].version == "1"
    assert b">Ana<" in stored.unpacked(entry(office, first).instance)
    assert b">Anna<" in stored.unpacked(entry(office, second).instance)


def put_away(office: Office, who: Actor, case_id: str | None = None) -> dict[str, str]:
    with office.vault.read() as session:
        return {row.id: row.reason for row in questions.put_away(session, who.member_id, case_id)}


def test_a_draft_is_put_away_with_a_reason_and_taken_up_again(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    draft = start(office, worker)
    office.do(worker, forms.save_answer, forms.SaveAnswer(answer_id=draft, state=filled(office, draft, who="Ana")))
    with refused("Say why"):
        office.do(worker, forms.drop_answer, forms.DropAnswer(answer_id=draft, reason=" "))
    office.do(worker, forms.drop_answer, forms.DropAnswer(answer_id=draft, reason="Begun by mistake"))
    with pytest.raises(NotFound):
        entry(office, draft)
    assert put_away(office, worker) == {draft: "Begun by mistake"} and put_away(office, supervisor) == {}
    with pytest.raises(NotAllowed):
        office.do(supervisor, forms.restore_answer, forms.RestoreAnswer(answer_id=draft))

    office.do(worker, forms.restore_answer, forms.RestoreAnswer(answer_id=draft))
    assert entry(office, draft).row.draft and entry(office, draft).row.reason == ""
    assert put_away(office, worker) == {}
    with refused("not put away"):
        office.do(worker, forms.restore_answer, forms.RestoreAnswer(answer_id=draft))
    with pytest.raises(NotFound):
        office.do(worker, forms.restore_answer, forms.RestoreAnswer(answer_id="0" * 32))


def test_a_correction_that_was_put_away_stays_so_once_another_was_begun(
    office: Office, supervisor: Actor, worker: Actor
) -> None:
    publish(office, supervisor, visit())
    first = start(office, worker)
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=first, state=filled(office, first, who="Ana")))
    second = office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=first))
    office.do(worker, forms.drop_answer, forms.DropAnswer(answer_id=second, reason="Not needed"))
    office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=first))
    with refused("begun already"):
        office.do(worker, forms.restore_answer, forms.RestoreAnswer(answer_id=second))


def test_forms_of_a_programme_are_begun_and_listed_by_its_roles(
    office: Office, supervisor: Actor, worker: Actor
) -> None:
    youth = office.member(Role.YTH, "Y. Youth")
    booking = office.do(youth, forms.start_answer, forms.StartAnswer(form_id="village_booking"))
    issue = office.do(worker, forms.start_answer, forms.StartAnswer(form_id="community_issue"))
    for who in (worker, supervisor, office.member(Role.OFF, "O. Officer")):
        with pytest.raises(NotAllowed):
            office.do(who, forms.start_answer, forms.StartAnswer(form_id="village_booking"))

    def listed(who: Actor) -> set[str]:
        with office.vault.read() as session:
            return {row.id for row in questions.answers_for(session, who.member_id, who.role)}

    assert listed(worker) == {issue} and listed(supervisor) == {booking, issue} == listed(youth)


# --- Who reads and writes ---


def test_where_answers_are_kept_follows_from_what_they_are_about(
    office: Office, supervisor: Actor, worker: Actor
) -> None:
    case_id = case_of(office, worker)
    for at, about in enumerate((FormAbout.CASE, FormAbout.ALONE, FormAbout.SERVICE)):
        publish(office, supervisor, visit(str(at)), about=about)
        case = case_id if about is FormAbout.CASE else None
        found = office.get(FormAnswer, start(office, worker, case_id=case))
        agency_id = office.vault.agency_id
        with office.vault.write(worker) as work:
            wanted = {
                FormAbout.CASE: work.scope_of(ScopeKind.CASE, case_id),
                FormAbout.ALONE: work.scope_of(ScopeKind.FORM_ANSWER, found.id),
                FormAbout.SERVICE: work.scope_of(ScopeKind.AGENCY, agency_id),
            }
        assert found.scope_id == wanted[about] and len(set(wanted.values())) == 3, about
    with office.vault.read() as session:
        assert [row.titles["en"] for row in questions.answers_of_case(session, case_id)] == ["Visit"]


def test_a_form_about_a_client_needs_a_case_and_others_have_none(
    office: Office, supervisor: Actor, worker: Actor
) -> None:
    case_id = case_of(office, worker)
    publish(office, supervisor, visit(), about=FormAbout.CASE)
    with refused("answered in a case"):
        start(office, worker)
    with pytest.raises(NotAllowed):
        start(office, office.member(Role.VSU, "A. Stranger"), case_id=case_id)
    publish(office, supervisor, visit("2"), about=FormAbout.ALONE)
    with refused("not about a case"):
        start(office, worker, case_id=case_id)
    with refused("answer it on paper"):
        start(office, worker, "diversion_intake")
    with pytest.raises(NotFound):
        start(office, worker, "nothing")


def test_nobody_changes_what_somebody_else_began(office: Office, supervisor: Actor, worker: Actor) -> None:
    publish(office, supervisor, visit())
    draft = start(office, worker)
    with pytest.raises(NotAllowed, match="Only who began this form"):
        office.do(supervisor, forms.save_answer, forms.SaveAnswer(answer_id=draft, state=filled(office, draft)))
    with pytest.raises(NotAllowed):
        start(office, office.member(Role.AUD, "A. Auditor"))


# --- Shipped forms ---


def test_a_shipped_form_is_answered_without_being_published(office: Office) -> None:
    draft = start(office, office.member(Role.YTH, "Y. Youth"), "village_booking", language="fr")
    found = entry(office, draft)
    own = next(form for form in shipped.shipped() if form.id == "village_booking")
    assert (found.form.version, found.form.xform, found.language) == (own.version, "", "fr")
    form = shipped.definition(own.id, own.version)
    session = FormSession(form, now=office.vault.now, seed=1, new_uuid=lambda: "u", state=stored.unpacked(found.state))
    assert session.language == "Français (fr)"


def test_every_shipped_form_says_what_it_is_about() -> None:
    assert {form.id for form in shipped.shipped()} == set(rules.ABOUT)


def test_a_version_that_is_gone_is_said_so() -> None:
    with pytest.raises(NotFound):
        shipped.definition("village_booking", "1999")


# --- What is stored ---


def test_damaged_text_is_refused() -> None:
    for text in ("", "???", "AAAA", stored.packed(b"x" * 100)[:-8]):
        with pytest.raises((FormRefused, EnvironmentProblem)):
            stored.definition(text, {})


def test_titles_come_from_the_form_in_each_language() -> None:
    xml = to_xform(shipped.shipped()[0].file.read_bytes(), "a.md").xml
    form: FormDefinition = stored.definition(stored.packed(xml), {})
    assert stored.titles_of(form) == shipped.shipped()[0].titles
    assert stored.language_for(form, "fr") == "Français (fr)" and stored.language_for(form, "de") == "English (en)"
