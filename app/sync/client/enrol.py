"""Becoming a member: a one-time code and this device's public keys for a place in the agency."""

from __future__ import annotations

from app.errors import RuleBroken
from app.models.local.tables import OwnKey
from app.sync import protocol
from app.sync.client import adopt, hybrid
from app.sync.client.problems import ServerProblem
from app.sync.client.session import ask
from app.sync.client.signing_in import Way, sign_in
from app.sync.client.transport import Call, Transport, check_address
from app.sync.protocol import Enrol, Enrolled, EnrolTerms, EnrolTermsAsked, ProblemCode
from app.vault import identity, state
from app.vault.vault import Vault
from app.words import mark

_LONGEST_NAME = 200
_LONGEST_CODE = 64
_OF_PROVIDER = {
    ProblemCode.PROVIDER_NEEDED: mark("Your agency wants you to sign in with your agency's account before you enrol."),
    ProblemCode.PROVIDER_REFUSED: mark("Your agency's server did not accept the sign-in. Try it again."),
    ProblemCode.PROVIDER_CLOCK: mark(
        "The sign-in is from another time: a clock is wrong, at the server or where you signed in. Tell your "
        "administrator."
    ),
    ProblemCode.PROVIDER_OTHER: mark(
        "You signed in as somebody else than the person whose code this is. Sign in with your own account, or ask your "
        "administrator for your own code."
    ),
    ProblemCode.PROVIDER_AWAY: mark(
        "The place where your agency's people sign in does not answer. Try again later, or tell your administrator."
    ),
}


def terms(transport: Transport, address: str, code: str) -> EnrolTerms | None:
    """Where the owner of a code has to sign in before they enrol; None for nowhere. Raises as `enrol` does."""
    address, code = clean_address(address), _clean_code(code)
    call = Call("POST", address + "/v1/enrol/terms", protocol.encode(EnrolTermsAsked(code)))
    try:
        found = ask(transport, call, EnrolTerms)
    except ServerProblem as problem:
        if problem.code == ProblemCode.NOT_FOUND:  # a server from before there was such a question
            return None
        raise _explained(problem) from None
    if not found.issuer:
        return None
    check_address(found.authorization)
    return found


def enrol(
    vault: Vault, transport: Transport, address: str, code: str, signing: tuple[EnrolTerms, Way] | None = None
) -> Enrolled:
    """Enrol `vault`'s device with the server at `address`, and make its owner the person whose code it is.

    `signing`: what `terms` said, and how the person signs in. Asking again after a lost answer gets the same answer.
    Raises RuleBroken for a wrong address or code or sign-in, and EnvironmentProblem when the server cannot be reached.
    """
    address = clean_address(address)
    asked = _asked(vault, _clean_code(code))
    path, message = "/v1/enrol", asked if signing is None else sign_in(signing[0], asked, signing[1])
    if signing is not None:
        path = "/v1/enrol/account"
    try:
        enrolled = ask(transport, Call("POST", address + path, protocol.encode(message)), Enrolled)
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


def _clean_code(typed: str) -> str:
    code = typed.strip()
    if not 0 < len(protocol.enrolment_code(code)) <= len(code) <= _LONGEST_CODE:
        raise _wrong_code()
    return code


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
    sentence = next((text for known, text in _OF_PROVIDER.items() if known == problem.code), None)
    if sentence is not None:
        return RuleBroken(sentence, field="sign-in")
    if problem.code == ProblemCode.DEVICE_EXISTS:
        return RuleBroken(mark("This computer is enrolled already."), field="code")
    return problem
