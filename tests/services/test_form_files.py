"""Files in answers: named by the answer, kept with the draft, destroyed when unnamed, copied by corrections."""

from __future__ import annotations

import pytest

from app.errors import NotAllowed, NotFound, RuleBroken
from app.form_pages import form_rows
from app.forms import stored
from app.models.attachments import Attachment
from app.models.form_library import FormAnswer
from app.models.local.tables import AuditEntry
from app.models.rules import attachments as rules
from app.models.rules.attachments import Kept, Sealed
from app.models.vocab import AttachmentKind, AuditAction, FormAbout, Role
from app.models.work import Actor
from app.queries import forms as questions
from app.services import forms
from app.services.form_files import AnswerFile
from tests.conftest import Office
from tests.forms.published_forms import answered
from tests.forms.with_files import home_check

REF = "ab" * 16 + ".jpg"
OTHER = "cd" * 16 + ".png"


@pytest.fixture
def supervisor(office: Office) -> Actor:
    return office.member(Role.SUP, "S. Supervisor")


@pytest.fixture
def worker(office: Office) -> Actor:
    return office.member(Role.VSU, "W. Worker")


@pytest.fixture
def draft(office: Office, supervisor: Actor, worker: Actor) -> str:
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=home_check(), about=FormAbout.ALONE))
    return office.do(worker, forms.start_answer, forms.StartAnswer(form_id="home_check"))


def file(office: Office, ref: str = REF, content: bytes = b"a door", **more: str) -> AnswerFile:
    sealed = office.vault.attachments.keep_bytes(content, 1000)
    kind = AttachmentKind.SIGNATURE if ref == OTHER else AttachmentKind.PICTURE
    return AnswerFile(ref=ref, kept=Kept(kind, sealed, "image/jpeg", "IMG_1.JPG"), **more)


def attach(office: Office, worker: Actor, answer_id: str, made: AnswerFile) -> str:
    return office.do(worker, forms.attach_to_answer, forms.AttachToAnswer(answer_id=answer_id, file=made))


def entry(office: Office, answer_id: str) -> questions.AnswerEntry:
    with office.vault.read() as session:
        return questions.answer(session, answer_id)


def on_disk(office: Office) -> int:
    return len(list(office.vault.attachments.here.names()))


def finish(office: Office, worker: Actor, answer_id: str, **more: object) -> None:
    values = {"/data/door": REF, **{name: str(value) for name, value in more.items() if name.startswith("/")}}
    state = answered(entry(office, answer_id), values)
    signed = more.get("signed", ())
    assert isinstance(signed, tuple)
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=answer_id, state=state, signed=signed))


def test_a_file_is_kept_with_the_draft_and_named_in_the_submission(office: Office, worker: Actor, draft: str) -> None:
    assert attach(office, worker, draft, file(office)) == REF
    attach(office, worker, draft, file(office))
    (row,) = entry(office, draft).files
    assert (row.ref, row.name, row.kind) == (REF, "IMG_1.JPG", AttachmentKind.PICTURE)
    finish(office, worker, draft, signed=(file(office, OTHER, b"strokes", caption="Ana"),), **{"/data/client": OTHER})
    found = office.get(FormAnswer, draft)
    xml = stored.unpacked(found.instance or "").decode()
    assert f"<door>{REF}</door>" in xml and f"<client>{OTHER}</client>" in xml and "IMG_1" not in xml
    assert {one.ref: one.caption for one in entry(office, draft).files} == {REF: "", OTHER: "Ana"}
    (kept,) = office.found(Attachment, Attachment.ref == REF)
    assert kept.scope_id == found.scope_id and kept.owner_kind == "form_answer"


def test_what_the_finished_answer_does_not_say_is_destroyed(office: Office, worker: Actor, draft: str) -> None:
    attach(office, worker, draft, file(office))
    attach(office, worker, draft, file(office, "ef" * 16 + ".jpg", b"thought better of it"))
    assert on_disk(office) == 2
    finish(office, worker, draft)
    assert [one.ref for one in entry(office, draft).files] == [REF] and on_disk(office) == 1


