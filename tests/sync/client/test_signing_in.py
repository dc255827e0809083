"""Enrolling at an agency that wants its people to sign in with its account first: real provider, server and vault."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.models.vocab import Role
from app.sync import protocol as p
from app.sync.client import engine
from app.sync.client import enrol as enrolling
from app.sync.client.signing_in import Way, sign_in
from app.sync.client.transport import HttpTransport
from app.sync.server import members
from app.sync.server.provider import ProviderSettings
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import devices, persons
from app.vault.vault import Vault
from tests.sync.conftest import Agency, Clock
from tests.sync.provider import CLIENT, Provider, browser, key, public_pem, running

NewVault = Callable[..., Vault]
NOT_ACCEPTED = "did not accept the sign-in"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The agency's provider."""
    with running() as found:
        yield found


class Desk:
    """An administrator's list with one person on it, and computers that this person enrols."""

    def __init__(self, agency: Agency, provider: Provider, bare_vault: NewVault, clock: Clock) -> None:
        self.agency, self._bare_vault, self._clock = agency, bare_vault, clock
        self.person = agency.person("Wanda Worker", (Role.VSU,), ("staff",))
        self.set(ProviderSettings(provider.issuer, CLIENT), "Wanda@example.org")
        self._made = 0

    def store(self) -> EmbeddedStore:
        """The server's store, as the administrator's command opens it."""
        return EmbeddedStore(Settings(data=self.agency.server.folder))

    def set(self, settings: ProviderSettings | None, account: str | None) -> None:
        """What the administrator says."""
        with closing(self.store()) as store, store.writing() as connection:
            members.set_provider(connection, self.agency.agency_id, settings)
            members.set_account(connection, self.agency.agency_id, self.person, account)

    def enrol(self, browse: Callable[[str], bool] = browser, **way: Any) -> Vault:
        """A new computer of the person, enrolled as the window does it."""
        self._made += 1
        vault = self._bare_vault(f"laptop-{self._made}", self._clock, (Role.VSU,))
        code = self.agency.code(self.person)
        wanted = engine.enrolment_terms(self.agency.server.address, code)
        signing = None if wanted is None else (wanted, Way(browse, way.pop("stopped", threading.Event()), **way))
        engine.enrol(vault, self.agency.server.address, code, signing=signing)
        return vault

    def refused(self, words: str, **how: Any) -> HavenError:
        """Enrolling fails with these words, and nothing of it is left at the server."""
        with pytest.raises(HavenError, match=words) as caught:
            self.enrol(**how)
        assert self.devices() == 0
        return caught.value

    def devices(self) -> int:
        """How many computers the server knows."""
        with closing(self.store()) as store, store.reading() as connection:
            mine = devices.c.agency_id == self.agency.agency_id
            return len(connection.execute(select(devices).where(mine)).all())

    def subject(self) -> str | None:
        """Who the person is to the provider."""
        with closing(self.store()) as store, store.reading() as connection:
            return connection.scalar(select(persons.c.account_subject).where(persons.c.person_id == self.person))


@pytest.fixture
def desk(agency: Agency, provider: Provider, bare_vault: NewVault, sync_clock: Clock) -> Desk:
    """An agency that wants a sign-in, with one person on its list."""
    return Desk(agency, provider, bare_vault, sync_clock)


def test_who_signed_in_as_the_person_of_the_code_is_enrolled_and_needs_the_provider_no_more(
    desk: Desk, provider: Provider
) -> None:
    vault = desk.enrol()
    assert vault.owner().name == "Wanda Worker" and vault.owner_id == desk.person
    assert desk.subject() == "s-1" and desk.devices() == 1
    provider.asked.clear()
    sync = engine.connect(vault)
    assert sync.run_once().trouble == ""
    sync.close()
    assert provider.asked == []


def test_without_the_sign_in_the_code_alone_enrols_nobody(
    desk: Desk, bare_vault: NewVault, sync_clock: Clock, agency: Agency
) -> None:
    vault = bare_vault("alone", sync_clock, (Role.VSU,))
    with pytest.raises(RuleBroken, match="sign in with your agency's account before"):
        engine.enrol(vault, agency.server.address, agency.code(desk.person))
    assert desk.devices() == 0
    desk.set(None, None)
    desk.enrol()
    assert desk.devices() == 1


