"""A form that asks for a picture, a recording, a file and two signatures."""

from __future__ import annotations

HOME = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Home check</h:title><model>
<instance><data id="home_check" version="1"><door/><call/><report/><client/><witness/><note/></data></instance>
<bind nodeset="/data/door" type="binary" required="true()"/>
<bind nodeset="/data/call" type="binary"/>
<bind nodeset="/data/report" type="binary"/>
<bind nodeset="/data/client" type="binary"/>
<bind nodeset="/data/witness" type="binary"/>
<bind nodeset="/data/note" type="string"/>
</model></h:head><h:body>
<upload ref="/data/door" mediatype="image/*"><label>The door</label></upload>
<upload ref="/data/call" mediatype="audio/*"><label>The call</label></upload>
<upload ref="/data/report" mediatype="application/*"><label>The report</label></upload>
<upload ref="/data/client" mediatype="image/*" appearance="signature"><label>Signature of the client</label></upload>
<upload ref="/data/witness" mediatype="image/*" appearance="signature"><label>Signature of a witness</label></upload>
<input ref="/data/note"><label>Note</label></input>
</h:body></h:html>
"""


def home_check() -> bytes:
    """The XForm."""
    return HOME.encode()
