"""Limits of fields and the rule matrix, both read from the options of the schema (docs/spec/frame.md, "Record"; overview.md, "Rules")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .binary import read_varint, varint
from .schema import Channel, Code, Permission, Phase, Refusal, annotation, chat, clipboard, elevation, file, input, limits, media, rules, screen, session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message

DROP, REFUSE, FATAL = rules.OTHERWISE_DROP, rules.OTHERWISE_REFUSE, rules.OTHERWISE_FATAL
MAX_RECORD_BYTES = 263_168
MAX_RECORD_MESSAGES = 4_096

MESSAGES = {
    Channel.SESSION: session.SessionMessage,
    Channel.SCREEN: screen.ScreenMessage,
    Channel.MEDIA: media.MediaMessage,
    Channel.INPUT: input.InputMessage,
    Channel.CLIPBOARD: clipboard.ClipboardMessage,
    Channel.FILE: file.FileMessage,
    Channel.ELEVATION: elevation.ElevationMessage,
    Channel.CHAT: chat.ChatMessage,
    Channel.ANNOTATION: annotation.AnnotationMessage,
}


class Violation(Exception):
    """Something that a counterpart may not send; `code` ends the peer."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def check_limits(message: Message) -> None:
    """Raises Violation if a field, however deep, is beyond its limit (RA-RLY-025, RA-RLY-026)."""
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        repeated = field.label == field.LABEL_REPEATED
        if field.GetOptions().HasExtension(limits.limit):
            _check_field(field, value if repeated else [value], repeated, field.GetOptions().Extensions[limits.limit])
        if field.message_type is not None:
            if repeated:
                for item in value:
                    check_limits(item)
            elif message.HasField(field.name):
                check_limits(value)


def _check_field(field: FieldDescriptor, values: Sequence[Any], repeated: bool, limit: limits.Limit) -> None:
    name = field.full_name
    if repeated:
        if limit.max_items and len(values) > limit.max_items:
            raise Violation(Code.TOO_LARGE, f'{name} has too many items')
        if len(values) < limit.min_items:
            raise Violation(Code.INVALID_FIELD, f'{name} has too few items')
    is_text = field.type in (field.TYPE_STRING, field.TYPE_BYTES)
    total = 0
    for value in values:
        if limit.optional and not value:
            continue
        if is_text:
            size = len(value.encode() if isinstance(value, str) else value)
            total += size
            if limit.max_bytes and size > limit.max_bytes:
                raise Violation(Code.TOO_LARGE, f'{name} is too long')
            if size < limit.min_bytes:
                raise Violation(Code.INVALID_FIELD, f'{name} is too short')
        elif field.message_type is None and (value < limit.min or limit.max and value > limit.max):
            raise Violation(Code.INVALID_FIELD, f'{name} is out of its range')
    if limit.max_total_bytes and total > limit.max_total_bytes:
        raise Violation(Code.TOO_LARGE, f'{name} is too long')


def pack(messages: Iterable[Message]) -> bytes:
    """A record's plaintext: each message behind its length."""
    parts = []
    for message in messages:
        data = message.SerializeToString()
        parts += [varint(len(data)), data]
    return b''.join(parts)


def unpack(channel: int, plaintext: bytes) -> list[Message]:
    """The messages of a record. Raises Violation if it does not decode to the end or is beyond a limit (RA-RLY-021 to 030)."""
    if len(plaintext) > MAX_RECORD_BYTES:
        raise Violation(Code.TOO_LARGE, 'too large a record')
    messages, at = [], 0
    try:
        while at < len(plaintext):
            if len(messages) == MAX_RECORD_MESSAGES:
                raise Violation(Code.TOO_LARGE, 'too many messages in a record')
            length, at = read_varint(plaintext, at)
            if at + length > len(plaintext):
                raise ValueError('a message that reaches beyond the record')
            messages.append(parse(MESSAGES[channel], plaintext[at : at + length]))
            at += length
    except ValueError as error:
        raise Violation(Code.MALFORMED, str(error)) from error
    if not messages:
        raise Violation(Code.MALFORMED, 'an empty record')
    return messages


def parse(kind: type, data: bytes) -> Message:
    """A message of a type. Raises Violation."""
    try:
        message = kind.FromString(data)
    except Exception as error:  # DecodeError of whichever implementation of protobuf is there
        raise Violation(Code.MALFORMED, 'bytes that do not decode') from error
    check_limits(message)
    return message


def is_known(message: Message) -> bool:
    """Whether this end knows what kind of message it is; one of a later version has an empty `kind` (RA-SES-008)."""
    return message.WhichOneof('kind') is not None


def rule_for(message: Message, sender: int, receiver: int) -> rules.Rule | None:
    """The line of the matrix for a message between two roles. Raises Violation if there is none (RA-SES-007)."""
    field = message.DESCRIPTOR.fields_by_name[message.WhichOneof('kind')]
    for rule in field.GetOptions().Extensions[rules.rule]:
        if rule.__getattribute__('from') == sender and receiver in rule.to:
            return rule
    raise Violation(Code.FORBIDDEN_MESSAGE, f'{field.full_name} is not for this role to send')


def refusal_of(
    rule: rules.Rule, phase: int, grants: dict[int, None] | set[int] | tuple[int, ...], has_lease: bool = True, is_elevated: bool = True
) -> int | None:
    """Why a rule does not allow a message now, as the first condition that fails in the order of session.md; None if it does (RA-SES-003)."""
    if phase not in rule.phases:
        return Refusal.PAUSED if phase == Phase.PAUSED else Refusal.NOT_ACTIVE
    if rule.grant != Permission.UNSPECIFIED and rule.grant not in grants:
        return Refusal.NO_GRANT
    if rule.needs_lease and not has_lease:
        return Refusal.NO_LEASE
    if rule.needs_elevation and not is_elevated:
        return Refusal.NOT_ELEVATED
    return None
