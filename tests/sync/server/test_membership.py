"""Becoming a member, signing in, being revoked."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.sync import protocol as p
from app.sync.server import auth
from app.sync.server.clock import new_id
from tests.sync.server.harness import Device, Refused, Server, new_server


def test_a_code_enrols_one_device_once(server: Server, agency: str) -> None:
    person = server.add_person(agency, "Ann Example", ("SUP",), ("supervisors",))
    code = server.code(agency, person)
    device = Device(server.port)
    enrolled = device.enrol(code.lower().replace("-", " "))
    assert (enrolled.person_id, enrolled.roles, enrolled.groups) == (person, ["SUP"], ["supervisors"])
    assert enrolled.server_public == server.parts.identity.public
    with pytest.raises(Refused) as refused:
        Device(server.port).enrol(code)
    assert (refused.value.status, refused.value.code) == (403, "code_refused")


def test_the_same_request_again_gets_the_same_answer(server: Server, agency: str) -> None:
    """A device whose answer was lost on the way is not locked out."""
    device = Device(server.port)
    code = server.code(agency, server.add_person(agency, "Ann Example"))
    first, again = device.enrol(code), device.enrol(code)
    assert msgspec.structs.replace(again, server_time=first.server_time) == first
    device.sign_in()
    assert [item.kind for item in device.all_items()] == ["member"]


def test_a_wrong_or_expired_code_is_refused(server: Server, agency: str) -> None:
    person = server.add_person(agency, "Ann Example")
    for code in ("ABCD-ABCD-ABCD-ABCD-ABCD", server.code(agency, person, seconds=0)):
        with pytest.raises(Refused) as refused:
            Device(server.port).enrol(code)
        assert refused.value.code == "code_refused"


def test_enrolling_proves_the_signing_key(server: Server, agency: str) -> None:
    code = server.code(agency, server.add_person(agency, "Ann Example"))
    device, other = Device(server.port), Device(server.port)
    stolen = msgspec.structs.replace(device.enrolment(code), kem_public=other.kem_public)
    with pytest.raises(Refused) as refused:
        device.ask(p.Enrolled, "POST", "/v1/enrol", stolen)
    assert refused.value.code == "bad_signature"
    assert device.enrol(code)  # and the code was not used up by it


def test_a_device_id_cannot_be_taken_over(server: Server, agency: str) -> None:
    first = server.enrolled(agency)
    thief = Device(server.port, device_id=first.device_id)
    with pytest.raises(Refused) as refused:
        thief.enrol(server.code(agency, server.add_person(agency, "Bo Invented")))
    assert (refused.value.status, refused.value.code) == (409, "device_exists")


def test_a_nonce_signs_in_once(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    answered = device.answered(device.challenge())
    assert device.ask(p.Session, "POST", "/v1/session", answered).token
    with pytest.raises(Refused) as refused:
        device.ask(p.Session, "POST", "/v1/session", answered)
    assert (refused.value.status, refused.value.code) == (401, "sign_in_failed")


def test_a_nonce_serves_only_its_own_device_and_server(server: Server, agency: str) -> None:
    one, two = server.enrolled(agency), server.enrolled(agency)
    foreign = two.answered(one.challenge())
    challenge = one.challenge()
    content = p.sign_in_bytes(one.device_id, challenge.nonce, bytes(32))
    elsewhere = p.SignIn(one.device_id, challenge.nonce, one.key.sign(content))
    for wrong in (foreign, elsewhere):
        with pytest.raises(Refused) as refused:
            one.ask(p.Session, "POST", "/v1/session", wrong)
        assert refused.value.code == "sign_in_failed"


def test_an_unknown_device_learns_nothing(server: Server) -> None:
    stranger = Device(server.port)
    challenge = stranger.challenge()
    with pytest.raises(Refused) as refused:
        answer = p.SignIn(stranger.device_id, challenge.nonce, bytes(64))
        stranger.ask(p.Session, "POST", "/v1/session", answer)
    assert refused.value.code == "sign_in_failed"


@pytest.mark.parametrize("token", ["", "x" * 43, "é" * 43, "x" * 5000])
def test_without_a_right_token_nothing_is_answered(server: Server, agency: str, token: str) -> None:
    device = server.enrolled(agency)
    for method, path in (("GET", "/v1/feed"), ("GET", "/v1/heads"), ("GET", "/v1/envelopes")):
        status, _, body = device.raw(
            method, path, headers={"authorization": f"Bearer {token}".encode().decode("latin-1")}
        )
        assert (status, p.decode_problem(body).code) == (401, "not_signed_in")


def test_a_token_expires(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server", session_seconds=0)
    try:
        device = server.enrolled(server.add_agency())
        with pytest.raises(Refused) as refused:
            device.feed()
        assert refused.value.code == "not_signed_in"
    finally:
        server.stop()


def test_a_revoked_device_is_refused_at_its_next_request(server: Server, agency: str) -> None:
    device, other = server.enrolled(agency), server.enrolled(agency)
    scope = device.new_scope()
    server.revoke(agency, device.device_id)
    for ask in (device.feed, device.sign_in, lambda: device.send(device.segment(scope))):
        with pytest.raises(Refused) as refused:
            ask()
        assert (refused.value.status, refused.value.code) == (403, "revoked")
    members = [p.decode(p.Member, item.body) for item in other.all_items() if item.kind == "member"]
    assert [member.status for member in members if member.device_id == device.device_id] == ["active", "revoked"]


@pytest.mark.parametrize("path", ["/v1/push", "/v1/push?after=0", "/v1/chunks/missing", "/v1/numbers"])
def test_a_device_that_is_revoked_while_its_message_arrives_is_refused(
    server: Server, agency: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, other = server.enrolled(agency), server.enrolled(agency)
    scope, let_in, signed_in = device.new_scope(other.device_id), threading.Event(), auth.signed_in
    messages = {"/v1/chunks/missing": p.ChunksNamed([]), "/v1/numbers": p.NumbersAsked("ab" * 8, 2026, 10)}
    body = p.encode(messages.get(path, p.Push(segments=[device.segment(scope)])))

    def noticed(*asked: Any) -> auth.SignedIn:
        found = signed_in(*asked)
        let_in.set()
        return found

    monkeypatch.setattr(auth, "signed_in", noticed)
    device.connection.putrequest("POST", path)
    sent = {"authorization": f"Bearer {device.token}", "content-type": p.MEDIA_TYPE, "content-length": str(len(body))}
    for name, said in sent.items():
        device.connection.putheader(name, said)
    device.connection.endheaders(body[:1])
    assert let_in.wait(20)
    server.revoke(agency, device.device_id)
    device.connection.send(body[1:])
    response = device.connection.getresponse()
    assert (response.status, p.decode_problem(response.read()).code) == (403, "revoked")
    assert other.segments() == []


def test_one_agency_never_sees_another(server: Server, agency: str) -> None:
    here, there = server.enrolled(agency), server.enrolled(server.add_agency("Another Police Service"))
    scope = here.new_scope()
    here.send(here.segment(scope))
    assert {p.decode(p.Member, item.body).device_id for item in there.all_items()} == {there.device_id}
    with pytest.raises(Refused) as refused:
        there.ask(p.FeedPage, "GET", f"/v1/scopes/{scope}/segments")
    assert refused.value.code == "not_found"
    refusals = there.push(p.Push(envelopes=[there.envelope(scope, there.device_id)])).refusals
    assert [refusal.code for refusal in refusals] == ["unknown_scope"]


def test_tries_are_limited(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server", enrol_per_minute=3, sign_in_per_minute=2)
    try:
        device = Device(server.port)
        codes = []
        for _ in range(5):
            with pytest.raises(Refused) as refused:
                device.enrol("ABCD")
            codes.append(refused.value.code)
        assert codes == ["code_refused"] * 3 + ["too_many_requests"] * 2
        assert int(refused.value.headers["retry-after"]) > 0
        for _ in range(4):
            device.challenge()
        with pytest.raises(Refused) as refused:
            device.challenge()
        assert refused.value.status == 429
        assert Device(server.port, device_id=new_id()).challenge()
    finally:
        server.stop()
