"""From a path with positions to the node that stands there."""

from __future__ import annotations

import re

from app.errors import NotFound
from app.forms.tree import Node, Spec
from app.forms.xpath.routes import all_targets
from app.words import mark

NOT_THERE = mark("There is no such question in this form.")
_STEP = re.compile(r"([^\[\]/]+)(?:\[([0-9]{1,6})\])?\Z")


class Locator:
    """Finds nodes of one tree."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def node(self, path: str) -> Node:
        """The node at a path; a repeat without a position is its first. Raises NotFound."""
        steps = self._steps(path)
        node = self._root
        for name, number in steps[1:]:
            spec = self._child(node.spec, name, path)
            instances = node.instances(spec.slot)
            at = 0 if number is None else number - 1
            if not 0 <= at < len(instances) or (number is not None and number > 1 and not spec.repeat):
                raise NotFound(NOT_THERE, field=path)
            node = instances[at]
        return node

    def repeat(self, path: str) -> tuple[Node, Spec, int | None]:
        """The node around a repeat, the repeat, and the number that the path names."""
        steps = self._steps(path)
        if len(steps) < 2:
            raise NotFound(NOT_THERE, field=path)
        above = path.strip().rstrip("/").rpartition("/")[0]
        parent = self.node(above)
        name, number = steps[-1]
        return parent, self._child(parent.spec, name, path), number

    def every(self, spec: Spec) -> list[Node]:
        """All nodes of a place."""
        return all_targets(self._root, spec.chain[1:])

    def _steps(self, path: str) -> list[tuple[str, int | None]]:
        parts = path.strip().strip("/").split("/")
        steps: list[tuple[str, int | None]] = []
        for part in parts:
            hit = _STEP.match(part)
            if hit is None:
                raise NotFound(NOT_THERE, field=path)
            steps.append((hit.group(1), int(hit.group(2)) if hit.group(2) else None))
        if steps[0][0] != self._root.spec.name:
            raise NotFound(NOT_THERE, field=path)
        return steps

    @staticmethod
    def _child(spec: Spec, name: str, path: str) -> Spec:
        found = spec.child(name)
        if found is None:
            raise NotFound(NOT_THERE, field=path)
        return found
