"""The wire contract between a device and the blind server: every type, every limit, every byte that is signed.

Both ends import this file and nothing else of each other; `PROTOCOL.md` beside it tells the same in words and
diagrams. A value is checked when it is read (`decode`) and before it is sent (`encode`), by the same types, so
neither end can send what the other must refuse. Unknown fields are tolerated: a newer peer may say more.

Signing and verifying happen at each end, with keys that this file never sees; it only says which bytes are signed
(`canonical`, `sign_in_bytes`) and how they are hashed (`segment_hash`, `scope_head`).

To add a message: a frozen `Wire` struct with bounded fields; a line in `_signed_fields` if it is signed; a row in
PROTOCOL.md; a line in its version history; a case in tests/sync/test_protocol.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

PROTOCOL_VERSION: Final = 1
"""Goes up when an older peer could misunderstand; PROTOCOL.md keeps the dated history."""

# --- limits -------------------------------------------------------------------------------------------------------

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of any request or answer, on the wire and again after decompression."""
MAX_SMALL_BODY: Final = 64 * 1024
"""Bytes of any request but a push and the giving of chunks."""
MAX_SEGMENT: Final = 1024 * 1024
"""Bytes of one segment's sealed part."""
MAX_SEALED_KEY: Final = 16 * 1024
"""Bytes of one envelope's sealed part (an HPKE envelope of one key is about 1.3 kB)."""
MAX_BATCH: Final = 500
"""Segments in one push."""
MAX_SCOPES: Final = 500
"""Scope offers in one push."""
MAX_ENVELOPES: Final = 2000
"""Envelopes in one push."""
MAX_GROUPS: Final = 50
"""Group epochs in one push, and groups or roles of one person."""
MAX_PUBLIC_KEY: Final = 4096
"""Bytes of one HPKE public key (ML-KEM-768 with X25519 has 1,216)."""
MAX_PAGE: Final = 4 * 1024 * 1024
"""Bytes of bodies in one page; one more item than fits is never added, but a page always holds at least one."""
DEFAULT_PAGE: Final = 1024 * 1024
"""Bytes of bodies in a page when the reader does not say."""
MAX_PAGE_ITEMS: Final = 5000
"""Items in one page."""
MAX_NUMBERS: Final = 1000
"""Record numbers in one block."""
MAX_PURGED: Final = 500
"""Scopes in one order to purge."""
MAX_PLACE: Final = 2**53
"""Upper bound of counters: places, numbers, sequence numbers and epochs."""
MAX_MILLISECONDS: Final = 253_402_214_400_000
"""Upper bound of instants, 9999-12-31: what lies beyond is no date, and whoever shows it would fail."""

MAX_CHUNK: Final = 1024 * 1024 + 16
"""Bytes of one chunk of an attachment as it travels: a mebibyte of the file, and the tag of its seal."""
MAX_CHUNKS: Final = 100
"""Chunks in one message."""
MAX_CHUNK_NAMES: Final = 500
"""Chunks named in one question."""
MAX_CHUNK_SCOPES: Final = 20
"""Scopes that one chunk is given for in one message."""
MAX_PROOF: Final = 60
"""Hashes that prove how a tree of any size has grown."""
MAX_ADDRESS: Final = 1000
"""Characters of the address of an identity provider."""
MAX_BUNDLE: Final = 64 * 1024 * 1024
"""Bytes of a bundle, as a file and again after decompression."""
MAX_BUNDLE_HEADS: Final = 100
"""Signed heads of the server's log in one bundle."""
MAX_BUNDLE_THINGS: Final = 100_000
"""Segments, or envelopes, or scope offers, or chunks in one bundle."""
BUNDLE_MAGIC: Final = b"HAVENBUNDLE\x01"
"""What the file of a bundle begins with; four bytes follow that say how long its head is."""

MEDIA_TYPE: Final = "application/msgpack"
EVENT_STREAM: Final = "text/event-stream"
"""Of GET /v1/pokes: server-sent events."""
PROBLEM_TYPE: Final = "application/problem+json"
COMPRESSION: Final = "zstd"
"""The only content-encoding beside none, in both directions."""

