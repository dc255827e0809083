"""An agency's identity provider (OpenID Connect), asked once for each device that is enrolled, and never again.

The person signs in with their browser; what comes back is a code, which this server exchanges for an ID token, with
PKCE (RFC 7636) and without a secret, as for any native application (RFC 8252). The token counts when the provider's own
key signed it, with an algorithm of the list, for this client, now, and for this very enrolment: its nonce is made of
the new device's keys. The only file of the server that imports jwt or asks by HTTP. Nothing of a token is logged.
"""

from __future__ import annotations

import hmac
import http.client
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import jwt
import msgspec

from app.errors import RuleBroken
from app.sync import protocol
from app.sync.protocol import EnrolSignedIn, ProblemCode
from app.sync.server.problems import Refused
from app.words import mark

T = TypeVar("T")
CLAIMS = ("email", "preferred_username", "upn", "sub")
"""Which of the provider's statements may name a person."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Public keys only: with a shared one, whoever reads the provider's keys could sign."""
_KEY_KINDS = ("RSA", "EC", "OKP")
_DISCOVERY = "/.well-known/openid-configuration"
_MOST_BYTES = 256 * 1024
_STEP_SECONDS = 5.0
_SECONDS = 15.0
_KEPT_SECONDS = 3600.0
_AGAIN_SECONDS = 60.0
"""How soon the provider's keys are asked for once more when a token names one that is not known."""
_LEEWAY_SECONDS = 60
_NEEDED = ["exp", "iat", "iss", "aud", "sub", "nonce"]
_NO = (False, "false")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ProviderSettings:
    """What an administrator said: where the provider is, what it calls Haven, and by what it names people."""

    issuer: str
    client_id: str
    claim: str = CLAIMS[0]


@dataclass(frozen=True)
class Account:
    """Who signed in: the provider's own name for them, which never changes, and that which the administrator knows."""

    subject: str
    name: str


class _Document(msgspec.Struct, frozen=True):
    """Of the provider's discovery document what is needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class _Keys(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


@dataclass
class _Known:
    """What was fetched of one provider, and when (`time.monotonic`)."""

    document: _Document
    fetched: float
    keys: list[dict[str, Any]]
    keys_fetched: float


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that sends elsewhere is not the one that the administrator named."""

    def redirect_request(self, *_: object) -> None:
        return None


def checked_settings(issuer: str, client_id: str, claim: str) -> ProviderSettings:
    """What an administrator typed. Raises RuleBroken."""
    if not _is_safe(issuer) or urllib.parse.urlsplit(issuer).query or not client_id:
        raise RuleBroken(mark("The provider's address must begin with https://, and needs a client id."), field="oidc")
    if claim not in CLAIMS:
        raise RuleBroken(mark("People can be named by {claims}."), field="oidc", claims=", ".join(CLAIMS))
    return ProviderSettings(issuer, client_id, claim)


