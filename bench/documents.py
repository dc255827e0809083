"""A document from rows to PDF in the warm child process, as the preview waits for it (peers.md: at most 50 ms)."""

from __future__ import annotations

import statistics
import sys
from datetime import UTC, datetime

from app.documents.renderer import Renderer
from app.models.vocab import Audience
from app.queries.form_rows import Notice, PlanItem, PlanRows, PlanSection, PrintContext, Typed
from bench.figures import figure, seconds


def main() -> int:
    """Measure F-401 with every section filled."""
    renderer = Renderer([sys.executable, "-m", "app", "--child", "documents"])
    context = PrintContext(
        form_id="F-401",
        audience=Audience.CLIENT,
        printed_at=datetime(2026, 1, 31, 22, 10, tzinfo=UTC),
        unit_name="Example Unit",
        notice=Notice(version="1"),
    )
    items = [
        PlanItem(text=Typed(f"A made-up step number {number}, written out in one sentence.")) for number in range(4)
    ]
    rows = PlanRows(sections=[PlanSection(number=number, items=items) for number in range(1, 7)])
    try:
        renderer.render(context, rows)
        times = [seconds(lambda: renderer.render(context, rows)) * 1000 for _ in range(30)]
    finally:
        renderer.close()
    ok = figure("documents.safety_plan_ms", statistics.median(times), "ms", goal=50, of_ratio=False)
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
