"""Lists attached to a form as CSV, XML and GeoJSON, and the answers that were saved last."""

from __future__ import annotations

import pytest

from app.forms.definition import load
from app.forms.problems import FormRefused
from tests.forms.engine.written import bind, opened, value, xform


def _found(source: str, rule: str, **attachments: bytes) -> str:
    more = f'<instance id="l" src="{source}"/>'
    files = {name.replace("_", "."): data for name, data in attachments.items()}
    return value(opened(xform("<r/>", binds=bind("r", calculate=rule), more=more), attachments=files), "r")


_CSV = '\ufeffname,label,pop count\r\na,Ajax,\r\nb,"Barrie, Ontario",5\r\n\r\n'.encode()


def test_csv() -> None:
    source = "jr://file-csv/l.csv"
    assert _found(source, "instance('l')/root/item[name = 'b']/label", l_csv=_CSV) == "Barrie, Ontario"
    assert _found(source, "count(instance('l')/root/item)", l_csv=_CSV) == "2"
    assert _found(source, "instance('l')/root/item[2]/pop_count", l_csv=_CSV) == "5"
    assert _found(source, "pulldata('l', 'label', 'name', 'a')", l_csv=_CSV) == "Ajax"
    assert _found(source, "count(instance('l')/root/item)", l_csv=b"name;label\na;A\n") == "1"


def test_xml_of_any_structure() -> None:
    data = b"<town><house><rooms>3</rooms></house><house><rooms>5</rooms></house></town>"
    source = "jr://file/l.xml"
    assert _found(source, "count(instance('l')/town/house[rooms = 5])", l_xml=data) == "1"
    assert _found(source, "count(instance('l')/house[rooms = 5])", l_xml=data) == "1"


def test_geojson_is_written_as_odk_writes_places() -> None:
    data = b"""{"type": "FeatureCollection", "features": [
      {"type": "Feature", "id": "f1", "properties": {"title": "Hall", "beds": 4, "open": true, "note": null},
       "geometry": {"type": "Point", "coordinates": [-79.4, 43.7]}},
      {"type": "Feature", "properties": {"id": "f2", "title": "Road"},
       "geometry": {"type": "LineString", "coordinates": [[0, 1], [2, 3]]}},
      {"type": "Feature", "properties": {"id": "f3", "title": "Park"},
       "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}}]}"""
    source = "jr://file/l.geojson"
    rule = "instance('l')/root/item[id = '{}']/{}"
    assert _found(source, rule.format("f1", "geometry"), l_geojson=data) == "43.7 -79.4 0 0"
    assert _found(source, rule.format("f1", "open"), l_geojson=data) == "true"
    assert _found(source, rule.format("f1", "note"), l_geojson=data) == ""
    assert _found(source, rule.format("f2", "geometry"), l_geojson=data) == "1 0 0 0;3 2 0 0"
    assert _found(source, rule.format("f3", "geometry"), l_geojson=data).startswith("0 0 0 0;1 0 0 0;")


def test_what_was_saved_last() -> None:
    more = '<instance id="__last-saved" src="jr://instance/last-saved"/>'
    action = """<setvalue event="odk-instance-first-load" ref="/data/r" value="instance('__last-saved')/data/r"/>"""
    form = xform("<r/>", binds=bind("r") + action, more=more)
    assert value(opened(form), "r") == ""
    assert value(opened(form, attachments={"last-saved": b"<data id='written'><r>before</r></data>"}), "r") == "before"


def test_external_selects_choose_from_itemsets() -> None:
    body = """<input ref="/data/of"/>
    <input ref="/data/r" query="instance('towns')/root/item[of = /data/of]"><label>T</label></input>"""
    rows = b"list_name,name,label::English (en),of\ntowns,a,Ajax,1\ntowns,b,Barrie,2\nother,c,Cornwall,1\n"
    session = opened(xform("<of>1</of><r/>", body=body), attachments={"itemsets.csv": rows})
    assert session.node("/data/r").kind == "select1"
    assert [(choice.value, choice.label) for choice in session.choices("/data/r")] == [("a", "Ajax")]
    assert "/data/r" in session.set("/data/of", "2").paths
    assert [choice.value for choice in session.choices("/data/r")] == ["b"]
    assert "itemsets.csv" in load(xform("<of/><r/>", body=body)).warnings[0].sentence


def test_a_missing_list_is_empty_and_warned_of() -> None:
    more = '<instance id="l" src="jr://file-csv/l.csv"/>'
    form = load(xform("<r/>", binds=bind("r", calculate="count(instance('l')/root/item)"), more=more))
    assert value(opened(form), "r") == "0"
    assert "l.csv" in form.warnings[0].sentence


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("l.csv", b"\xff\xfe\x00bad"), ("l.csv", b'name\n"open'), ("l.xml", b"<a>"), ("l.geojson", b"[]"),
        ("l.geojson", b'{"type": "FeatureCollection"}'), ("l.geojson", b"{" * 100_000),
        ("l.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_refused_by_name(name: str, data: bytes) -> None:
    more = f'<instance id="l" src="jr://file/{name}"/>'
    with pytest.raises(FormRefused) as refused:
        load(xform("<r/>", more=more), {name: data})
    assert name in refused.value.findings[0].sentence
