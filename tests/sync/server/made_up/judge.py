"""What must hold of every answer, whatever was asked."""

from __future__ import annotations

import msgspec
import zstandard

from app.sync import protocol as p
from tests.sync.server.made_up.description import Description, Operation
from tests.sync.server.made_up.house import Answer, Request


class Judge:
    """Compares answers with the description, and looks for what no answer may hold (`hidden`)."""

    def __init__(self, hidden: tuple[bytes, ...], description: Description) -> None:
        self._hidden = hidden
        self._description = description

    def plain(self, answer: Answer) -> bytes:
        """The body without its compression."""
        if answer.headers.get("content-encoding") == p.COMPRESSION:
            return zstandard.ZstdDecompressor().decompress(answer.body, max_output_size=p.MAX_BODY)
        return answer.body

    def fault(self, operation: Operation, request: Request, answer: Answer, body: bytes) -> str | None:
        """What is wrong with it."""
        if answer.status == 0:
            return None if request.gone_after is not None else "no answer"
        if answer.status >= 500:
            return f"failed with {answer.status}"
        if b"Traceback" in body or b'File "' in body:
            return "a stack trace"
        found = [one for one in self._hidden if one in body]
        if found:
            return f"told of a stranger: {found[0]!r}"
        if request.method != operation.method:
            return None
        return self._undescribed(operation, answer, body)

    def _undescribed(self, operation: Operation, answer: Answer, body: bytes) -> str | None:
        if answer.status not in operation.answers:
            return f"status {answer.status} is not described"
        kind, schema = operation.answers[answer.status]
        if answer.headers["content-type"].partition(";")[0] != kind:
            return f"is {answer.headers['content-type']}"
        if schema is None:
            return None
        try:
            decoded = (msgspec.json if kind == p.PROBLEM_TYPE else msgspec.msgpack).decode(body)
        except msgspec.DecodeError:
            return "cannot be decoded"
        at = self._description.fault(schema, decoded)
        if at is None and answer.status != 200 and decoded["status"] != answer.status:
            at = "answer.status"
        return None if at is None else f"does not follow the description at {at}"
