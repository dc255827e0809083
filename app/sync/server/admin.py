"""The administrator's command: `python -m app.sync.server --help`.

Each command works on the data folder directly, also while the server runs. `--json` prints one JSON object; without
it, plain lines. Errors go to standard error in one sentence, with exit code 1.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from app.errors import HavenError, NotFound, RuleBroken
from app.sync import kept_head, protocol
from app.sync.protocol import Malformed, TreeHead, WipeOrder
from app.sync.server import agency_log, flags, members, orders, verifying
from app.sync.server.app import build_app
from app.sync.server.clock import now_ms, random_bytes
from app.sync.server.description import describe
from app.sync.server.provider import CLAIMS, checked_settings
from app.sync.server.restoring import restore
from app.sync.server.serving import Listening, log_to, serve
from app.sync.server.settings import Settings
from app.sync.server.signing import IDENTITY_FILE, Identity, create_key_file, is_signed_by, read_key_file
from app.sync.server.store import create_store, open_store
from app.sync.server.workers import Crew, serve_by_many
from app.words import mark, tr

Answer = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    asked = _parser().parse_args(arguments)
    store = asked.store or os.environ.get("HAVEN_SERVER_STORE") or None
    settings = Settings(data=asked.data, store=store, page_limit=asked.page_limit)
    try:
        answer: Answer | None = asked.run(settings, asked)
    except HavenError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201 - this is a command
        return 1
    if answer is not None:
        _print(answer, asked.json)
    return 1 if answer and answer.get("faults") else 0


def _print(answer: Answer, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer))  # noqa: T201
        return
    for name, content in answer.items():
        if not isinstance(content, list):
            print(f"{name}: {content}")  # noqa: T201
            continue
        for row in content:
            print(row if isinstance(row, str) else "  ".join(f"{key}={row[key]}" for key in row))  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.sync.server", description=tr("Haven's central server"))
    parser.add_argument("--data", type=Path, default=Path("haven-server"), help=tr("the server's folder"))
    parser.add_argument("--store", help=tr("a PostgreSQL database, postgresql://host/name; else HAVEN_SERVER_STORE"))
    parser.add_argument("--json", action="store_true", help=tr("answer in JSON"))
    parser.add_argument("--page-limit", type=int, help=tr("the most 4 KiB pages that the store may grow to"))
    commands = parser.add_subparsers(required=True, metavar="command")
    _command(commands, "init", _init, tr("make a new server in the folder"))
    _add_agency_commands(commands)
    _add_member_commands(commands)
    _add_running_commands(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[Settings, argparse.Namespace], Answer | None], help_text: str
) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    added.set_defaults(run=run)
    return added


def _add_agency_commands(commands: Any) -> None:
    inner = commands.add_parser("agency", help=tr("agencies")).add_subparsers(required=True, metavar="command")
    add = _command(inner, "add", _agency_add, tr("add an agency"))
    add.add_argument("name")
    add.add_argument("--recovery-key", type=Path, help=tr("file with the public recovery key, raw or base64"))
    add.add_argument(
        "--order-key",
        type=Path,
        help=tr("new file for the key that orders computers to erase themselves: keep it apart"),
    )
    add.add_argument("--lease-days", type=int, default=members.LEASE_DAYS)

    change = _command(
        inner, "change", _agency_change, tr("say where the people of an agency sign in before they enrol")
    )
    change.add_argument("--agency", help=tr("needed when there is more than one"))
    which = change.add_mutually_exclusive_group(required=True)
    which.add_argument("--oidc-issuer", help=tr("the address of the agency's OpenID provider, as it names itself"))
    which.add_argument("--no-oidc", action="store_true", help=tr("enrol by the code alone"))
    change.add_argument("--oidc-client", default="", help=tr("what the provider calls Haven: its client id"))
    change.add_argument(
        "--oidc-claim", default=CLAIMS[0], help=tr("what names people there: {claims}", claims=_claims())
    )


def _claims() -> str:
    return ", ".join(CLAIMS)


def _add_member_commands(commands: Any) -> None:
    person = commands.add_parser("person", help=tr("people")).add_subparsers(required=True, metavar="command")
    add = _command(person, "add", _person_add, tr("add a person"))
    add.add_argument("name")
    change = _command(person, "change", _person_change, tr("give a person other roles and groups"))
    change.add_argument("person")
    for changing in (add, change):
        changing.add_argument("--role", action="append", default=[], help=tr("may be repeated, e.g. SUP"))
        changing.add_argument("--group", action="append", default=[], help=tr("may be repeated, e.g. supervisors"))
    shown = [add, change, _command(person, "list", _person_list, tr("list the people"))]
    account = _command(person, "account", _person_account, tr("say what the agency's provider calls a person"))
    account.add_argument("person")
    account.add_argument("account", nargs="?", help=tr("such as their e-mail address there; left out: none"))
    shown.append(account)
    device = commands.add_parser("device", help=tr("devices")).add_subparsers(required=True, metavar="command")
    shown.append(_command(device, "list", _device_list, tr("list the devices")))
    scope = commands.add_parser("scope", help=tr("scopes")).add_subparsers(required=True, metavar="command")
    shown.append(
        _command(scope, "list", _scope_list, tr("list the scopes by their random ids, and what was destroyed"))
    )
    enrol = _command(commands, "enrol", _enrol, tr("print a one-time code to enrol a device of a person"))
    enrol.add_argument("person")
    revoke = _command(commands, "revoke", _revoke, tr("revoke a device: it is refused from its next request on"))
    revoke.add_argument("device")
    revoke.add_argument("--order-key", type=Path, help=tr("the order key's file: the computer also erases itself"))
    retire = _command(commands, "retire", _retire, tr("a device sends what it has, then erases itself and is revoked"))
    retire.add_argument("device")
    retire.add_argument("--order-key", type=Path, required=True, help=tr("the order key's file"))
    shown.append(_command(commands, "flags", _flags, tr("list what devices said about themselves, such as duress")))
    for named in (*shown, enrol, revoke, retire):
        named.add_argument("--agency", help=tr("needed when there is more than one"))


def _add_running_commands(commands: Any) -> None:
    run = _command(commands, "serve", _serve, tr("serve until stopped"))
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8443, help=tr("0 lets the system choose; the line printed names it"))
    run.add_argument("--certificate", type=Path)
    run.add_argument("--key", type=Path)
    run.add_argument("--drain", type=int, default=0, help=tr("seconds to say at /readyz that it is stopping"))
    run.add_argument("--workers", type=int, default=1, help=tr("how many processes; more than one need PostgreSQL"))
    run.add_argument(
        "--own-ports", type=int, help=tr("worker after worker also answers on this computer from this port on")
    )
    backup = _command(commands, "backup", _backup, tr("copy the store, encrypted, into a new folder"))
    backup.add_argument("folder", type=Path)
    restore = _command(commands, "restore", _restore, tr("put a backup back; computers then send again what it lacks"))
    restore.add_argument("folder", type=Path, nargs="?", help=tr("what `backup` made; none with PostgreSQL"))
    purge = _command(commands, "purge", _purge, tr("list what two people had destroyed: when, how much, on whose word"))
    purge.add_argument("--agency", help=tr("needed when there is more than one"))
    verify = _command(commands, "verify", _verify, tr("check every page, chain, hash and signature"))
    verify.add_argument("--against", type=Path, help=tr("a head of the log that was kept: it has to be contained"))
    signed = _command(commands, "head", _head, tr("print the signed head of an agency's log, to keep it elsewhere"))
    signed.add_argument("--agency", help=tr("needed when there is more than one"))
    _command(commands, "describe", _describe, tr("print the interface as an OpenAPI document, in JSON"))
    _command(commands, "stats", _stats, tr("count what is stored"))


def _init(settings: Settings, _: argparse.Namespace) -> Answer:
    create_store(settings)
    identity = Identity(read_key_file(settings.data / IDENTITY_FILE))
    return {"data": str(settings.data), "server_public": identity.public.hex()}


def _agency_add(settings: Settings, asked: argparse.Namespace) -> Answer:
    recovery = _public_key(asked.recovery_key) if asked.recovery_key else None
    order = _new_order_key(asked.order_key) if asked.order_key else None
    public = order.public if order else None
    with closing(open_store(settings)) as store, store.writing() as connection:
        added = members.add_agency(
            connection, asked.name, recovery_public=recovery, order_public=public, lease_days=asked.lease_days
        )
    return {"agency_id": added, **({"order_key": str(asked.order_key)} if order else {})}


def _agency_change(settings: Settings, asked: argparse.Namespace) -> Answer:
    said = None if asked.no_oidc else checked_settings(asked.oidc_issuer, asked.oidc_client, asked.oidc_claim)
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        members.set_provider(connection, agency_id, said)
    return {"agency_id": agency_id, "oidc_issuer": said.issuer if said else ""}


def _new_order_key(path: Path) -> Identity:
    """A fresh key in a file of the administrator's; the server keeps its public half only."""
    try:
        create_key_file(path)
    except OSError:
        raise RuleBroken(mark("The order key needs a new file in a folder that is there."), field="order-key") from None
    return Identity(read_key_file(path))