def test_a_draft_that_was_put_away_comes_back_with_its_files(office: Office, worker: Actor, draft: str) -> None:
    attach(office, worker, draft, file(office))
    office.do(worker, forms.drop_answer, forms.DropAnswer(answer_id=draft, reason="begun by mistake"))
    office.do(worker, forms.restore_answer, forms.RestoreAnswer(answer_id=draft))
    assert [one.ref for one in entry(office, draft).files] == [REF] and on_disk(office) == 1


def test_a_correction_has_the_same_files_for_itself(office: Office, worker: Actor, draft: str) -> None:
    attach(office, worker, draft, file(office))
    finish(office, worker, draft)
    second = office.do(worker, forms.correct_answer, forms.CorrectAnswer(answer_id=draft))
    (mine,) = entry(office, second).files
    assert mine.ref == REF and on_disk(office) == 1
    office.do(worker, forms.drop_answer, forms.DropAnswer(answer_id=second, reason="r"))
    assert on_disk(office) == 1 and len(entry(office, draft).files) == 1


def test_only_who_may_go_on_with_a_draft_adds_files(office: Office, worker: Actor, draft: str) -> None:
    with pytest.raises(NotAllowed):
        attach(office, office.member(Role.VSU, "O. Other"), draft, file(office))
    with pytest.raises(NotAllowed):
        attach(office, office.member(Role.ADM, "A. Admin"), draft, file(office))
    attach(office, worker, draft, file(office))
    finish(office, worker, draft)
    with pytest.raises(RuleBroken, match="finished"):
        attach(office, worker, draft, file(office, OTHER))


@pytest.mark.parametrize("ref", ["", "../x.jpg", "picture.jpg", "ab" * 16, "ab" * 16 + ".jpeg/x"])
def test_a_name_that_is_not_ours_is_refused(office: Office, worker: Actor, draft: str, ref: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        attach(office, worker, draft, file(office, ref))
    assert caught.value.text == rules.WRONG_NAMES


def test_a_copy_that_leaves_is_in_the_audit_trail(office: Office, worker: Actor, draft: str) -> None:
    attach(office, worker, draft, file(office))
    office.do(worker, forms.export_file, forms.ExportFile(answer_id=draft, ref=REF))
    (made,) = office.found(AuditEntry, AuditEntry.action == str(AuditAction.EXPORT))
    assert made.kind == "attachment"
    with pytest.raises(NotFound):
        office.do(worker, forms.export_file, forms.ExportFile(answer_id=draft, ref=OTHER))


def test_the_page_gets_the_pictures_and_the_names_of_other_files(office: Office, worker: Actor, draft: str) -> None:
    attach(office, worker, draft, file(office))
    pdf = "12" * 16 + ".pdf"
    sealed = office.vault.attachments.keep_bytes(b"%PDF-1.7", 1000)
    report = AnswerFile(ref=pdf, kept=Kept(AttachmentKind.FILE, sealed, "application/pdf", "Report of March.pdf"))
    attach(office, worker, draft, report)
    finish(office, worker, draft, **{"/data/report": pdf})
    with office.vault.read() as session:
        stored_answer = questions.answer_to_print(session, draft)

    def read(sealed: Sealed) -> bytes:
        return office.vault.attachments.read_whole(sealed, 1000)

    by_label = {item.label: item for item in form_rows(stored_answer, "en", read).items}
    assert by_label["The door"].picture == b"a door"
    assert (by_label["The report"].picture, by_label["The report"].file_name) == (b"", "Report of March.pdf")
    office.vault.attachments.here.remove(list(office.vault.attachments.here.names()))
    by_label = {item.label: item for item in form_rows(stored_answer, "en", read).items}
    assert by_label["The door"].picture == b"" and by_label["The door"].file_name == "IMG_1.JPG"