def test_the_question_needs_a_code_that_counts(desk: Desk, agency: Agency) -> None:
    with pytest.raises(RuleBroken, match="wrong, used or expired"):
        engine.enrolment_terms(agency.server.address, "ABCD-EFGH-JKMN")


# --- who it is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["somebody@example.org", "wanda@example.org.invalid"])
def test_another_person_than_the_one_of_the_code_is_refused(desk: Desk, provider: Provider, email: str) -> None:
    provider.claims["email"] = email
    desk.refused("somebody else than the person")


def test_who_is_not_on_the_list_is_refused(desk: Desk, provider: Provider) -> None:
    desk.set(ProviderSettings(provider.issuer, CLIENT), None)
    desk.refused("somebody else than the person")


def test_an_address_that_was_given_to_somebody_else_later_is_not_the_person(desk: Desk, provider: Provider) -> None:
    desk.enrol()
    provider.claims["sub"] = "s-2"
    with pytest.raises(RuleBroken, match="somebody else than the person"):
        desk.enrol()
    desk.set(ProviderSettings(provider.issuer, CLIENT), "wanda@example.org")
    desk.enrol()
    assert desk.subject() == "s-2" and desk.devices() == 2


def test_people_can_be_named_by_another_claim(desk: Desk, provider: Provider) -> None:
    provider.claims |= {"preferred_username": "wworker", "email": "other@example.org"}
    desk.set(ProviderSettings(provider.issuer, CLIENT, "preferred_username"), "wworker")
    desk.enrol()
    assert desk.devices() == 1


# --- what the token says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": "another-client"}, NOT_ACCEPTED),
        ({"aud": [CLIENT, "another-client"]}, NOT_ACCEPTED),
        ({"iss": "https://login.example.org"}, NOT_ACCEPTED),
        ({"nonce": "0" * 64}, NOT_ACCEPTED),
        ({"nonce": None}, NOT_ACCEPTED),
        ({"exp": None}, NOT_ACCEPTED),
        ({"sub": None}, NOT_ACCEPTED),
        ({"email": None}, NOT_ACCEPTED),
        ({"email_verified": False}, NOT_ACCEPTED),
        ({"exp": int(time.time()) - 3600}, "a clock is wrong"),
        ({"iat": int(time.time()) + 3600}, "a clock is wrong"),
    ],
)
def test_a_statement_that_is_wrong_is_refused(
    desk: Desk, provider: Provider, claims: dict[str, Any], words: str
) -> None:
    provider.claims |= claims
    desk.refused(words)


@pytest.mark.parametrize(
    "sign",
    [
        {"key": key(1)},
        {"kid": "unknown"},
        {"algorithm": "none", "key": None},
        {"algorithm": "HS256", "key": b"any shared secret, long enough for this"},
    ],
    ids=["another key", "an unknown key", "no signature", "a shared secret"],
)
def test_a_signature_that_is_not_the_providers_is_refused(desk: Desk, provider: Provider, sign: dict[str, Any]) -> None:
    provider.sign |= sign
    desk.refused(NOT_ACCEPTED)


