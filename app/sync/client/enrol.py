"""Becoming a member: a one-time code and this device's public keys for a place in the agency."""

from __future__ import annotations

from app.errors import RuleBroken
from app.models.local.tables import OwnKey
from app.sync import protocol
from app.sync.client import adopt, hybrid
from app.sync.client.problems import ServerProblem
from app.sync.client.session import ask
from app.sync.client.transport import Call, Transport, check_address
from app.sync.protocol import Enrol, Enrolled, ProblemCode
from app.vault import identity, state
from app.vault.vault import Vault
from app.words import mark

_LONGEST_NAME = 200
_LONGEST_CODE = 64


def enrol(vault: Vault, transport: Transport, address: str, code: str) -> Enrolled:
    """Enrol `vault`'s device with the server at `address`, and make its owner the person whose code it is.

    Asking again after a lost answer gets the same answer. Raises RuleBroken for a wrong address or code, and
    EnvironmentProblem when the server cannot be reached.
    """
    address = clean_address(address)
    code = code.strip()
    if not 0 < len(protocol.enrolment_code(code)) <= len(code) <= _LONGEST_CODE:
        raise _wrong_code()
    asked = _asked(vault, code)
    try:
        enrolled = ask(transport, Call("POST", address + "/v1/enrol", protocol.encode(asked)), Enrolled)
    except ServerProblem as problem:
        raise _explained(problem) from None
    if enrolled.recovery_public is not None and hybrid.seal(b"?", enrolled.recovery_public, b"?") is None:
        raise RuleBroken(mark("The agency's recovery key is not a key. Tell your administrator."), field="server")
    with vault.settling() as session:
        adopt.adopt(session, enrolled, address, vault.now())
    return enrolled


def clean_address(typed: str) -> str:
    """The server's address as it is kept: https unless something else was said, nothing after the host and port."""
    address = typed.strip().rstrip("/")
    if "://" not in address:
        address = f"https://{address}"
    check_address(address)
    return address


def _asked(vault: Vault, code: str) -> Enrol:
    with vault.read() as session:
        if state.get(session, state.SERVER_ADDRESS):
            raise RuleBroken(mark("This vault belongs to a service already."), field="server")
        signing = identity.signing_key(session)
        kem = session.get_one(OwnKey, identity.KEM)
        asked = Enrol(
            code=code,
            device_id=state.get(session, state.DEVICE_ID) or "",
            device_name=(state.get(session, state.DEVICE_NAME) or "computer")[:_LONGEST_NAME],
            signing_public=signing.public_key().public_bytes_raw(),
            kem_public=kem.public,
            signature=protocol.UNSIGNED,
        )
    return protocol.signed(asked, signing.sign)


def _wrong_code() -> RuleBroken:
    return RuleBroken(mark("This code is wrong, used or expired. Ask your administrator for a new one."), field="code")


def _explained(problem: ServerProblem) -> Exception:
    if problem.code in (ProblemCode.CODE_REFUSED, ProblemCode.MALFORMED):
        return _wrong_code()
    if problem.code == ProblemCode.DEVICE_EXISTS:
        return RuleBroken(mark("This computer is enrolled already."), field="code")
    return problem
