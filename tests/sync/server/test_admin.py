"""The administrator's command, as a script would use it."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from app.sync.server.admin import main
from app.sync.server.members import _CODE_SIGNS
from app.sync.server.settings import Settings
from app.sync.server.signing import Identity, create_key_file
from tests.sync.server.harness import Device, Server

Capture = pytest.CaptureFixture[str]


class Command:
    """Runs the command on one folder and reads its JSON."""

    def __init__(self, folder: Path, capsys: Capture) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, *arguments: str) -> dict[str, Any]:
        assert main(["--json", "--data", str(self.folder), *arguments]) == 0, self.capsys.readouterr().err
        answer: dict[str, Any] = json.loads(self.capsys.readouterr().out.splitlines()[-1])
        return answer

    def refused(self, *arguments: str) -> str:
        """The one sentence of a command that fails."""
        assert main(["--data", str(self.folder), *arguments]) == 1
        return self.capsys.readouterr().err.strip()


@pytest.fixture
def run(tmp_path: Path, capsys: Capture) -> Command:
    """The command on a new server."""
    command = Command(tmp_path / "server", capsys)
    assert len(command("init")["server_public"]) == 64
    return command


def test_from_nothing_to_an_enrolled_and_revoked_device(run: Command, tmp_path: Path) -> None:
    recovery = tmp_path / "recovery.pub"
    recovery.write_bytes(base64.b64encode(bytes(range(250)) * 4) + b"\n")
    agency = run("agency", "add", "Lakeshore Police Service", "--recovery-key", str(recovery), "--lease-days", "9")
    person = run("person", "add", "Ann Example", "--role", "SUP", "--role", "VSU", "--group", "supervisors")[
        "person_id"
    ]
    code = run("enrol", person)["code"]
    server = Server(Settings(data=run.folder))
    try:
        device = Device(server.port)
        enrolled = device.enrol(code)
        assert (enrolled.agency_id, enrolled.roles) == (agency["agency_id"], ["SUP", "VSU"])
        assert enrolled.recovery_public == bytes(range(250)) * 4
        assert device.sign_in().lease_days == 9
        # The command works beside the running server.
        assert run("device", "list")["devices"][0]["device_id"] == device.device_id
        assert run("person", "change", person, "--group", "crisis")["changed"]
        assert run("person", "list")["persons"][0]["groups"] == ["crisis"]
        assert run("revoke", device.device_id)["revoked"]
        assert device.raw("GET", "/v1/feed")[0] == 403
        counts = run("stats")["agencies"][0]
        assert (counts["persons"], counts["devices"], counts["places"]) == (1, 1, 3)
        assert run("backup", str(tmp_path / "backup"))["bytes"] > 0
        assert run("verify") == {"sound": True, "faults": []}
    finally:
        server.stop()


def test_a_code_is_typable_and_kept_only_as_a_hash(run: Command) -> None:
    run("agency", "add", "Lakeshore Police Service")
    code = run("enrol", run("person", "add", "Ann Example")["person_id"])["code"]
    groups = code.split("-")
    assert [len(group) for group in groups] == [4] * 5
    assert set("".join(groups)) <= set(_CODE_SIGNS)
    server = Server(Settings(data=run.folder))
    try:
        with server.parts.store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM codes").all()
        assert code.replace("-", "") not in str(rows)
        assert 6.9 < (rows[0].expires_at / 1000 - time.time()) / 86_400 < 7.1
    finally:
        server.stop()


def test_errors_are_one_sentence(run: Command, tmp_path: Path) -> None:
    assert run.refused("init") == "There is a server in this folder already."
    assert run.refused("person", "add", "Ann Example") == "There is no such agency."
    run("agency", "add", "One")
    assert run.refused("enrol", "0" * 32) == "There is no such person."
    assert run.refused("revoke", "0" * 32) == "There is no such device."
    assert "form that the protocol allows" in run.refused("person", "add", "Ann Example", "--group", "No Spaces")
    assert "between 1 and 30" in run.refused("agency", "add", "Two", "--lease-days", "99")
    run("agency", "add", "Two")
    assert "name it with --agency" in run.refused("person", "add", "Ann Example")
    nowhere = Command(tmp_path / "nowhere", run.capsys)
    assert "store.key" in nowhere.refused("stats")


def test_plain_output_reads_well(run: Command) -> None:
    run("agency", "add", "Lakeshore Police Service")
    run("person", "add", "Ann Example", "--role", "SUP")
    assert main(["--data", str(run.folder), "person", "list"]) == 0
    assert "name=Ann Example  roles=['SUP']" in run.capsys.readouterr().out


def test_a_faulty_store_makes_verify_fail(run: Command) -> None:
    agency = run("agency", "add", "Lakeshore Police Service")["agency_id"]
    server = Server(Settings(data=run.folder))
    try:
        with server.parts.store.writing() as connection:
            connection.exec_driver_sql("UPDATE agencies SET last_place = 5")
    finally:
        server.stop()
    assert main(["--data", str(run.folder), "verify"]) == 1
    assert f"agency {agency}: the feed ends at 0, not at 5" in run.capsys.readouterr().out


def test_an_order_key_is_written_for_the_administrator_and_not_kept(run: Command, tmp_path: Path) -> None:
    key = tmp_path / "order.key"
    answer = run("agency", "add", "Lakeshore Police Service", "--order-key", str(key))
    assert answer["order_key"] == str(key) and len(key.read_bytes()) == 32
    private = key.read_bytes()
    assert all(private not in path.read_bytes() for path in run.folder.rglob("*") if path.is_file())
    assert "new file" in run.refused("agency", "add", "Another", "--order-key", str(key)), "never written over"
    assert "new file" in run.refused("agency", "add", "Another", "--order-key", str(tmp_path / "no" / "folder"))


def test_revoke_and_retire_with_the_order_key(run: Command, tmp_path: Path) -> None:
    key, other = tmp_path / "order.key", tmp_path / "other.key"
    run("agency", "add", "Lakeshore Police Service", "--order-key", str(key))
    create_key_file(other)
    person = run("person", "add", "Ann Example", "--role", "VSU")["person_id"]
    server = Server(Settings(data=run.folder))
    try:
        ids = []
        for _ in range(2):
            device = Device(server.port)
            enrolled = device.enrol(run("enrol", person)["code"])
            assert enrolled.order_public == Identity(key.read_bytes()).public
            ids.append(device.device_id)
        first, second = ids
        assert "order key" in run.refused("retire", first, "--order-key", str(other))
        assert "order key" in run.refused("revoke", first, "--order-key", str(other))
        assert {one["status"] for one in run("device", "list")["devices"]} == {"active"}, "all or nothing"
        assert run("retire", first, "--order-key", str(key)) == {"device_id": first, "retires": True}
        assert run("revoke", second, "--order-key", str(key))["erases_itself"] is True
        told = {one["device_id"]: (one["status"], one["wipe"]) for one in run("device", "list")["devices"]}
        assert told == {first: ("active", "ordered"), second: ("revoked", "ordered")}
        assert run.refused("retire", "ab" * 16, "--order-key", str(key))
        assert run.refused("retire", "no id", "--order-key", str(key))
    finally:
        server.stop()


def test_without_an_order_key_nothing_can_be_erased(run: Command, tmp_path: Path) -> None:
    key = tmp_path / "some.key"
    create_key_file(key)
    run("agency", "add", "Lakeshore Police Service")
    person = run("person", "add", "Ann Example", "--role", "VSU")["person_id"]
    server = Server(Settings(data=run.folder))
    try:
        device = Device(server.port)
        device.enrol(run("enrol", person)["code"])
        assert "no order key" in run.refused("revoke", device.device_id, "--order-key", str(key))
        assert run("revoke", device.device_id)["erases_itself"] is False
    finally:
        server.stop()


def test_where_people_sign_in_before_they_enrol(run: Command) -> None:
    agency = run("agency", "add", "Lakeshore Police Service")["agency_id"]
    person = run("person", "add", "Ann Example")["person_id"]
    issuer = "https://login.example.org/realm"
    said = run("agency", "change", "--oidc-issuer", issuer, "--oidc-client", "haven", "--oidc-claim", "upn")
    assert said == {"agency_id": agency, "oidc_issuer": issuer}
    assert run("person", "account", person, "ann@example.org")["account"] == "ann@example.org"
    assert [one["account"] for one in run("person", "list")["persons"]] == ["ann@example.org"]
    assert run("person", "account", person)["account"] == ""
    assert run("agency", "change", "--no-oidc")["oidc_issuer"] == ""
    for wrong in (
        ("http://login.example.org", "haven", "email"),
        ("file:///etc/hostname", "haven", "email"),
        ("https://", "haven", "email"),
        ("https://login.example.org/?x=1", "haven", "email"),
        (issuer, "", "email"),
    ):
        asked = ("agency", "change", "--oidc-issuer", wrong[0], "--oidc-client", wrong[1], "--oidc-claim", wrong[2])
        assert run.refused(*asked) == "The provider's address must begin with https://, and needs a client id."
    by = run.refused("agency", "change", "--oidc-issuer", issuer, "--oidc-client", "haven", "--oidc-claim", "name")
    assert by == "People can be named by email, preferred_username, upn, sub."
    assert run.refused("person", "account", "0" * 32, "x") == "There is no such person."


def test_a_head_is_printed_kept_and_proved_against(run: Command, tmp_path: Path) -> None:
    run("agency", "add", "Lakeshore Police Service")
    person = run("person", "add", "Ann Example")["person_id"]
    server = Server(Settings(data=run.folder))
    try:
        device = Device(server.port)
        device.enrol(run("enrol", person)["code"])
        kept = tmp_path / "head.json"
        head = run("head")
        assert (head["size"], len(head["root"]), len(head["signature"])) == (1, 64, 128)
        kept.write_text(json.dumps(head))
        run("revoke", device.device_id)
    finally:
        server.stop()
    assert run("head")["size"] == 2
    assert run("verify", "--against", str(kept)) == {"sound": True, "faults": []}
    assert main(["--data", str(run.folder), "head"]) == 0
    kept.write_text("Kept by A. Auditor\n" + run.capsys.readouterr().out)
    assert run("verify", "--against", str(kept))["sound"]
    kept.write_text(json.dumps({**head, "size": 2}))
    assert run.refused("verify", "--against", str(kept)).startswith("This head was not signed by this server")
    for nothing in ("no head", "[]", "{}", json.dumps({**head, "root": 7})):
        kept.write_text(nothing)
        assert run.refused("verify", "--against", str(kept)) == "There is no head of a log in this file."
    assert "no head" in run.refused("verify", "--against", str(tmp_path / "missing"))