def test_the_public_key_is_no_shared_secret(desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the provider's keys could make such a token, if the algorithm were believed."""
    monkeypatch.setattr("jwt.algorithms.HMACAlgorithm.prepare_key", lambda _, secret: secret)
    provider.sign |= {"algorithm": "HS256", "key": public_pem(key(0))}
    desk.refused(NOT_ACCEPTED)


def test_a_new_key_of_the_provider_is_asked_for(desk: Desk, provider: Provider) -> None:
    provider.published = {"two": key(1)}
    provider.sign |= {"key": key(1), "kid": "two"}
    desk.enrol()
    assert desk.devices() == 1


def test_a_code_of_the_provider_counts_once(
    desk: Desk, provider: Provider, agency: Agency, bare_vault: NewVault, sync_clock: Clock
) -> None:
    shown: list[bytes] = []
    server = agency.server.address
    exchange = HttpTransport.exchange

    class Remembering(HttpTransport):
        def exchange(self, call: Any) -> Any:
            shown.append(call.body)
            return exchange(self, call)

    vault, code = bare_vault("laptop", sync_clock, (Role.VSU,)), agency.code(desk.person)
    transport = Remembering()
    wanted = enrolling.terms(transport, server, code)
    assert wanted is not None
    enrolling.enrol(vault, transport, server, code, (wanted, Way(browser, threading.Event())))
    transport.close()
    first = p.decode(p.EnrolSignedIn, shown[-1])
    assert _post(server, first) == 200, "a lost answer is given again, and the provider is not asked"
    again = bare_vault("thief", sync_clock, (Role.VSU,))
    stolen = p.EnrolSignedIn(
        enrolling._asked(again, agency.code(desk.person)), first.provider_code, first.verifier, first.port
    )
    assert _post(server, stolen) == 403
    assert desk.devices() == 1


def _post(server: str, message: p.Wire) -> int:
    headers = {"content-type": p.MEDIA_TYPE}
    asked = urllib.request.Request(f"{server}/v1/enrol/account", p.encode(message), headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_sign_in_for_one_computer_fits_no_other(
    desk: Desk, agency: Agency, bare_vault: NewVault, sync_clock: Clock
) -> None:
    """Who read the code and the verifier before they were used cannot enrol a device of their own with them."""
    code = agency.code(desk.person)
    wanted = engine.enrolment_terms(agency.server.address, code)
    assert wanted is not None
    mine, theirs = (bare_vault(name, sync_clock, (Role.VSU,)) for name in ("mine", "theirs"))
    shown = sign_in(wanted, enrolling._asked(mine, code), Way(browser, threading.Event()))
    stolen = p.EnrolSignedIn(enrolling._asked(theirs, code), shown.provider_code, shown.verifier, shown.port)
    assert _post(agency.server.address, stolen) == 403
    assert desk.devices() == 0


# --- the provider itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://login.example.org"},
        {"token_endpoint": "http://login.example.org/token"},
        {"jwks_uri": "file:///etc/hostname"},
        {"authorization_endpoint": "ftp://login.example.org"},
        {"padding": "x" * 300_000},
        {"jwks_uri": 7},
    ],
)
def test_a_provider_that_answers_nonsense_is_not_asked_further(
    desk: Desk, provider: Provider, document: dict[str, Any]
) -> None:
    provider.document = document
    desk.refused("does not answer")
    assert [path for path in provider.asked if path.endswith(("/auth", "/token"))] == []


def test_a_provider_that_is_away_is_said(desk: Desk) -> None:
    desk.set(ProviderSettings("http://127.0.0.1:9/realm", CLIENT), "wanda@example.org")
    desk.refused("does not answer")


# --- the browser --------------------------------------------------------------------------------------------------


def test_no_browser_is_said(desk: Desk) -> None:
    assert isinstance(desk.refused("browser could not be opened", browse=lambda _: False), EnvironmentProblem)


def test_who_refuses_in_the_browser_is_not_enrolled(desk: Desk, provider: Provider) -> None:
    provider.refuses = True
    desk.refused("refused or given up")


def test_waiting_ends_by_itself_and_when_the_person_goes_back(desk: Desk) -> None:
    desk.refused("Nobody signed in within five minutes", browse=lambda _: True, wait_seconds=0.3)
    stopped = threading.Event()

    def go_back(_: str) -> bool:
        stopped.set()
        return True

    desk.refused("was stopped", browse=go_back, stopped=stopped)


def test_only_the_answer_to_this_very_question_counts(desk: Desk) -> None:
    """Any page in the browser can call a port of this computer: without the state, nothing of it is taken."""
    seen: list[int] = []

    def strange(address: str) -> bool:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        back = asked["redirect_uri"]

        def call() -> None:
            for query in ({"code": "x"}, {"code": "x", "state": "guessed"}, {"error": "y", "state": ""}):
                seen.append(_status(f"{back}?{urlencode(query)}"))
            seen.append(_status(back.replace("/signed-in", f"/other?code=x&state={asked['state']}")))
            browser(address)

        threading.Thread(target=call, daemon=True).start()
        return True

    desk.enrol(browse=strange)
    assert seen == [404] * 4 and desk.devices() == 1


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_nothing_of_the_sign_in_stands_in_the_log(desk: Desk, provider: Provider, agency: Agency) -> None:
    desk.enrol()
    provider.claims["email"] = "somebody@example.org"
    with pytest.raises(RuleBroken):
        desk.enrol()
    log = Path(agency.server.folder / "log").read_text()
    assert "device_enrolled" in log
    for word in ("wanda", "somebody", "s-1", "eyJ", provider.issuer):
        assert word not in log
