"""A made-up form of the size of the largest that are used in practice: 550 questions, 420 of them with relevance."""

from __future__ import annotations

import random

_IN_A_GROUP = 25
_LANGUAGES = ("English (en)", "Français (fr)")
_FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>Large</h:title><model>
<itext>{itext}</itext><instance><data id="large" version="1">{instance}<meta><instanceID/></meta></data></instance>
<instance id="yn"><root>{choices}</root></instance>{binds}
<bind nodeset="/data/meta/instanceID" jr:preload="uid"
type="string"/></model></h:head><h:body>{body}</h:body></h:html>"""
_ANSWERS = ("yes", "no", "dk")


def form(questions: int = 550, rules: int = 420, seed: int = 3) -> bytes:
    """The form as an XForm. The same seed makes the same form."""
    chance = random.Random(seed)
    instance, binds, body = [], [], []
    texts: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
    for group in range(questions // _IN_A_GROUP):
        names = range(group * _IN_A_GROUP, (group + 1) * _IN_A_GROUP)
        instance.append(f"<g{group}>{''.join(f'<q{number}/>' for number in names)}</g{group}>")
        body.append(f'<group ref="/data/g{group}" appearance="field-list"><label>Part {group}</label>')
        for number in names:
            binds.append(_bind(chance, number, rules))
            if number % 11 != 10:
                body.append(_question(number))
                for language, found in texts.items():
                    found.append(_label(number, language))
        body.append("</group>")
    for language, found in texts.items():
        found += [
            f'<text id="yn-{at}"><value>{answer} ({language})</value></text>' for at, answer in enumerate(_ANSWERS)
        ]
    return _FORM.format(
        itext="".join(f'<translation lang="{name}">{"".join(found)}</translation>' for name, found in texts.items()),
        instance="".join(instance),
        choices="".join(
            f"<item><itextId>yn-{at}</itextId><name>{answer}</name></item>" for at, answer in enumerate(_ANSWERS)
        ),
        binds="".join(binds),
        body="".join(body),
    ).encode()


def _path(number: int) -> str:
    return f"/data/g{number // _IN_A_GROUP}/q{number}"


def _bind(chance: random.Random, number: int, rules: int) -> str:
    relevant = ""
    if 0 < number <= rules:
        one, two = (_path(chance.randrange(max(0, number - 30), number)) for _ in range(2))
        relevant = f" relevant=\"{one} = 'yes' or ({two} != 'no' and {two} != 'dk')\""
    if number % 11 == 10:
        score = " + ".join(f"({_path(before)} = 'yes')" for before in range(max(0, number - 8), number))
        return f'<bind nodeset="{_path(number)}" type="string"{relevant} calculate="{score}"/>'
    return f'<bind nodeset="{_path(number)}" type="string"{relevant} required="true()"/>'


_SELECT = """<select1 ref="{path}"><label ref="jr:itext('{path}:label')"/>
<itemset nodeset="instance('yn')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>"""


def _question(number: int) -> str:
    return _SELECT.format(path=_path(number))


def _label(number: int, language: str) -> str:
    about = f' about <output value="{_path(number - 1)}"/>' if number % 5 == 1 else ""
    return f'<text id="{_path(number)}:label"><value>Question {number} in {language}{about}?</value></text>'
