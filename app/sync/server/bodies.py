"""Bodies of requests and answers: MessagePack, optionally zstd, never larger than the limit before or after."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import zstandard
from litestar import Request, Response
from litestar.exceptions import InternalServerException
from litestar.types import Receive, Scope, Send

from app.sync import protocol
from app.sync.protocol import Malformed, ProblemCode, Wire
from app.sync.server.problems import Refused, malformed, problem, too_large
from app.words import mark

W = TypeVar("W", bound=Wire)
AnyRequest = Request[Any, Any, Any]
_WORTH_COMPRESSING = 1024
_LARGEST_WINDOW = 8 * 1024 * 1024


async def read_body(request: AnyRequest, kind: type[W], seconds: float, most: int = protocol.MAX_BODY) -> W:
    """The request's body, of at most `most` bytes, as a message.

    Raises `Refused` for anything that is too large, too slow or not a `kind`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != protocol.MEDIA_TYPE:
        raise Refused(415, ProblemCode.UNSUPPORTED, mark("Send application/msgpack."))
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", protocol.COMPRESSION):
        raise Refused(415, ProblemCode.UNSUPPORTED, mark("The only content encoding is zstd."))
    try:
        body = await asyncio.wait_for(_collect(request, most), seconds)
    except TimeoutError:
        raise Refused(408, ProblemCode.MALFORMED, mark("The request took too long to arrive.")) from None
    if encoding == protocol.COMPRESSION:
        body = decompress(body, most)
    try:
        return protocol.decode(kind, body)
    except Malformed:
        raise malformed() from None


async def _collect(request: AnyRequest, most: int) -> bytes:
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or len(said) > 12 or int(said) > most:
        raise too_large()
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise too_large()
    except InternalServerException:  # so the framework says that the other end is gone: no mistake of ours
        raise malformed() from None
    return bytes(body)


def decompress(body: bytes, most: int = protocol.MAX_BODY) -> bytes:
    """One whole zstd frame, never more than `most` bytes. Raises `Refused`."""
    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(body)
    try:
        plain = reader.read(most + 1)
    except zstandard.ZstdError:
        raise malformed() from None
    if len(plain) > most:
        raise too_large()
    return plain


class Answer:
    """A success as it goes out. The framework's own response costs a short answer more than all that is in it."""

    def __init__(self, body: bytes, *, is_packed: bool) -> None:
        self._body = body
        length = (b"content-length", str(len(body)).encode("ascii"))
        self._headers = [*_HEADERS, length, _PACKED] if is_packed else [*_HEADERS, length]

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """As ASGI has it."""
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


_HEADERS = (
    (b"content-type", protocol.MEDIA_TYPE.encode("ascii")),
    (b"cache-control", b"no-store"),
    (b"vary", b"accept-encoding"),
)
_PACKED = b"content-encoding", protocol.COMPRESSION.encode("ascii")


def answer(request: AnyRequest, message: Wire) -> Answer:
    """A success: the message as MessagePack, compressed when that helps and the other end understands it."""
    body = protocol.encode(message)
    if len(body) > _WORTH_COMPRESSING and protocol.COMPRESSION in request.headers.get("accept-encoding", ""):
        packed = zstandard.ZstdCompressor(level=3).compress(body)
        if len(packed) < len(body):
            return Answer(packed, is_packed=True)
    return Answer(body, is_packed=False)


def failure(status: int, code: str, title: str, *, retry_after: int = 0) -> Response[bytes]:
    """A failure, as application/problem+json."""
    headers = {"cache-control": "no-store"}
    if retry_after:
        headers["retry-after"] = str(retry_after)
    body = protocol.encode_problem(problem(status, code, title))
    return Response(body, status_code=status, media_type=protocol.PROBLEM_TYPE, headers=headers)
