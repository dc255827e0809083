"""Takes the README's pictures anew from the demonstration: `xvfb-run -a .venv/bin/python -m tests.tour.pictures`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import text

from app import bootstrap, words
from app.models.vocab import Role
from app.profile import Profile
from app.queries import crisis
from app.views import style
from app.views.common.wording import use_language
from app.views.messages import Messages

OUT = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"


class Camera:
    """A house on the demonstration, and pictures of its window."""

    def __init__(self, app: QApplication, home: Path) -> None:
        self._app = app
        self.house: Any = bootstrap.open_house(
            bootstrap.RealDoors(Profile(home)).demonstration(), Profile(home), Messages(), lambda: None
        )
        self.window: Any = self.house.window
        self.window.resize(1366, 768)
        self.window.show()
        self.settle()

    def settle(self, seconds: float = 1.5) -> None:
        """Let everything arrive."""
        end = time.monotonic() + seconds
        while time.monotonic() < end or self.house.tasks.is_busy:
            self._app.processEvents()
            time.sleep(0.005)

    def take(self, name: str, window: QWidget | None = None) -> None:
        """Save one picture."""
        self.settle()
        (window or self.window).grab().save(str(OUT / f"{name}.png"))

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """Ask the vault."""
        return self.house.store.read(question)


def main() -> None:
    """Every picture that the README shows."""
    OUT.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    style.apply(app, "light", 1.0)
    with tempfile.TemporaryDirectory() as home:
        camera = Camera(app, Path(home))
        camera.take("today")
        plan_id, case_id = camera.ask(
            lambda session: session.execute(
                text(
                    "SELECT p.id, p.case_id FROM safety_plan p JOIN case_file c ON c.id = p.case_id "
                    "WHERE c.assigned_to = :me AND c.status = 'active' AND p.superseded_by IS NULL "
                    "AND p.copy_choice = 'full' ORDER BY p.id DESC LIMIT 1"
                ),
                {"me": camera.house.context.person.member_id},
            ).one()
        )
        camera.window.go("crisis.case", case_id=case_id)
        camera.take("case")
        requests = camera.ask(lambda session: crisis.open_requests(session, now=camera.house.vault.now()))
        camera.window.go("crisis.capture", request_id=requests[0].id)
        camera.take("capture")
        camera.window.go("safety.plan", case_id=case_id)
        camera.settle()
        camera.window.page("safety.plan").findChild(QWidget, "plan.section.during").click()
        camera.take("plan")
        _page(camera, plan_id)
        camera.house.act_as(Role.SUP)
        camera.window.go("supervision.caseload")
        camera.take("caseload")
        camera.house.act_as(Role.VSU)
        use_language("fr")
        style.apply(app, "dark", 1.0)
        camera.house.act_as(Role.VSU)
        camera.window.go("crisis.case", case_id=case_id)
        camera.take("night")
        camera.house.close()
    words.use("en")


def _page(camera: Camera, plan_id: str) -> None:
    camera.house.context.preview(camera.window, "F-401", record_id=plan_id)
    camera.settle(0.3)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    show = next(w for top in app.topLevelWidgets() for w in top.findChildren(QWidget, "print.show") if w.isVisible())
    show.click()  # type: ignore[attr-defined]
    camera.settle(2.5)
    for top in app.topLevelWidgets():
        if top.findChild(QWidget, "preview.save") is not None and top.isVisible() and top is not camera.window:
            top.resize(1366, 768)
            camera.settle(1.5)
            camera.take("preview", top)
            top.close()


if __name__ == "__main__":
    main()
