"""The trees that expressions walk: the specification of the primary instance, its nodes, and read-only lists."""

from __future__ import annotations

from collections.abc import Iterator

Kids = list["Node | list[Node]"]


class Spec:
    """One place of the primary instance as the form describes it; `slot` is its index among its parent's children."""

    __slots__ = ("_named", "chain", "default", "depth", "index", "kids", "name", "parent", "path", "repeat", "slot")

    def __init__(self, index: int, name: str, parent: Spec | None, *, repeat: bool, default: str) -> None:
        self.index = index
        self.name = name
        self.parent = parent
        self.repeat = repeat
        self.default = default
        self.kids: list[Spec] = []
        self._named: dict[str, Spec] = {}
        self.slot = 0
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.path: str = f"/{name}" if parent is None else f"{parent.path}/{name}"
        self.chain: tuple[Spec, ...] = (self,) if parent is None else (*parent.chain, self)
        if parent is not None:
            self.slot = len(parent.kids)
            parent.kids.append(self)
            parent._named[name] = self
            parent._named.setdefault(name.rpartition(":")[2], self)

    @property
    def leaf(self) -> bool:
        """Whether it holds a value and not other places."""
        return not self.kids

    def child(self, name: str) -> Spec | None:
        """The child of that name; a prefix may be left out."""
        found = self._named.get(name)
        return found if found is not None else self._named.get(name.rpartition(":")[2])

    def below(self) -> Iterator[Spec]:
        """This place and all below it, in document order."""
        yield self
        for kid in self.kids:
            yield from kid.below()


def named(name: str, wanted: str) -> bool:
    """Whether a name as written is the one that a step asks for."""
    return name == wanted or wanted == "*" or name.rpartition(":")[2] == wanted.rpartition(":")[2]


class Node:
    """One node of an answered form. `own` is its own relevance, `relevant` that of all above it too; `readonly` is its
    own, `locked` that of all above it too.

    `kids[slot]` is a node, or the list of instances where the place is a repeat. `valid` is the outcome of the
    constraint: None when it was not asked.
    """

    __slots__ = (
        "aside",
        "attributes",
        "kids",
        "own",
        "parent",
        "readonly",
        "relevant",
        "required",
        "spec",
        "valid",
        "value",
    )

    def __init__(self, spec: Spec, parent: Node | None) -> None:
        self.spec = spec
        self.parent = parent
        self.value = ""
        self.kids: Kids = []
        self.own = True
        self.relevant = True
        self.required = False
        self.readonly = False
        self.valid: bool | None = None
        self.attributes: dict[str, str] | None = None
        self.aside: dict[int, list[Node]] | None = None

    def instances(self, slot: int) -> list[Node]:
        """The instances of the repeat at `slot`."""
        found = self.kids[slot]
        return found if isinstance(found, list) else [found]

    @property
    def locked(self) -> bool:
        """Whether it is read-only itself or by anything above it (XForms 1.0, 6.1.2)."""
        here: Node | None = self
        while here is not None:
            if here.readonly:
                return True
            here = here.parent
        return False

    @property
    def position(self) -> int:
        """The place among the instances of its repeat, from 1; 1 for what does not repeat."""
        if not self.spec.repeat or self.parent is None:
            return 1
        return _index(self.parent.instances(self.spec.slot), self) + 1

    @property
    def path(self) -> str:
        """The absolute path with the position of every repeat on the way."""
        here = self.spec.name
        if self.spec.repeat and self.parent is not None:
            here = f"{here}[{self.position}]"
        return f"/{here}" if self.parent is None else f"{self.parent.path}/{here}"

    def below(self) -> Iterator[Node]:
        """This node and all below it, in document order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, list):
                for instance in kid:
                    yield from instance.below()
            else:
                yield from kid.below()

    def with_paths(self, path: str) -> Iterator[tuple[Node, str]]:
        """Every node below this one, which stands at `path`, with its path, in document order."""
        for kid in self.kids:
            if isinstance(kid, list):
                for position, instance in enumerate(kid, 1):
                    here = f"{path}/{instance.spec.name}[{position}]"
                    yield instance, here
                    yield from instance.with_paths(here)
            else:
                here = f"{path}/{kid.spec.name}"
                yield kid, here
                yield from kid.with_paths(here)

    @property
    def text(self) -> str:
        """XPath's string value: its own, or those of everything relevant below it."""
        if not self.kids:
            return self.value
        return "".join(node.value for node in self.below() if node.relevant)

    @property
    def is_container(self) -> bool:
        """Whether it holds other nodes."""
        return bool(self.kids)


def _index(nodes: list[Node], wanted: Node) -> int:
    try:
        return nodes.index(wanted)  # nodes are equal to themselves alone
    except ValueError:
        return 0


class Element:
    """One element of a list that the form looks things up in."""

    __slots__ = ("children", "indexes", "name", "parent", "value")

    relevant = True

    def __init__(self, name: str, value: str = "", parent: Element | None = None) -> None:
        self.name = name
        self.value = value
        self.parent = parent
        self.children: dict[str, list[Element]] = {}
        self.indexes: dict[tuple[str, str], dict[str, list[Element]]] | None = None

    def add(self, name: str, value: str = "") -> Element:
        """A new child at the end."""
        child = Element(name, value, self)
        self.children.setdefault(name, []).append(child)
        return child

    def named(self, name: str) -> list[Element]:
        """The children of a name, `*` for all."""
        if name == "*":
            return [child for found in self.children.values() for child in found]
        return self.children.get(name, [])

    def where(self, name: str, key: str, value: str) -> list[Element]:
        """The children of `name` of which a child `key` has the value; found through an index that is made once."""
        if self.indexes is None:
            self.indexes = {}
        index = self.indexes.get((name, key))
        if index is None:
            index = self.indexes[name, key] = {}
            for child in self.named(name):
                for found in {inner.value for inner in child.named(key)}:
                    index.setdefault(found, []).append(child)
        return index.get(value, [])

    @property
    def text(self) -> str:
        """XPath's string value."""
        if not self.children:
            return self.value
        return "".join(child.text for found in self.children.values() for child in found)

    @property
    def is_container(self) -> bool:
        """Whether it holds other elements."""
        return bool(self.children)

    @property
    def position(self) -> int:
        """The place among its siblings of the same name, from 1."""
        siblings = [] if self.parent is None else self.parent.named(self.name)
        return next((at for at, found in enumerate(siblings, 1) if found is self), 1)


Any = Node | Element
