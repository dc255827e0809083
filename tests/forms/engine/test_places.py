"""Which nodes a path means: relative and absolute, in and out of repeats, with predicates, in lists."""

from __future__ import annotations

import pytest

from app.forms.definition import load
from app.forms.problems import FormRefused
from tests.forms.engine.written import bind, opened, result, value, xform

_REPEAT = "<r><x>1</x><y/></r><r><x>2</x><y/></r><r><x>3</x><y/></r><out/>"
_BODY = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group>'


def _inside(expression: str) -> list[str]:
    """What a calculation in each of three instances of a repeat gives."""
    session = opened(xform(_REPEAT, binds=bind("r/y", calculate=expression), body=_BODY))
    return [value(session, f"r[{number}]/y") for number in (1, 2, 3)]


def _outside(expression: str) -> str:
    return value(opened(xform(_REPEAT, binds=bind("out", calculate=expression), body=_BODY)), "out")


def test_relative_paths_stay_in_their_instance() -> None:
    assert _inside("../x * 10") == ["10", "20", "30"]
    assert _inside("./../x") == ["1", "2", "3"]
    assert _inside("../y/../x") == ["1", "2", "3"]
    assert _inside("../x/../../r[2]/x") == ["2", "2", "2"]
    assert _inside("parent::r/x") == ["1", "2", "3"]
    assert _inside("count(parent::q/x)") == ["0", "0", "0"]


def test_absolute_paths_through_the_own_repeat_mean_the_own_instance() -> None:
    assert _inside("/data/r/x * 10") == ["10", "20", "30"]
    assert _inside("sum(/data/r/x)") == ["1", "2", "3"]


def test_the_repeat_itself_means_all_its_instances() -> None:
    assert _inside("count(/data/r)") == ["3", "3", "3"]
    assert _inside("count(../../r)") == ["3", "3", "3"]
    assert _inside("sum(../../r/x)") == ["6", "6", "6"]


def test_from_outside_a_path_means_every_instance() -> None:
    assert _outside("sum(/data/r/x)") == "6"
    assert _outside("count(/data/r)") == "3"
    assert _outside("count-non-empty(/data/r/y)") == "0"
    assert _outside("max(/data/r/x)") == "3"
    assert _outside("min(/data/r/x)") == "1"
    assert _outside("join(', ', /data/r/x)") == "1, 2, 3"
    assert _outside("concat(/data/r/x)") == "123"
    assert _outside("sum(//x)") == "6"
    assert _outside("count(/data/r/*)") == "6"
    assert _outside("/data/r/x") == "1"  # the text of many nodes is that of the first


def test_positions_count_from_one() -> None:
    assert _inside("position(..)") == ["1", "2", "3"]
    assert _inside("../../r[position() = position(current()/..) - 1]/x") == ["", "1", "2"]
    assert _inside("position()") == ["1", "1", "1"]


def test_predicates_choose_among_instances() -> None:
    assert _outside("/data/r[2]/x") == "2"
    assert _outside("/data/r[x = 3]/x") == "3"
    assert _outside("/data/r[last()]/x") == "3"
    assert _outside("count(/data/r[x > 1])") == "2"
    assert _outside("/data/r[x > 1][1]/x") == "2"
    assert _outside("count(/data/r[x > /data/r[1]/x])") == "2"
    assert _outside("(/data/r/x)[2]") == "2"
    assert _outside("sum(/data/r/x[. > 1])") == "5"
    assert _outside("count(/data/r/x | /data/r[1]/x | /data/r/y)") == "6"


def test_indexed_repeat_is_the_value_in_the_instance_of_that_number() -> None:
    assert _outside("indexed-repeat(/data/r/x, /data/r, 2)") == "2"
    assert _outside("indexed-repeat(/data/r/x, /data/r, 9)") == ""
    assert _inside("indexed-repeat(/data/r/x, /data/r, position(..) - 1)") == ["", "1", "2"]


def test_indexed_repeat_goes_three_repeats_deep() -> None:
    inner = "<c><v>{}</v></c>"
    instance = "".join(
        f"<a><b>{inner.format(f'{a}1')}{inner.format(f'{a}2')}</b></a>" for a in (1, 2)
    )  # fmt: skip
    body = """<repeat nodeset="/data/a"><repeat nodeset="/data/a/b"><repeat nodeset="/data/a/b/c">
      <input ref="/data/a/b/c/v"/></repeat></repeat></repeat>"""
    rule = "indexed-repeat(/data/a/b/c/v, /data/a, 2, /data/a/b, 1, /data/a/b/c, 2)"
    assert value(opened(xform(instance + "<out/>", binds=bind("out", calculate=rule), body=body)), "out") == "22"


def test_comparing_many_nodes_is_true_for_any_of_them() -> None:
    assert _outside("/data/r/x = 2") == "true"
    assert _outside("/data/r/x = '2'") == "true"
    assert _outside("/data/r/x != 2") == "true"
    assert _outside("/data/r/x > 3") == "false"
    assert _outside("/data/r/x = /data/r[3]/x") == "true"


_TOWNS = """<instance id="towns"><root>
<item><name>a</name><label>Ajax</label><of>1</of></item>
<item><name>b</name><label>Barrie</label><of>2</of></item>
<item><name>c</name><label>Cornwall</label><of>2</of></item></root></instance>"""