class Providers:
    """The providers of all agencies, with what this process knows of each for an hour."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def authorization(self, settings: ProviderSettings) -> str:
        """The page where people sign in. Raises `Refused` when the provider cannot be asked."""
        return self._provider(settings).document.authorization_endpoint

    def account(self, settings: ProviderSettings, shown: EnrolSignedIn) -> Account:
        """Who signed in for this enrolment. Raises `Refused`. Takes seconds, and must not hold a transaction open."""
        token = self._exchange(settings, shown)
        claims = self._verified(settings, token)
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != settings.client_id:
            raise _refused()
        nonce = protocol.provider_nonce(shown.enrol, shown.verifier)
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise _refused()
        name = claims.get(settings.claim)
        if not isinstance(name, str) or not name or (settings.claim == "email" and claims.get("email_verified") in _NO):
            raise _refused()
        return Account(str(claims["sub"]), name)

    # --- asking -------------------------------------------------------------------------------------------------------

    def _provider(self, settings: ProviderSettings) -> _Known:
        with self._lock:
            known = self._known.get(settings.issuer)
        now = self._clock()
        if known is not None and now - known.fetched < _KEPT_SECONDS:
            return known
        document = _decoded(_Document, _fetch(settings.issuer.rstrip("/") + _DISCOVERY))
        addresses = (document.authorization_endpoint, document.token_endpoint, document.jwks_uri)
        if document.issuer != settings.issuer or not all(map(_is_safe, addresses)):
            raise _away()
        if len(document.authorization_endpoint) > protocol.MAX_ADDRESS:
            raise _away()
        known = _Known(document, now, _decoded(_Keys, _fetch(document.jwks_uri)).keys, now)
        with self._lock:
            self._known[settings.issuer] = known
        return known

    def _exchange(self, settings: ProviderSettings, shown: EnrolSignedIn) -> str:
        asked = {
            "grant_type": "authorization_code",
            "code": shown.provider_code,
            "redirect_uri": protocol.redirect_address(shown.port),
            "client_id": settings.client_id,
            "code_verifier": shown.verifier,
        }
        address = self._provider(settings).document.token_endpoint
        return _decoded(_Tokens, _fetch(address, urllib.parse.urlencode(asked).encode("ascii"))).id_token

    # --- believing ----------------------------------------------------------------------------------------------------

    def _verified(self, settings: ProviderSettings, token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self._key(settings, kid)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=settings.client_id,
                issuer=settings.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": _NEEDED},
            )
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
            raise Refused(
                403, ProblemCode.PROVIDER_CLOCK, mark("The sign-in is from another time: is a clock wrong?")
            ) from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise _refused() from None
        return claims

    def _key(self, settings: ProviderSettings, kid: object) -> jwt.PyJWK:
        """The provider's key of that name; asked for once more when it is new. Raises `Refused`."""
        known = self._provider(settings)
        found = _named(known.keys, kid)
        if found is None and self._clock() - known.keys_fetched >= _AGAIN_SECONDS:
            known.keys = _decoded(_Keys, _fetch(known.document.jwks_uri)).keys
            known.keys_fetched = self._clock()
            found = _named(known.keys, kid)
        if found is None:
            raise _refused()
        return jwt.PyJWK(found)


def _named(keys: list[dict[str, Any]], kid: object) -> dict[str, Any] | None:
    """The one public key for signatures of that name; a token without a name is for the only key that there is."""
    fit = [key for key in keys if key.get("kty") in _KEY_KINDS and key.get("use", "sig") == "sig"]
    named = fit if kid is None else [key for key in fit if key.get("kid") == kid]
    return named[0] if len(named) == 1 else None


# --- the wire to the provider -------------------------------------------------------------------------------------


def _is_safe(address: str) -> bool:
    """https, or this machine itself."""
    try:
        found = urllib.parse.urlsplit(address)
        host = found.hostname or ""
    except ValueError:
        return False
    return bool(host) and (found.scheme == "https" or (found.scheme == "http" and host in _LOOPBACK))


def _fetch(address: str, form: bytes | None = None) -> bytes:
    """An answer of bounded size, in bounded time, from that very address. Raises `Refused`."""
    opener = urllib.request.build_opener(_NoRedirect)
    request = urllib.request.Request(address, form, {"Accept": "application/json"})
    try:
        with opener.open(request, timeout=_STEP_SECONDS) as answer:
            return _read(answer)
    except urllib.error.HTTPError as error:
        error.close()
        if form is not None and error.code in (400, 401, 403):  # the code is used, expired or another client's
            raise _refused() from None
        raise _away() from None
    except (OSError, http.client.HTTPException, ValueError):
        raise _away() from None


def _read(answer: http.client.HTTPResponse) -> bytes:
    until, body = time.monotonic() + _SECONDS, bytearray()
    while part := answer.read1(16_384):
        body += part
        if len(body) > _MOST_BYTES or time.monotonic() > until:
            raise _away()
    return bytes(body)


def _decoded(kind: type[T], body: bytes) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise _away() from None


def _refused() -> Refused:
    return Refused(403, ProblemCode.PROVIDER_REFUSED, mark("The sign-in with the agency's provider does not count."))


def _away() -> Refused:
    return Refused(
        503, ProblemCode.PROVIDER_AWAY, mark("The agency's provider does not answer as it should."), retry_after=30
    )
