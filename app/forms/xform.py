"""The head of an XForm: primary instance, binds, languages and actions (ODK XForms: Instance, Bindings, Languages)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.forms import body, external
from app.forms.data import NONE, Action, Bind, FormData, Label, Place, Seed, Table, Text
from app.forms.problems import Finding, FormRefused, refuse
from app.forms.problems import Place as Where
from app.forms.reading import (
    ENTITIES,
    JAVAROSA,
    ODK,
    OPENROSA,
    Element,
    Interned,
    attribute,
    child,
    children,
    local,
    namespace,
    parse_xml,
)
from app.words import mark

NOT_A_FORM = mark("The file is not an XForm: it has no {part}.")
NO_SUCH_NODE = mark("The form speaks of “{path}”, which is not in it.")
UNKNOWN_TYPE = mark("The question type “{type}” is not supported.")
ENTITIES_UNSUPPORTED = mark("Entities (the sheet “entities”, the column “save_to”) are not supported.")
ACTION_UNSUPPORTED = mark("The action “{name}” is not supported.")
EVENT_UNSUPPORTED = mark("The event “{name}” is not supported.")
PRELOAD_UNSUPPORTED = mark("The automatic value “{name}” is not supported.")
NO_LOCATION = mark("The place is not recorded by itself (“{name}”): the answer stays empty.")
NO_RECORDING = mark("Sound is not recorded in the background (“{name}”): the answer stays empty.")
NO_AUDIT = mark("The log of how the form was filled in (“audit”) is not written: the answer stays empty.")
NO_ENCRYPTION = mark(
    "Forms that are encrypted with a key of their own (“public_key”) are not supported; "
    "Haven encrypts every answer itself."
)
SERVER_UNUSED = mark("The form names a server of its own (“submission_url”); Haven does not send answers there.")

TYPES = {
    "string": "string", "int": "int", "integer": "int", "boolean": "boolean", "decimal": "decimal", "double": "decimal",
    "float": "decimal", "date": "date", "time": "time", "dateTime": "dateTime", "geopoint": "geopoint",
    "geotrace": "geotrace", "geoshape": "geoshape", "binary": "binary", "barcode": "barcode", "intent": "intent",
    "select": "select", "select1": "select1", "rank": "rank",
}  # fmt: skip
EVENTS = {
    "odk-instance-first-load": "first-load", "xforms-ready": "first-load", "odk-new-repeat": "new-repeat",
    "xforms-value-changed": "value-changed", "odk-instance-load": "load",
}  # fmt: skip
PRELOADS = frozenset({"uid", "timestamp", "date", "property"})
_COLUMNS = {"calculate": "calculation", "relevant": "relevant", "required": "required", "readonly": "readonly",
            "constraint": "constraint"}  # fmt: skip


class Reader:
    """Reads one form; `findings` gathers every reason to refuse it, `warnings` what is left aside."""

    def __init__(self, data: bytes, attachments: Mapping[str, bytes]) -> None:
        self.html = parse_xml(data)
        self.attachments = attachments
        self.interned = Interned()
        self.findings: list[Finding] = self.interned.findings
        self.warnings: list[Finding] = []
        self.places: list[Place] = []
        self.paths: dict[str, int] = {}
        self._kids: list[dict[str, int]] = []
        self._bind_ids: dict[str, str] = {}

    def read(self) -> FormData:
        """The form. Raises FormRefused with every finding."""
        head, body_element = _part(self.html, "head"), _part(self.html, "body")
        model = _part(head, "model")
        instances = list(children(model, "instance"))
        if not instances or not list(children(instances[0])):
            raise refuse(NOT_A_FORM, part="instance")
        root = next(children(instances[0]))
        self._forbid_entities(model, root)
        seed = self._structure(root)
        itext = self._itext(child(model, "itext"))
        languages = tuple(itext)
        tables = tuple(self._tables(instances[1:]))
        binds = tuple(self._binds(model))
        actions = [*self._actions(model, NONE)]
        reader = body.BodyReader(self)
        controls = reader.controls(body_element, "")
        actions += reader.actions
        for place in reader.repeats:
            self.places[place] = _repeating(self.places[place])
        known = {table.name for table in tables}
        tables += tuple(external.itemsets(self, [name for name in reader.queried if name not in known]))
        if self.findings:
            raise FormRefused(self.findings)
        title = child(head, "title")
        return FormData(
            id=root.get("id") or namespace(root) or local(root),
            version=attribute(root, "version", "", OPENROSA),
            title=(title.text or "").strip() if title is not None else "",
            languages=languages,
            default_language=self._default_language(child(model, "itext"), languages),
            root_attributes=_attributes(root),
            namespaces=_namespaces(self.html),
            places=tuple(self.places),
            seed=seed,
            binds=binds,
            body=tuple(controls),
            actions=tuple(actions),
            tables=tables,
            expressions=tuple(self.interned.trees),
            sources=tuple(self.interned.sources),
            itext=itext,
            style=body_element.get("class") or "",
        )

    def refused(self, text: str, where: str = "", column: str = "", /, **values: str) -> None:
        """Note a reason to refuse the form."""
        self.findings.append(Finding(text, values, Where(path=where, column=column)))

    def warned(self, text: str, where: str = "", column: str = "", /, **values: str) -> None:
        """Note something that is left aside."""
        self.warnings.append(Finding(text, values, Where(path=where, column=column)))

    def place(self, path: str, column: str = "") -> int:
        """The index of a path; NONE, and a finding, when it is not in the form."""
        found = self.paths.get(path)
        if found is None:
            found = self.paths.get(_without_prefixes(path))
        if found is None:
            self.refused(NO_SUCH_NODE, path, column, path=path)
            return NONE
        return found

    def resolved(self, reference: str, context: str) -> str:
        """The absolute path of a `ref` or `nodeset`, relative ones from the group around it."""
        reference = reference.strip()
        if reference.startswith("/"):
            return reference
        parts = context.split("/")
        for step in reference.split("/"):
            if step == "..":
                parts.pop()
            elif step not in (".", "", "current()"):
                parts.append(step)
        return "/".join(parts)

    def bound(self, element: Element, context: str) -> str:
        """The path that an element of the body is about, by `ref`, `nodeset` or the id of a bind."""
        reference = element.get("ref") or element.get("nodeset")
        if reference is not None:
            return self.resolved(reference, context)
        return self._bind_ids.get(element.get("bind") or "", "")

    # The primary instance

    def _structure(self, root: Element) -> Seed:
        index = self._add(root, NONE, "")
        return self._seed(root, index, f"/{_name(root)}")

    def _add(self, element: Element, parent: int, path: str) -> int:
        name = _name(element)
        here = f"{path}/{name}"
        leaf = not list(children(element))
        default = (element.text or "").strip() if leaf else ""
        attributes = _attributes(element) if parent != NONE else {}
        self.places.append(Place(name, parent, False, default, attributes, _is_template(element)))
        index = len(self.places) - 1
        self._kids.append({})
        self.paths[here] = index
        self.paths.setdefault(_without_prefixes(here), index)
        if parent != NONE:
            self._kids[parent][name] = index
        self._add_kids(element, index, here)
        return index

    def _add_kids(self, element: Element, index: int, path: str) -> None:
        # A template says what a new instance is like, so it is read before the instances beside it.
        templates = {_name(kid): kid for kid in children(element) if _is_template(kid)}
        for kid in children(element):
            name = _name(kid)
            known = self._kids[index].get(name)
            if known is None:
                known = self._add(templates.get(name, kid), index, path)
            self._add_kids(kid, known, f"{path}/{name}")

    def _seed(self, element: Element, index: int, path: str) -> Seed:
        kids = []
        for kid in children(element):
            if _is_template(kid):
                continue
            place = self._kids[index][_name(kid)]
            kids.append(self._seed(kid, place, f"{path}/{_name(kid)}"))
        value = "" if kids or self._kids[index] else (element.text or "").strip()
        return Seed(index, value, _attributes(element), tuple(kids))

    # Binds

    def _binds(self, model: Element) -> Iterator[Bind]:
        seen: dict[int, Bind] = {}
        for element in children(model, "bind"):
            path = (element.get("nodeset") or element.get("ref") or "").strip()
            if element.get("id"):
                self._bind_ids[element.get("id") or ""] = path
            place = self.place(path)
            if place != NONE:
                seen[place] = self._bind(element, place, path)
        yield from seen.values()

    def _bind(self, element: Element, place: int, path: str) -> Bind:
        written = element.get("type") or "string"
        kind = TYPES.get(written.rpartition(":")[2])
        if kind is None:
            self.refused(UNKNOWN_TYPE, path, "type", type=written)
        preload = attribute(element, "preload", JAVAROSA)
        if preload and preload not in PRELOADS:
            self.refused(PRELOAD_UNSUPPORTED, path, "type", name=preload)
        if path.endswith("/meta/audit"):
            self.warned(NO_AUDIT, path)
        rules = {
            name: self.interned.expression(element.get(name) or "", path, column) for name, column in _COLUMNS.items()
        }
        return Bind(
            place=place,
            type=kind or "string",
            required_message=self._message(attribute(element, "requiredMsg", JAVAROSA)),
            constraint_message=self._message(attribute(element, "constraintMsg", JAVAROSA)),
            preload=preload,
            preload_parameter=attribute(element, "preloadParams", JAVAROSA),
            attributes={
                str(name).rpartition("}")[2]: str(value)
                for name, value in element.attrib.items()
                if str(name).startswith((f"{{{ODK}}}", f"{{{OPENROSA}}}"))
            },
            **rules,
        )

    def _message(self, written: str) -> Label | None:
        if not written:
            return None
        identifier = body.itext_id(written)
        return Label(identifier) if identifier else Label("", (written,))

    # Languages, lists, actions

    def _itext(self, element: Element | None) -> dict[str, dict[str, dict[str, Text]]]:
        found: dict[str, dict[str, dict[str, Text]]] = {}
        for translation in children(element, "translation") if element is not None else ():
            texts = found.setdefault(translation.get("lang") or "default", {})
            for text in children(translation, "text"):
                identifier = text.get("id") or ""
                path = identifier.rpartition(":")[0]
                forms = texts.setdefault(identifier, {})
                for value in children(text, "value"):
                    forms[value.get("form") or ""] = self.interned.text(value, path)
        return found

    def _default_language(self, element: Element | None, languages: tuple[str, ...]) -> str:
        for translation in children(element, "translation") if element is not None else ():
            if (translation.get("default") or "") in ("true()", "true", "", "yes") and "default" in translation.attrib:
                return translation.get("lang") or "default"
        return languages[0] if languages else ""

    def _tables(self, elements: list[Element]) -> Iterator[Table]:
        for element in elements:
            yield external.table(self, element)

    def _actions(self, model: Element, home: int) -> Iterator[Action]:
        for element in children(model):
            found = self.action(element, home, "")
            if found is not None:
                yield found
            elif local(element) == "submission":
                self._submission(element)

    def _submission(self, element: Element) -> None:
        if element.get("base64RsaPublicKey"):
            self.findings.append(Finding(NO_ENCRYPTION, {}, Where(sheet="settings", column="public_key")))
        elif element.get("action"):
            self.warned(SERVER_UNUSED)

    def action(self, element: Element, home: int, context: str) -> Action | None:
        """The action that an element is, if it is one."""
        name = local(element)
        if name not in ("setvalue", "setgeopoint", "recordaudio") and "event" not in element.attrib:
            return None
        if name == "recordaudio":
            self.warned(NO_RECORDING, element.get("ref") or "", name=element.get("ref") or "")
            return None
        if name not in ("setvalue", "setgeopoint"):
            self.refused(ACTION_UNSUPPORTED, name=name)
            return None
        path = self.bound(element, context)
        events = self._events(element, path)
        target = self.place(path)
        if name == "setgeopoint":
            self.warned(NO_LOCATION, path, name=path.rpartition("/")[2])
            return Action(events, target, home)
        value = self.interned.expression(element.get("value") or "", path, "default")
        return Action(events, target, home, value, "" if "value" in element.attrib else (element.text or "").strip())

    def _events(self, element: Element, path: str) -> tuple[str, ...]:
        found = []
        for name in (element.get("event") or "").split():
            event = EVENTS.get(name)
            if event is None:
                self.refused(EVENT_UNSUPPORTED, path, name=name)
            else:
                found.append(event)
        return tuple(found)

    def _forbid_entities(self, model: Element, root: Element) -> None:
        meta = next((kid for kid in children(root) if local(kid) == "meta"), None)
        entity = meta is not None and child(meta, "entity") is not None
        saved = any(ENTITIES in str(name) for bind in children(model, "bind") for name in bind.attrib)
        if entity or saved:
            raise refuse(ENTITIES_UNSUPPORTED, place=Where(sheet="entities" if entity else "survey"))


def _repeating(place: Place) -> Place:
    """The same place, as one that repeats."""
    return Place(place.name, place.parent, True, place.default, place.attributes, place.bare)


def _part(element: Element, name: str) -> Element:
    found = child(element, name)
    if found is None:
        raise refuse(NOT_A_FORM, part=name)
    return found


def _name(element: Element) -> str:
    return f"{element.prefix}:{local(element)}" if element.prefix else local(element)


def _without_prefixes(path: str) -> str:
    return "/".join(step.rpartition(":")[2] for step in path.split("/"))


def _is_template(element: Element) -> bool:
    return element.get(f"{{{JAVAROSA}}}template") is not None


def _attributes(element: Element) -> dict[str, str]:
    """Attributes with their prefix as written, without those that only the engine uses."""
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    found = {}
    for name, value in element.attrib.items():
        space, _, bare = str(name).rpartition("}")
        if space == f"{{{JAVAROSA}":
            continue
        prefix = prefixes.get(space[1:]) if space else None
        found[f"{prefix}:{bare}" if prefix else bare] = str(value)
    return found


def _namespaces(html: Element) -> dict[str, str]:
    return {prefix: uri for prefix, uri in html.nsmap.items() if prefix}