def _public_key(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        raise RuleBroken(mark("The recovery key file cannot be read."), field="recovery-key") from None
    try:
        return base64.b64decode(content.strip(), validate=True)
    except binascii.Error:
        return content


def _person_add(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        return {"person_id": members.add_person(connection, agency_id, asked.name, asked.role, asked.group)}


def _person_change(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        members.change_person(connection, agency_id, asked.person, asked.role, asked.group)
    return {"person_id": asked.person, "changed": True}


def _person_account(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.writing() as connection:
        members.set_account(connection, members.only_agency(connection, asked.agency), asked.person, asked.account)
    return {"person_id": asked.person, "account": asked.account or ""}


def _person_list(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.reading() as connection:
        return {"persons": members.list_persons(connection, members.only_agency(connection, asked.agency))}


def _device_list(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.reading() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        told = orders.wipe_states(connection, agency_id)
        found = members.list_devices(connection, agency_id)
        return {"devices": [{**device, "wipe": told.get(str(device["device_id"]), "")} for device in found]}


def _scope_list(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.reading() as connection:
        return {"scopes": orders.list_scopes(connection, members.only_agency(connection, asked.agency))}


def _enrol(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        code = members.issue_code(connection, agency_id, asked.person, settings.code_seconds)
    return {"code": code, "days": settings.code_seconds // 86_400}


def _revoke(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        members.revoke(connection, agency_id, asked.device)
        if asked.order_key:
            orders.keep_wipe(connection, _wipe_order(agency_id, asked, drain=False))
    return {"device_id": asked.device, "revoked": True, "erases_itself": asked.order_key is not None}


def _retire(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.writing() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        orders.keep_wipe(connection, _wipe_order(agency_id, asked, drain=True))
    return {"device_id": asked.device, "retires": True}


def _wipe_order(agency_id: str, asked: argparse.Namespace, *, drain: bool) -> WipeOrder:
    """The order, signed here and now with the key that the administrator brought; the server never keeps that."""
    made = {"nonce": random_bytes(32), "made_at": now_ms(), "drain": drain, "signature": protocol.UNSIGNED}
    try:
        order = msgspec.convert({"agency_id": agency_id, "device_id": asked.device, **made}, WipeOrder)
    except msgspec.ValidationError:
        raise NotFound(mark("There is no such device."), field="device") from None
    return protocol.signed(order, Identity(read_key_file(asked.order_key)).sign)


def _flags(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.reading() as connection:
        return {"flags": flags.list_flags(connection, members.only_agency(connection, asked.agency))}


def _serve(settings: Settings, asked: argparse.Namespace) -> None:
    if (asked.certificate is None) != (asked.key is None):
        raise RuleBroken(mark("A certificate and its key belong together."), field="certificate")
    log_to(sys.stderr)
    at = Listening(asked.host, asked.port, asked.certificate, asked.key)
    if asked.workers != 1 or asked.own_ports is not None:
        serve_by_many(settings, at, Crew(asked.workers, asked.drain, asked.own_ports))
    else:
        serve(build_app(settings), at, asked.drain)


def _backup(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store:
        copy = store.back_up(asked.folder)
    return {"backup": str(copy), "bytes": copy.stat().st_size}


def _restore(settings: Settings, asked: argparse.Namespace) -> Answer:
    aside = restore(settings, asked.folder)
    return {"restored": True, **({"store_of_before": str(aside)} if aside is not None else {})}


def _purge(settings: Settings, asked: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.reading() as connection:
        return {"orders": orders.list_orders(connection, members.only_agency(connection, asked.agency))}


def _verify(settings: Settings, asked: argparse.Namespace) -> Answer:
    kept = _kept_head(settings, asked.against) if asked.against else None
    with closing(open_store(settings)) as store:
        faults = store.check_integrity()
        with store.reading() as connection:
            faults += verifying.find_faults(connection)
            if kept is not None:
                faults += agency_log.against(connection, kept)
    return {"sound": not faults, "faults": faults}


def _kept_head(settings: Settings, path: Path) -> TreeHead:
    """A head that this server signed, from a file."""
    try:
        head = kept_head.read(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, Malformed):
        raise RuleBroken(mark("There is no head of a log in this file."), field="against") from None
    public = Identity(read_key_file(settings.data / IDENTITY_FILE)).public
    if not is_signed_by(public, head.signature, protocol.canonical(head)):
        raise RuleBroken(mark("This head was not signed by this server, or it was changed."), field="against")
    return head


def _head(settings: Settings, asked: argparse.Namespace) -> Answer:
    sign = Identity(read_key_file(settings.data / IDENTITY_FILE)).sign
    with closing(open_store(settings)) as store, store.reading() as connection:
        agency_id = members.only_agency(connection, asked.agency)
        return {**kept_head.fields_of(agency_log.head(connection, agency_id, sign))}


def _describe(_: Settings, __: argparse.Namespace) -> None:
    print(json.dumps(describe(), indent=2))  # noqa: T201


def _stats(settings: Settings, _: argparse.Namespace) -> Answer:
    with closing(open_store(settings)) as store, store.reading() as connection:
        ids = members.list_agencies(connection)
        return {"agencies": [{"agency_id": agency_id, **members.counts(connection, agency_id)} for agency_id in ids]}
