"""The page of forms on a real vault: a workbook is checked in the real child, published, retired, saved again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.errors import EnvironmentProblem
from app.forms import shipped, stored
from app.models.form_library import FormAnswer, FormVersion
from app.models.vocab import FormAbout, Role
from app.models.work import Actor
from app.services import forms
from app.views.authoring.check import CheckDialog
from app.views.authoring.outline import OutlineDialog
from app.views.authoring.page import FormsPage
from app.views.authoring.programme import PROGRAMME
from app.views.authoring.publish import PublishDialog
from app.views.authoring.retire import RetireDialog
from app.views.common.text import PlainLabel
from app.views.common.whole_file import write_whole
from tests.conftest import Office
from tests.forms.published_forms import visit

GOOD = """| survey |
|  | type | name | label::English (en) | label::Français (fr) | relevant |
|  | text | who | Who came | Qui est venu | |
|  | select_one yn | stay | Did they stay? | Est-ce que la personne est restée? | |
|  | text | why | Why | Pourquoi | ${stay} = 'yes' |

| choices |
|  | list_name | name | label::English (en) | label::Français (fr) |
|  | yn | yes | Yes | Oui |
|  | yn | no | No | Non |

| settings |
|  | form_id | form_title | version |
|  | visit | Visit | VERSION |
"""


def written(folder: Path, text: str, name: str = "visit.md") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def opened(stage: Any, actor: Actor) -> FormsPage:
    page = FormsPage(stage.context(actor, "S. Supervisor"))
    stage.show(page)
    return page


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(PlainLabel) if label.isVisible())


def cells(table: Any) -> list[list[str]]:
    model = table.model
    return [[str(model.index(row, at).data()) for at in range(model.columnCount())] for row in range(model.rowCount())]


def choose(stage: Any, page: FormsPage, form_id: str) -> None:
    page.table.selected.emit(form_id)
    stage.settle()


def checked(stage: Any, page: FormsPage, file: Path) -> CheckDialog:
    dialog = page.check(file)
    stage.settle()
    return dialog


def publish(stage: Any, dialog: CheckDialog, about: FormAbout) -> None:
    stage.click(dialog.accept_button)
    asked = dialog.findChildren(PublishDialog)[0]
    asked.about.set_value(about)
    stage.click(asked.accept_button)


def test_every_shipped_form_is_in_the_list(stage: Any, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    rows = cells(page.table)
    assert len(rows) == len(shipped.shipped())
    assert ["Community issue: bring an issue forward", "2026112601", "Came with Haven"] in rows
    assert ["Youth diversion: intake", "2026112601", "For paper"] in rows
    assert "Choose a form" in texts(page)


def test_a_workbook_is_checked_and_published(
    stage: Any, office: Office, supervisor: Actor, worker: Actor, tmp_path: Path
) -> None:
    page = opened(stage, supervisor)
    file = written(tmp_path, GOOD.replace("VERSION", "1"))
    dialog = checked(stage, page, file)
    assert "The form can be used" in texts(dialog) and "English (en), Français (fr)" in texts(dialog)
    stage.click(dialog.accept_button)
    asked = dialog.findChildren(PublishDialog)[0]
    assert "This form is new: version 1 is offered on every device." in texts(asked)
    stage.click(asked.accept_button)
    assert "Say what the answers are about." in texts(asked) and office.found(FormVersion) == []
    asked.about.set_value(FormAbout.SERVICE)
    stage.click(asked.accept_button)

    (version,) = office.found(FormVersion)
    assert (version.form_id, version.version, version.about) == ("visit", "1", FormAbout.SERVICE)
    assert stored.unpacked(version.workbook or "") == file.read_bytes() and version.workbook_name == "visit.md"
    assert "S. Supervisor" in texts(page) and "Visit" in texts(page)
    office.do(worker, forms.start_answer, forms.StartAnswer(form_id="visit"))


def test_publishing_says_what_changes_and_what_becomes_of_drafts(
    stage: Any, office: Office, supervisor: Actor, worker: Actor, tmp_path: Path
) -> None:
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=FormAbout.ALONE))
    draft = office.do(worker, forms.start_answer, forms.StartAnswer(form_id="visit"))
    page = opened(stage, supervisor)
    dialog = checked(stage, page, written(tmp_path, GOOD.replace("VERSION", "2")))
    stage.click(dialog.accept_button)
    asked = dialog.findChildren(PublishDialog)[0]
    assert "Version 2 takes the place of version 1." in texts(asked)
    assert "1 draft on this device finishes on the version that it was begun with." in texts(asked)
    assert asked.about.value() is FormAbout.ALONE
    stage.click(asked.accept_button)
    assert office.get(FormAnswer, draft).form_version == "1"
    assert [row[1] for row in cells(page.table) if row[0] == "Visit"] == ["2"]


def test_errors_name_sheet_row_and_column_and_checking_again_reads_the_file_anew(
    stage: Any, supervisor: Actor, tmp_path: Path
) -> None:
    page = opened(stage, supervisor)
    spoiled = GOOD.replace("VERSION", "1").replace("${stay} = 'yes'", "${nobody} = 'yes'")
    file = written(tmp_path, spoiled)
    dialog = checked(stage, page, file)
    assert "error" in dialog.banner.text() and not dialog.accept_button.isEnabled()
    (row,) = cells(dialog.table)
    assert row[:2] == ["Error", "survey"] and row[2] == "4" and "nobody" in row[4]
    dialog.table.selected.emit("e0")
    assert "nobody" in dialog.full.text()
    written(tmp_path, GOOD.replace("VERSION", "1"))
    stage.click(dialog.again)
    assert dialog.accept_button.isEnabled() and not dialog.table.isVisible()


def test_a_version_that_is_taken_is_said_before_publishing_and_refused_when_tried(
    stage: Any, office: Office, supervisor: Actor, tmp_path: Path
) -> None:
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=FormAbout.ALONE))
    page = opened(stage, supervisor)
    dialog = checked(stage, page, written(tmp_path, GOOD.replace("VERSION", "1")))
    assert "Version 1 is in use already." in dialog.banner.text()
    publish(stage, dialog, FormAbout.ALONE)
    assert "Version 1 of this form is already published" in texts(dialog.findChildren(PublishDialog)[0])
    assert len(office.found(FormVersion)) == 1


def test_a_hostile_workbook_is_refused_with_a_sentence(
    stage: Any, office: Office, supervisor: Actor, tmp_path: Path
) -> None:
    page = opened(stage, supervisor)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 120_000_000)
    dialog = checked(stage, page, bomb)
    assert not dialog.accept_button.isEnabled() and "error" in dialog.banner.text()
    assert cells(dialog.table)[0][4]
    nothing = checked(stage, page, tmp_path / "gone.xlsx")
    assert "The file cannot be read." in texts(nothing)
    assert office.found(FormVersion) == []


def test_lists_are_added_by_their_file_name(stage: Any, supervisor: Actor, tmp_path: Path) -> None:
    page = opened(stage, supervisor)
    asks = GOOD.replace("VERSION", "1").replace("select_one yn | stay", "select_one_from_file towns.csv | stay")
    dialog = checked(stage, page, written(tmp_path, asks))
    assert any("towns.csv" in row[4] for row in cells(dialog.table))
    dialog.add_lists([written(tmp_path, "name,label\nyes,Milton\n", "towns.csv")])
    stage.settle()
    assert not dialog.table.isVisible() and dialog.report is not None
    assert dialog.report.attachments == {"towns.csv": b"name,label\nyes,Milton\n"}


def test_a_form_is_read_through_in_both_languages(stage: Any, supervisor: Actor, tmp_path: Path) -> None:
    page = opened(stage, supervisor)
    dialog = checked(stage, page, written(tmp_path, GOOD.replace("VERSION", "1")))
    stage.click(dialog.read)
    (outline,) = dialog.findChildren(OutlineDialog)
    rows = cells(outline.table)
    assert rows[0] == ["Who came", "Qui est venu", "Text"]
    assert rows[1] == ["Did they stay?", "Est-ce que la personne est restée?", "One of 2"]
    outline.table.selected.emit("2")
    assert "Asked only if “Did they stay?” is “Yes”." in texts(outline)


def test_a_shipped_form_is_read_through_and_printed_blank(stage: Any, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    choose(stage, page, "village_booking")
    stage.click(stage.find(page, "authoring.read"))
    stage.settle()
    (outline,) = page.findChildren(OutlineDialog)
    assert len(cells(outline.table)) > 20
    outline.reject()
    stage.click(stage.find(page, "authoring.blank"))
    title = "Children’s Safety Village: booking request"
    assert stage.previews == [("FORM:village_booking", {"title": title})]


def test_retiring_asks_why_and_can_be_taken_back(stage: Any, office: Office, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    choose(stage, page, "community_issue")
    stage.click(stage.find(page, "authoring.retire"))
    (dialog,) = page.findChildren(RetireDialog)
    stage.click(dialog.accept_button)
    assert "Say why" in texts(dialog)
    dialog.reason.set_value("The city asks it now")
    stage.click(dialog.accept_button)
    assert "Retired" in texts(page) and "The city asks it now" in texts(page)
    assert [row[2] for row in cells(page.table) if row[0].startswith("Community")] == ["Retired"]
    stage.click(stage.find(page, "authoring.reinstate"))
    assert [row[2] for row in cells(page.table) if row[0].startswith("Community")] == ["Came with Haven"]


def test_a_form_is_saved_again_as_it_was_brought(
    stage: Any, office: Office, supervisor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = forms.PublishForm(xml=visit(), about=FormAbout.ALONE, workbook=b"the workbook", workbook_name="v.xlsx")
    office.do(supervisor, forms.publish_form, command)
    page = opened(stage, supervisor)
    monkeypatch.setattr(
        "app.views.authoring.page.ask_where_to_save", lambda _parent, name, done, _title: done(tmp_path / name)
    )
    choose(stage, page, "visit")
    stage.click(stage.find(page, "authoring.workbook.1"))
    stage.click(stage.find(page, "authoring.xform.1"))
    choose(stage, page, "community_issue")
    stage.click(stage.find(page, "authoring.workbook"))
    assert (tmp_path / "v.xlsx").read_bytes() == b"the workbook"
    assert (tmp_path / "visit.xml").read_bytes() == visit()
    assert (tmp_path / "community_issue.md").read_bytes() == shipped.shipped()[1].file.read_bytes()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem):
        write_whole(tmp_path / "no folder" / "form.xml", b"x")
    assert list(tmp_path.iterdir()) == []


def test_the_page_is_for_those_who_publish() -> None:
    assert PROGRAMME.pages[0].roles == {Role.SUP, Role.ADM}
