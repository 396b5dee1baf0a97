"""Frames, records' plaintext, limits and rules, against the examples of the pages."""

import unittest

from assist import frame, rules
from assist.frame import Head, Sequences
from assist.schema import Channel, Code, Permission, Phase, Refusal, Role, relay, session
from assist.schema import input as inputs

unhex = bytes.fromhex


class Examples(unittest.TestCase):
    def test_ping_of_participant_2(self):
        data = unhex('08 01 10 02 20 07 7a 04 3a 02 08 01')
        head, payload = frame.decode(data)
        self.assertEqual(head, Head(Channel.RELAY, 2, (), 7))
        self.assertEqual(relay.RelayMessage.FromString(payload).ping.id, 1)
        self.assertEqual(frame.encode(head, payload), data)

    def test_one_record_with_two_messages(self):
        data = unhex('08 03 10 01 1a 01 02 20 08 7a 0b 02 32 00 07 ba 01 04 10 80 89 7a')
        head, payload = frame.decode(data)
        messages = rules.unpack(head.channel, payload)
        self.assertEqual([message.WhichOneof('kind') for message in messages], ['release_control', 'alive'])
        self.assertEqual(rules.pack(messages), payload)


class Refused(unittest.TestCase):
    def code_of(self, act):
        with self.assertRaises(rules.Violation) as caught:
            act()
        return caught.exception.code

    def test_frames(self):
        for data, code in [
            (bytes(266_241), Code.TOO_LARGE),
            (unhex('ff'), Code.MALFORMED),
            (unhex('08 0c 20 01'), Code.MALFORMED),
            (unhex('20 01'), Code.MALFORMED),
            (unhex('08 01'), Code.BAD_HEADER),
            (unhex('08 05 10 02 1a 02 03 01 20 01'), Code.BAD_HEADER),
            (unhex('08 05 10 02 1a 02 01 01 20 01'), Code.BAD_HEADER),
        ]:
            with self.subTest(data[:12]):
                self.assertEqual(self.code_of(lambda: frame.decode(data)), code)

    def test_sequences(self):
        sequences = Sequences()
        sequences.take(Head(3, 1, (2,), 5))
        sequences.take(Head(3, 4, (2,), 1))
        self.assertEqual(self.code_of(lambda: sequences.take(Head(3, 1, (2,), 5))), Code.BAD_HEADER)
        sequences.forget(1)
        sequences.take(Head(3, 1, (2,), 1))

    def test_records(self):
        def of(*messages):
            return rules.pack(messages)

        asks = session.ConsentRequest
        for plaintext, code in [
            (b'', Code.MALFORMED),
            (b'\x05', Code.MALFORMED),
            (b'\x80' * 6, Code.MALFORMED),
            (b'\x01\xff', Code.MALFORMED),
            (bytes(4_097), Code.TOO_LARGE),
            (bytes(263_169), Code.TOO_LARGE),
            (of(session.SessionMessage(consent_request=asks(request_id=1))), Code.INVALID_FIELD),
            (of(session.SessionMessage(consent_request=asks(request_id=1, permissions=[1], reason='x' * 513))), Code.TOO_LARGE),
            (of(session.SessionMessage(consent_request=asks(request_id=1, permissions=[0]))), Code.INVALID_FIELD),
        ]:
            with self.subTest(plaintext[:20]):
                self.assertEqual(self.code_of(lambda: rules.unpack(Channel.SESSION, plaintext)), code)

    def test_unknown_kinds_are_known_as_such(self):
        [message] = rules.unpack(Channel.SESSION, unhex('04 f2 3f 01 00'))
        self.assertFalse(rules.is_known(message))


class Matrix(unittest.TestCase):
    KEY = inputs.InputMessage(send_keys=inputs.SendKeys(request_id=1, combo=4))

    def refusal(self, phase=Phase.ACTIVE, grants=(Permission.CONTROL_INPUT,), has_lease=True):
        return rules.refusal_of(rules.rule_for(self.KEY, Role.AGENT, Role.CUSTOMER), phase, grants, has_lease)

    def test_first_condition_that_fails(self):
        self.assertIsNone(self.refusal())
        self.assertEqual(self.refusal(phase=Phase.CONSENTING, grants=()), Refusal.NOT_ACTIVE)
        self.assertEqual(self.refusal(phase=Phase.PAUSED, grants=()), Refusal.PAUSED)
        self.assertEqual(self.refusal(grants=(), has_lease=False), Refusal.NO_GRANT)
        self.assertEqual(self.refusal(has_lease=False), Refusal.NO_LEASE)

    def test_no_line_for_the_roles(self):
        for sender, receiver in [(Role.VIEWER, Role.CUSTOMER), (Role.CUSTOMER, Role.AGENT)]:
            with self.assertRaises(rules.Violation) as caught:
                rules.rule_for(self.KEY, sender, receiver)
            self.assertEqual(caught.exception.code, Code.FORBIDDEN_MESSAGE)