NO_HASH: Final = bytes(32)
"""What stands before the first segment of a chain, and the head of an empty scope."""
LATE_DAYS: Final = 35
"""Days for which work is taken that somebody sealed with an older key before the case was given to others."""
UNSIGNED: Final = bytes(64)
"""Stands in the signature field until `signed` fills it."""
RECOVERY: Final = "recovery"
"""`recipient_id` of an envelope sealed to the agency's recovery key."""

# --- building blocks ----------------------------------------------------------------------------------------------

# \Z, not $: a dollar sign would let a newline through at the end.
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", min_length=32, max_length=32)]
GroupName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,63}\Z", max_length=64)]
RoleName = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_-]{0,15}\Z", max_length=16)]
SubjectId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}\Z", max_length=64)]
Series = Annotated[str, Meta(pattern=r"^[0-9a-f]{8,64}\Z", max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Token = Annotated[str, Meta(min_length=20, max_length=200)]
Counter = Annotated[int, Meta(ge=0, le=MAX_PLACE)]
Ordinal = Annotated[int, Meta(ge=1, le=MAX_PLACE)]
Milliseconds = Annotated[int, Meta(ge=0, le=MAX_MILLISECONDS)]
Year = Annotated[int, Meta(ge=2000, le=2999)]
Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]
Nonce = Annotated[bytes, Meta(min_length=32, max_length=32)]
SigningKey = Annotated[bytes, Meta(min_length=32, max_length=32)]
SealingKey = Annotated[bytes, Meta(min_length=32, max_length=MAX_PUBLIC_KEY)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
SealedChanges = Annotated[bytes, Meta(min_length=1, max_length=MAX_SEGMENT)]
SealedChunk = Annotated[bytes, Meta(min_length=1, max_length=MAX_CHUNK)]
SealedKey = Annotated[bytes, Meta(min_length=1, max_length=MAX_SEALED_KEY)]
Address = Annotated[str, Meta(max_length=MAX_ADDRESS)]
ProviderCode = Annotated[str, Meta(min_length=1, max_length=4000)]
Verifier = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43,128}\Z", min_length=43, max_length=128)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Roles = Annotated[list[RoleName], Meta(max_length=MAX_GROUPS)]
GroupNames = Annotated[list[GroupName], Meta(max_length=MAX_GROUPS)]


class Malformed(ValueError):
    """What was received, or is about to be sent, does not follow this contract. Holds no value of it.

    Each end turns this into its own sentence: the server into a 400, the client into an environment problem.
    """


class Wire(Struct, frozen=True, forbid_unknown_fields=False):
    """Base of everything on the wire: a frozen map of named fields."""


# --- becoming a member, signing in --------------------------------------------------------------------------------


class Enrol(Wire, frozen=True):
    """POST /v1/enrol: a new device shows its one-time code and its two public keys."""

    code: Code
    device_id: Id
    device_name: Name
    signing_public: SigningKey
    """Ed25519, raw."""
    kem_public: SealingKey
    """HPKE public key of ML-KEM-768 with X25519, raw."""
    signature: Signature


class EnrolTermsAsked(Wire, frozen=True):
    """POST /v1/enrol/terms: what whoever has this code has to show beside it."""

    code: Code


class EnrolTerms(Wire, frozen=True):
    """Where the person signs in before a device of theirs is enrolled: an OpenID provider. Empty texts: nowhere."""

    issuer: Address
    authorization: Address
    """The provider's page, for the system's browser."""
    client_id: Address
    server_time: Milliseconds


class EnrolSignedIn(Wire, frozen=True):
    """POST /v1/enrol/account: an enrolment by somebody who has signed in with the agency's provider."""

    enrol: Enrol
    provider_code: ProviderCode
    """The authorization code that came back to `redirect_address(port)`."""
    verifier: Verifier
    """Of PKCE (RFC 7636); its SHA-256 went to the provider."""
    port: Port


class Enrolled(Wire, frozen=True):
    """The agency and person that a device now belongs to. `server_public` and `recovery_public` are pinned by it."""

    agency_id: Id
    agency_name: Name
    person_id: Id
    name: Name
    roles: Roles
    groups: GroupNames
    server_public: SigningKey
    server_epoch: Id
    recovery_public: SealingKey | None
    server_time: Milliseconds
    protocol: int = PROTOCOL_VERSION
    order_public: SigningKey | None = None
    """Who signs orders to erase a device: a key that the server does not have. Pinned too."""


class ChallengeAsked(Wire, frozen=True):
    """POST /v1/challenge: the first half of signing in."""

    device_id: Id


class Challenge(Wire, frozen=True):
    """A nonce that is good for one sign-in of that device within `CHALLENGE_SECONDS`."""

    nonce: Nonce
    server_time: Milliseconds


class SignIn(Wire, frozen=True):
    """POST /v1/session: `signature` is over `sign_in_bytes`."""

    device_id: Id
    nonce: Nonce
    signature: Signature


class Session(Wire, frozen=True):
    """A short, opaque token for `Authorization: Bearer`; it is checked again at each request."""

    token: Token
    expires_at: Milliseconds
    lease_days: Annotated[int, Meta(ge=1, le=30)]
    """Days without contact after which the device locks itself."""
    server_epoch: Id
    server_time: Milliseconds
    protocol: int = PROTOCOL_VERSION


CHALLENGE_SECONDS: Final = 120
"""Life of a sign-in nonce."""

# --- who there is, and who may open what --------------------------------------------------------------------------


class Member(Wire, frozen=True):
    """One enrolled device and its person. Sent again, at a new place, whenever anything in it changes."""

    person_id: Id
    name: Name
    roles: Roles
    device_id: Id
    signing_public: SigningKey
    kem_public: SealingKey
    groups: GroupNames
    status: Literal["active", "revoked"]


class Group(Wire, frozen=True):
    """One epoch of a group's key pair; its private half travels in envelopes with subject `group`."""

    name: GroupName
    epoch: Ordinal
    public: SealingKey
    by_device: Id
    signature: Signature


class ScopeOffer(Wire, frozen=True):
    """Creates a scope. Its kind and first key are inside the envelopes that come with it."""

    scope_id: Id
    by_device: Id
    signature: Signature


class ScopeEpoch(Wire, frozen=True):
    """Begins the next epoch of a scope: from then on its segments are sealed with another key.

    `key_name` (`name_of_key`) tells two keys apart without showing either: of two devices that begin the same epoch at
    the same time the server takes the first, and says `exists` to the other. Goes in one push with its envelopes.
    """

    scope_id: Id
    epoch: Ordinal
    key_name: Hash
    by_device: Id
    signature: Signature


class Envelope(Wire, frozen=True):
    """The key of one epoch of a scope or group, sealed to one recipient.

    `subject_id` is a scope id or group name; `recipient_id` a device id, a group name, or `RECOVERY`. A `held`
    envelope (break-glass) is stored and, in this version, never handed out.
    """

    subject: Literal["scope", "group"]
    subject_id: SubjectId
    epoch: Ordinal
    recipient: Literal["device", "group", "recovery"]
    recipient_id: SubjectId
    method: Literal["hpke", "aes"]
    sealed: SealedKey
    held: bool
    by_device: Id
    signature: Signature


# --- segments and what the server says about them -----------------------------------------------------------------


class Segment(Wire, frozen=True):
    """One device's changes `first` to `last` to one scope, sealed. (scope_id, device_id, first) is its name."""

    scope_id: Id
    device_id: Id
    first: Ordinal
    last: Ordinal
    epoch: Ordinal
    previous: Hash
    """`segment_hash` of that device's segment before in this scope, or `NO_HASH`."""
    sealed: SealedChanges
    signature: Signature

    def __post_init__(self) -> None:
        """A run cannot end before it begins."""
        if self.last < self.first:
            raise ValueError("last before first")


class Receipt(Wire, frozen=True):
    """The server's signed word that a segment is durable. Repeating the push returns the very same receipt."""

    scope_id: Id
    device_id: Id
    first: Ordinal
    last: Ordinal
    hash: Hash
    number: Ordinal
    """Place in the scope, from 1, without gaps."""
    server_epoch: Id
    received_at: Milliseconds
    signature: Signature


class RefusalCode(StrEnum):
    """Why one scope, group, envelope or segment was not taken. On the wire a string: newer servers may know more."""

    NOT_A_MEMBER = "not_a_member"
    """The author's person may not read the scope and did not create it; or may not speak for the group."""
    REVOKED = "revoked"
    BAD_SIGNATURE = "bad_signature"
    GAP = "gap"
    """Something of this device in this scope is missing before it."""
    FORK = "fork"
    """Differs from what this device already sent under the same name. Counted as an alarm."""
    TOO_LARGE = "too_large"
    UNKNOWN_SCOPE = "unknown_scope"
    UNKNOWN_GROUP = "unknown_group"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    STALE_EPOCH = "stale_epoch"
    """Sealed with a key that has been followed by a newer one, which its author holds: seal again."""
    UNKNOWN_EPOCH = "unknown_epoch"
    """No envelope of that epoch has been stored: send envelopes before or with the segments."""
    EXISTS = "exists"
    """The scope, or this epoch of the scope or group, was made by another device first."""
    MALFORMED = "malformed"
    PURGED = "purged"
    """The scope was destroyed by an order of two people: nothing of it is ever taken again."""


class Refusal(Wire, frozen=True):
    """One thing that was not taken, by name; everything else in the same push stands.

    `about` tells what: segment, scope, epoch, envelope or group. For a segment the three names are its own; for a
    scope and an epoch `scope_id` and the device that offered it; for an envelope `scope_id` is its subject_id,
    `device_id` its author and `recipient_id` its recipient; for a group `scope_id` is the group's name. `first` is the
    epoch for epochs, envelopes and groups, 0 for scopes. `title` is English for logs and support: the client has its
    own sentence for a code.
    """

    scope_id: str
    device_id: str
    first: Counter
    code: str
    title: str
    about: str = "segment"
    recipient_id: str = ""


class Push(Wire, frozen=True):
    """POST /v1/push. Taken in this order: groups, scopes, epochs, envelopes, segments (these in the order given)."""

    scopes: Annotated[list[ScopeOffer], Meta(max_length=MAX_SCOPES)] = []
    envelopes: Annotated[list[Envelope], Meta(max_length=MAX_ENVELOPES)] = []
    segments: Annotated[list[Segment], Meta(max_length=MAX_BATCH)] = []
    groups: Annotated[list[Group], Meta(max_length=MAX_GROUPS)] = []
    epochs: Annotated[list[ScopeEpoch], Meta(max_length=MAX_SCOPES)] = []


# --- reading ------------------------------------------------------------------------------------------------------


class FeedItem(Wire, frozen=True):
    """One thing at its place. `body` stays encoded until `feed_body`, so that one bad item cannot spoil a page."""

    place: Ordinal
    kind: str
    """segment, envelope, member, group, flag, order or wipe; a newer server may have more."""
    body: msgspec.Raw
    number: Counter = 0
    """Of a segment: its place in its scope."""
    received_at: Milliseconds = 0
    """Of a segment: when the server took it."""


class FeedPage(Wire, frozen=True):
    """What lies after a place. `next` is the cursor to store, even when `items` is empty.

    GET /v1/feed?after=&limit=&own=&heads= and GET /v1/envelopes?after=&limit=: the cursor is a place of the feed.
    GET /v1/scopes/{id}/segments?after=&limit=: the cursor is a segment's number in that scope.
    """

    items: list[FeedItem]
    next: Counter
    more: bool
    server_epoch: Id
    server_time: Milliseconds
    end: Counter = 0
    """Where the feed, or the scope, ended when this page was read; 0 from a server that does not say."""
    heads: Hash | None = None
    """`heads_hash` of what `/v1/heads` would say; only on the last page of a feed, and only when it was asked for."""


class PushResult(Wire, frozen=True):
    """A receipt for each segment that is durable (now or before), a refusal for each thing that was not taken.

    POST /v1/push?after=: with a place of the feed, `feed` is what GET /v1/feed?after=&own=no&heads=yes would then say.
    """

    receipts: list[Receipt]
    refusals: list[Refusal]
    server_epoch: Id
    server_time: Milliseconds
    feed: FeedPage | None = None
    """Nothing when it was not asked for, and from a server that does not know the question."""


class ScopeHead(Wire, frozen=True):
    """How many segments a scope has, and the chain over their hashes in the order of their numbers."""

    scope_id: Id
    number: Counter
    head: Hash


class Heads(Wire, frozen=True):
    """GET /v1/heads?after=<scope id>: the heads of readable scopes, in the order of their ids, page by page."""

    heads: list[ScopeHead]
    more: bool
    server_epoch: Id
    server_time: Milliseconds


class NumbersAsked(Wire, frozen=True):
    """POST /v1/numbers: reserve a block of record numbers. The server knows a series only by an opaque name."""

    series: Series
    year: Year
    size: Annotated[int, Meta(ge=1, le=MAX_NUMBERS)]
    known: Annotated[int, Meta(ge=0, le=10**9)] = 0
    """The highest number of this series and year that the device holds or has seen: never handed out below it."""


class NumberBlock(Wire, frozen=True):
    """`first` to `last` belong to the device that asked, for ever."""

    series: Series
    year: Year
    first: Ordinal
    last: Ordinal


class FlagRaised(Wire, frozen=True):
    """POST /v1/flag: what a person of the agency must know soon, said by a device about itself. Repeating is free.

    `kind` is `DURESS` in this version; a string on the wire, so that a newer device may say more.
    """

    flag_id: Id
    device_id: Id
    kind: Code
    at: Milliseconds
    """When it happened, by the device's clock."""
    signature: Signature


class FlagSeen(Wire, frozen=True):
    """POST /v1/flag/seen: a supervisor took note of a flag. The first who says so is the one who is named."""

    flag_id: Id


class Flag(Wire, frozen=True):
    """A flag as the feed hands it to supervisors; sent again, at a new place, once somebody has taken note of it."""

    raised: FlagRaised
    person_id: Id
    received_at: Milliseconds
    seen_at: Milliseconds = 0
    """When somebody took note, by the server's clock; 0 while nobody has."""
    seen_by: str = ""


class FlagTaken(Wire, frozen=True):
    """The server has it."""

    flag_id: Id
    server_epoch: Id
    server_time: Milliseconds


DURESS: Final = "duress"
"""The kind of flag that says: this computer was opened with the passphrase for being forced to."""

# --- orders: what is destroyed, and which device erases itself ----------------------------------------------------


class Approval(Wire, frozen=True):
    """One of the two who destroy something: the signature of their device over `purge_bytes`."""

    device_id: Id
    signature: Signature


class PurgeOrder(Wire, frozen=True):
    """POST /v1/order: scopes that are destroyed everywhere, named by their random ids. Repeating is free.

    The devices of two people signed the very same list (`purge_bytes`); the server only carries it.
    """

    order_id: Id
    agency_id: Id
    scopes: Annotated[list[Id], Meta(min_length=1, max_length=MAX_PURGED)]
    proposed_at: Milliseconds
    approvals: Annotated[list[Approval], Meta(min_length=2, max_length=2)]


class OrderTaken(Wire, frozen=True):
    """The server has it, and has destroyed what it names."""

    order_id: Id
    server_epoch: Id
    server_time: Milliseconds


class WipeOrder(Wire, frozen=True):
    """One device erases itself. Signed with the agency's order key, which the server does not have.

    `drain`: first it sends what it has not sent; such an order comes to it by the feed, while it is in service. Else it
    was revoked, and asks for the order (POST /v1/wipe). `nonce` names the order: doing it again is free.
    """

    agency_id: Id
    device_id: Id
    nonce: Nonce
    made_at: Milliseconds
    drain: bool
    signature: Signature


class Wiped(Wire, frozen=True):
    """POST /v1/wiped: a device did what an order said; signed by it before its key was destroyed."""

    device_id: Id
    nonce: Nonce
    at: Milliseconds
    signature: Signature


class WipedTaken(Wire, frozen=True):
    """The server has written it down."""

    device_id: Id
    server_time: Milliseconds


# --- chunks of attachments ----------------------------------------------------------------------------------------


class ChunkName(Wire, frozen=True):
    """A chunk of a file, and a scope with a record that names it. `name` is the SHA-256 of the sealed bytes."""

    name: Hash
    scope_id: Id


class ChunksNamed(Wire, frozen=True):
    """POST /v1/chunks/missing: which of these has the server still to be given?"""

    chunks: Annotated[list[ChunkName], Meta(max_length=MAX_CHUNK_NAMES)]


class ChunksMissing(Wire, frozen=True):
    """Those that the server does not hold for that scope, or that this device could not fetch from it."""

    missing: list[ChunkName]
    server_epoch: Id
    server_time: Milliseconds


class Chunk(Wire, frozen=True):
    """One chunk with the scopes whose readers may fetch it. The server compares `name` with the hash of `sealed`."""

    name: Hash
    scopes: Annotated[list[Id], Meta(max_length=MAX_CHUNK_SCOPES)]
    sealed: SealedChunk


class ChunksGiven(Wire, frozen=True):
    """POST /v1/chunks: chunks for the server to keep. Repeating is free."""

    chunks: Annotated[list[Chunk], Meta(max_length=MAX_CHUNKS)]


class ChunkRefused(Wire, frozen=True):
    """One chunk that was not taken for one scope; `code` is a `RefusalCode`."""

    name: Hash
    scope_id: str
    code: str


class ChunksTaken(Wire, frozen=True):
    """What is durable now, or was before; and what was not taken."""

    taken: list[ChunkName]
    refused: list[ChunkRefused]
    server_epoch: Id
    server_time: Milliseconds


class ChunksAsked(Wire, frozen=True):
    """POST /v1/chunks/fetch: chunks that records on this device name and that are not here."""

    names: Annotated[list[Hash], Meta(max_length=MAX_CHUNK_NAMES)]


class ChunkHeld(Wire, frozen=True):
    """A chunk as the server keeps it. The reader compares `name` with the hash of `sealed` again."""

    name: Hash
    sealed: SealedChunk


class ChunksHanded(Wire, frozen=True):
    """As many of the asked as one page holds. `absent` are not here or not for this device; any other: ask again."""

    chunks: list[ChunkHeld]
    absent: list[Hash]
    server_epoch: Id
    server_time: Milliseconds


# --- the log of an agency ----------------------------------------------------------------------------------------


class TreeHead(Wire, frozen=True):
    """What the server says of all places of an agency's feed at once: how many, and the root of the tree over them."""

    agency_id: Id
    server_epoch: Id
    size: Counter
    root: Hash
    server_time: Milliseconds
    signature: Signature


class TreeGrown(Wire, frozen=True):
    """GET /v1/tree: the head now, and the proof that its tree begins with the one of the size that was asked from."""

    head: TreeHead
    proof: Annotated[list[Hash], Meta(max_length=MAX_PROOF)]


# --- work in a file -----------------------------------------------------------------------------------------------


class BundleHead(Wire, frozen=True):
    """What stands before the sealed content of a bundle: the same work as over the wire, in a file (PROTOCOL.md)."""

    agency_id: Id
    by_device: Id
    made_at: Milliseconds
    """By the clock of the device that made it."""
    group: GroupName
    """Whose members may open it."""
    sealed_key: SealedKey
    """The content's key, sealed to the group."""
    content: Hash
    """SHA-256 of the sealed content."""
    signature: Signature


class BundleContent(Wire, frozen=True):
    """What a bundle carries, as its authors signed it; taken in the order of a push, and then the chunks of files.

    `chunks`: of files that records in it name, as far as there is room beside the records. Whoever takes the file in
    compares each name with the hash of what stands under it, and keeps those that records call for.
    `heads`: what the server signed of the agency's log, as the writer keeps it if it watches the log.
    """

    scopes: Annotated[list[ScopeOffer], Meta(max_length=MAX_BUNDLE_THINGS)] = []
    envelopes: Annotated[list[Envelope], Meta(max_length=MAX_BUNDLE_THINGS)] = []
    segments: Annotated[list[Segment], Meta(max_length=MAX_BUNDLE_THINGS)] = []
    epochs: Annotated[list[ScopeEpoch], Meta(max_length=MAX_BUNDLE_THINGS)] = []
    chunks: Annotated[list[ChunkHeld], Meta(max_length=MAX_BUNDLE_THINGS)] = []
    heads: Annotated[list[TreeHead], Meta(max_length=MAX_BUNDLE_HEADS)] = []


class ProblemCode(StrEnum):
    """Why a whole request failed."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported_media_type"
    NOT_SIGNED_IN = "not_signed_in"
    """No token, or it has expired: sign in again."""
    SIGN_IN_FAILED = "sign_in_failed"
    REVOKED = "revoked"
    """This device was revoked: the person's work here is over."""
    CODE_REFUSED = "code_refused"
    """The enrolment code is wrong, used or expired."""
    PROVIDER_NEEDED = "provider_needed"
    """The agency wants its people to sign in with its provider before they enrol."""
    PROVIDER_REFUSED = "provider_refused"
    """What the provider said of the sign-in does not hold."""
    PROVIDER_CLOCK = "provider_clock"
    """What the provider said is from another time: the server's clock or the provider's is wrong."""
    PROVIDER_OTHER = "provider_other"
    """Somebody signed in who is not the person whose code it is."""
    PROVIDER_AWAY = "provider_away"
    """The provider cannot be reached, or answers nonsense."""
    DEVICE_EXISTS = "device_exists"
    BAD_SIGNATURE = "bad_signature"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    TOO_MANY = "too_many_requests"
    """Wait for the seconds that the Retry-After header names."""
    STORE_FULL = "store_full"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class Problem(Wire, frozen=True):
    """The body of every answer that is not a success, as application/problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str


# --- bytes --------------------------------------------------------------------------------------------------------

W = TypeVar("W", bound=Wire)
Signed = (
    Enrol
    | Group
    | ScopeOffer
    | ScopeEpoch
    | Envelope
    | Segment
    | Receipt
    | FlagRaised
    | BundleHead
    | WipeOrder
    | Wiped
    | TreeHead
)
S = TypeVar(
    "S",
    Enrol,
    Group,
    ScopeOffer,
    ScopeEpoch,
    Envelope,
    Segment,
    Receipt,
    FlagRaised,
    BundleHead,
    WipeOrder,
    Wiped,
    TreeHead,
)
FeedBody = Segment | Envelope | Member | Group | Flag | PurgeOrder | WipeOrder

FEED_BODIES: Final[dict[str, type[FeedBody]]] = {
    "segment": Segment,
    "envelope": Envelope,
    "member": Member,
    "group": Group,
    "flag": Flag,
    "order": PurgeOrder,
    "wipe": WipeOrder,
}

_encoder = msgspec.msgpack.Encoder()


@cache
def _decoder(kind: type[W]) -> msgspec.msgpack.Decoder[W]:
    return msgspec.msgpack.Decoder(kind)


def decode(kind: type[W], body: bytes | bytearray | memoryview | msgspec.Raw, most: int = MAX_BODY) -> W:
    """`body`, of at most `most` bytes, as a value of `kind`, every limit checked. Raises `Malformed`."""
    if memoryview(body).nbytes > most:
        raise Malformed("body too large")
    try:
        value: W = _decoder(kind).decode(body)
        return value
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Malformed(f"not a valid {kind.__name__}") from None


def encode(value: Wire, most: int = MAX_BODY) -> bytes:
    """The body of `value`, having checked that the other end would take it. Raises `Malformed`."""
    try:
        body = _encoder.encode(value)
    except (msgspec.MsgspecError, ValueError, OverflowError, TypeError):
        raise Malformed(f"not a valid {type(value).__name__}") from None
    decode(type(value), body, most)
    return body


def decode_problem(body: bytes) -> Problem:
    """The problem in an application/problem+json answer. Raises `Malformed`."""
    try:
        return msgspec.json.decode(body, type=Problem)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Malformed("not a valid Problem") from None


def encode_problem(problem: Problem) -> bytes:
    """The application/problem+json body of `problem`."""
    return msgspec.json.encode(problem)


def feed_body(item: FeedItem) -> FeedBody | None:
    """What an item holds, or None for a kind that this version does not know (keep its bytes, move on).

    Raises `Malformed` when the body does not fit its kind.
    """
    kind = FEED_BODIES.get(item.kind)
    return None if kind is None else decode(kind, item.body)


def enrolment_code(typed: str) -> str:
    """A one-time code as it is hashed and signed: capitals without groups, look-alikes read as what was printed.

    Codes are written in Crockford's base 32, which has no I, L, O or U.
    """
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def _signed_fields(value: Signed) -> tuple[str, tuple[str | int | bytes | bool, ...]]:
    """The label and the fields that a signature covers, in order. Long bytes stand as their SHA-256."""
    match value:
        case Enrol():
            code = enrolment_code(value.code)
            return "enrol", (code, value.device_id, value.device_name, value.signing_public, value.kem_public)
        case Group():
            return "group", (value.name, value.epoch, value.public, value.by_device)
        case ScopeOffer():
            return "scope", (value.scope_id, value.by_device)
        case ScopeEpoch():
            return "epoch", (value.scope_id, value.epoch, value.key_name, value.by_device)
        case Envelope():
            to = (value.recipient, value.recipient_id, value.method, _sha256(value.sealed), value.held)
            return "envelope", (value.subject, value.subject_id, value.epoch, *to, value.by_device)
        case Segment():
            run = (value.first, value.last, value.epoch, value.previous, _sha256(value.sealed))
            return "segment", (value.scope_id, value.device_id, *run)
        case Receipt():
            taken = (value.hash, value.number, value.server_epoch, value.received_at)
            return "receipt", (value.scope_id, value.device_id, value.first, value.last, *taken)
        case FlagRaised():
            return "flag", (value.flag_id, value.device_id, value.kind, value.at)
        case BundleHead():
            key = _sha256(value.sealed_key)
            return "bundle", (value.agency_id, value.by_device, value.made_at, value.group, key, value.content)
        case WipeOrder():
            return "wipe", (value.agency_id, value.device_id, value.nonce, value.made_at, value.drain)
        case Wiped():
            return "wiped", (value.device_id, value.nonce, value.at)
        case TreeHead():
            said = (value.server_epoch, value.size, value.root, value.server_time)
            return "tree", (value.agency_id, *said)


def canonical(value: Signed) -> bytes:
    """The bytes that the signature of `value` is over: a MessagePack array that begins with what it is.

    The label keeps a signature on one kind of message from ever fitting another.
    """
    label, fields = _signed_fields(value)
    return _encoder.encode((f"haven/{PROTOCOL_VERSION}/{label}", *fields))


def signed(value: S, sign: Callable[[bytes], bytes]) -> S:
    """`value` with its signature filled in: make it with `UNSIGNED` first."""
    return msgspec.structs.replace(value, signature=sign(canonical(value)))


def sign_in_bytes(device_id: str, nonce: bytes, server_public: bytes) -> bytes:
    """The bytes a device signs to sign in. They name the server, so that another cannot pass them on."""
    return _encoder.encode((f"haven/{PROTOCOL_VERSION}/sign-in", device_id, nonce, server_public))


def redirect_address(port: int) -> str:
    """Where the provider sends the browser back to: this computer itself (RFC 8252, 7.3)."""
    return f"http://127.0.0.1:{port}/signed-in"


def provider_nonce(enrol: Enrol, verifier: str) -> str:
    """What ties a sign-in to one enrolment: the provider signs it, and it fits no other device and no other keys."""
    label = f"haven/{PROTOCOL_VERSION}/provider-nonce"
    content = (label, enrol.code, enrol.device_id, enrol.signing_public, enrol.kem_public, verifier)
    return hashlib.sha256(_encoder.encode(content)).hexdigest()


def purge_bytes(agency_id: str, order_id: str, scopes: Iterable[str], proposed_at: int) -> bytes:
    """The bytes that both who approve an order to purge sign. The scopes stand in the order of their ids."""
    return _encoder.encode((f"haven/{PROTOCOL_VERSION}/purge", agency_id, order_id, proposed_at, *sorted(scopes)))


def place_bytes(agency_id: str, place: int, kind: str, subject_id: str, number: int, content: bytes) -> bytes:
    """What a leaf of an agency's tree is the hash of: one place of the feed as it was first written.

    `content` is the `segment_hash` of a segment, else the SHA-256 of the body, `NO_HASH` where there is none.
    """
    return _encoder.encode((f"haven/{PROTOCOL_VERSION}/place", agency_id, place, kind, subject_id, number, content))


def segment_hash(segment: Segment) -> bytes:
    """SHA-256 over everything that the author signed: names the content of a segment."""
    return _sha256(canonical(segment))


def name_of_key(scope_id: str, epoch: int, key: bytes) -> bytes:
    """What names the random key of a scope's epoch and shows nothing of it."""
    return _sha256(_encoder.encode((f"haven/{PROTOCOL_VERSION}/key-name", scope_id, epoch, key)))


def scope_head(previous_head: bytes, hash_of_segment: bytes) -> bytes:
    """The head of a scope after one more segment; the head of an empty scope is `NO_HASH`."""
    return _sha256(b"haven/1/head" + previous_head + hash_of_segment)


def heads_hash(heads: Iterable[tuple[str, int, bytes]]) -> bytes:
    """One hash over the id, number and head of scopes, whatever their order: equal when both ends hold the same."""
    return _sha256(_encoder.encode((f"haven/{PROTOCOL_VERSION}/heads", sorted(heads))))


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