def _looked_up(expression: str, chosen: str = "2") -> str:
    form = xform(f"<q>{chosen}</q><r/>", binds=bind("r", calculate=expression), more=_TOWNS)
    return value(opened(form), "r")


def test_lists_are_looked_up() -> None:
    assert _looked_up("instance('towns')/root/item[name = 'b']/label") == "Barrie"
    assert _looked_up("instance('towns')/root/item[of = /data/q]/label") == "Barrie"
    assert _looked_up("instance('towns')/root/item[of = current()/../q][2]/label") == "Cornwall"
    assert _looked_up("count(instance('towns')/root/item[of = /data/q])") == "2"
    assert _looked_up("count(instance('towns')/root/item[number(of) = /data/q])") == "2"
    assert _looked_up("count(instance('towns')/root/item[of > 1 and name != 'c'])") == "1"
    assert _looked_up("instance('towns')/root/item[position() = 3]/name") == "c"
    assert _looked_up("instance('towns')/root/item[* = 'Barrie']/name") == "b"
    assert _looked_up("instance('towns')/root/item[name = 'z']/label") == ""
    assert _looked_up("instance('towns')/item[1]/name") == "a"  # the root's name may be left out
    assert _looked_up("join(' ', instance('towns')/root/item/name)") == "a b c"
    assert _looked_up("instance('towns')/root/item[../item/name = 'a'][1]/name") == "a"
    assert _looked_up("pulldata('towns', 'label', 'name', 'c')") == "Cornwall"
    assert _looked_up("pulldata('towns', 'label', 'name', 'z')") == ""


def test_an_index_compares_as_text_only_when_the_value_is_text() -> None:
    assert _looked_up("count(instance('towns')/root/item[of = 2.0])") == "2"
    assert _looked_up("count(instance('towns')/root/item[of = '2.0'])") == "0"


def test_a_shuffle_with_a_seed_is_that_of_the_specification() -> None:
    # The minimal standard generator from seed 42 gives 705894, 1126542223, 1579310009, ...; the places that follow are
    # worked out by hand in docs/decisions/0015-the-forms-engine.md.
    letters = "".join(f"<item><name>{letter}</name></item>" for letter in "ABCDEF")
    more = f'<instance id="l"><root>{letters}</root></instance>'
    rule = "join('', randomize(instance('l')/root/item/name, {}))"
    for seed, order in (("42", "AFCBDE"), ("-42", "EDAFBC"), ("1", "BFEACD"), ("11111111", "ACDBFE")):
        form = xform("<r/>", binds=bind("r", calculate=rule.format(seed)), more=more)
        assert value(opened(form), "r") == order


def test_a_shuffle_without_a_seed_stays_as_it_is_for_a_session() -> None:
    letters = "".join(f"<item><name>{letter}</name></item>" for letter in "ABCDEFGH")
    more = f'<instance id="l"><root>{letters}</root></instance>'
    form = xform("<r/>", binds=bind("r", calculate="join('', randomize(instance('l')/root/item/name))"), more=more)
    first, second, other = (value(opened(form, seed=seed), "r") for seed in (1, 1, 2))
    assert first == second != other
    assert sorted(first) == list("ABCDEFGH")


def test_once_keeps_what_it_found() -> None:
    session = opened(xform("<q/><r/>", binds=bind("r", calculate="once(/data/q)"), body='<input ref="/data/q"/>'))
    session.set("/data/q", "first")
    session.set("/data/q", "second")
    assert value(session, "r") == "first"


@pytest.mark.parametrize("path", ["/data/nowhere", "/other/x", "../../../x", "//z", "current()/../z"])
def test_a_path_to_nowhere_is_to_no_node_and_its_author_is_warned(path: str) -> None:
    definition = load(
        xform("<r/><s/>", binds=bind("r", calculate=f"count({path})") + bind("s", calculate=f"string({path})"))
    )
    assert (value(opened(definition), "r"), value(opened(definition), "s")) == ("0", "")
    assert [warning.place.path for warning in definition.warnings] == ["/data/r", "/data/s"]
    assert path.rpartition("/")[2] in definition.warnings[0].sentence


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("instance('none')/root/item", "none"),
        ("pulldata('none', 'a', 'b', 'c')", "none"),
        ("shout('x')", "shout"),
        ("concat()", "concat"),
        ("substr('x')", "substr"),
        ("count('x')", "count"),
        ("if(1, 2)", "if"),
        ("instance(/data/r)", "instance"),
        ("indexed-repeat(/data/r, /data/r, 1)", "indexed-repeat"),
        ("jr:choice-name('a', '/data/r')", "/data/r"),
    ],
)
def test_what_cannot_be_found_is_refused_by_name(expression: str, said: str) -> None:
    with pytest.raises(FormRefused) as refused:
        result(expression)
    assert said in refused.value.findings[0].sentence
    assert refused.value.findings[0].place.path == "/data/r"
    assert refused.value.findings[0].place.column == "calculation"


def test_a_path_that_means_too_much_of_the_form_is_refused() -> None:
    wide = "".join(f"<g{number}>{''.join(f'<x{at}/>' for at in range(150))}</g{number}>" for number in range(3))
    with pytest.raises(FormRefused) as refused:
        opened(xform(wide + "<r/>", binds=bind("r", calculate="count(//*/..//*)")))
    assert "20000" in refused.value.findings[0].sentence
