"""Sealed records, capabilities and the audit log: the vectors of the specification, and what must be refused."""

import json
import unittest

from assist import audit
from assist.binary import lv
from assist.frame import Head
from assist.records import Chain, Cipher, MediaOpener, MediaSealer, Opener, Sealer, associated_data, nonce_of
from assist.rules import Violation
from assist.schema import Code, session

from .test_crypto import VECTORS, unhex

VECTOR = json.loads((VECTORS / 'record.json').read_text())


def head_of(fields):
    return Head(fields['channel'], fields['source'], tuple(fields['targets']), fields['sequence'])


class RecordVectors(unittest.TestCase):
    def test_pairwise(self):
        pairwise = VECTOR['pairwise']
        chains = [Chain(unhex(pairwise['trafficSecret']))]
        chains.append(chains[0].next())
        salts = [unhex(generation['salt']) for generation in pairwise['generations']]
        opener = Opener(unhex(pairwise['trafficSecret']))
        for record in pairwise['records']:
            head, generation, counter = head_of(record['header']), record['generation'], record['counter']
            self.assertEqual(associated_data(head, generation, counter).hex(), record['associatedData'])
            self.assertEqual(nonce_of(salts[generation], counter).hex(), record['nonce'])
            sealed = chains[generation].cipher.seal(head, counter, unhex(record['plaintext']))
            self.assertEqual(sealed.hex(), record['record'])
            self.assertEqual(opener.open(head, sealed).hex(), record['plaintext'])

    def test_media(self):
        opener = MediaOpener()
        for epoch in VECTOR['media']['epochs']:
            key, salt = unhex(epoch['key']), unhex(epoch['salt'])
            opener.announce(session.MediaKey(epoch=epoch['epoch'], key=key, salt=salt))
            for record in VECTOR['media']['records']:
                if record['epoch'] == epoch['epoch']:
                    head = head_of(record['header'])
                    sealed = Cipher(epoch['epoch'], key, salt).seal(head, record['counter'], unhex(record['plaintext']))
                    self.assertEqual(sealed.hex(), record['record'])
                    self.assertEqual(opener.open(head, sealed).hex(), record['plaintext'])

    def test_capability(self):
        fields, key = VECTOR['capability']['fields'], audit.SessionKey(unhex(VECTOR['keys']['customer']['seed']))
        self.assertEqual(key.public.hex(), VECTOR['keys']['customer']['publicKey'])
        plain = [fields[name] for name in ('participant', 'publicKey', 'role', 'permissions', 'notBefore', 'expires', 'epoch', 'serial')]
        plain[1] = unhex(plain[1])
        self.assertEqual(audit.capability(key, unhex(fields['session']), *plain).hex(), VECTOR['capability']['signed'])

    def test_audit(self):
        vector, keys = VECTOR['audit'], {2: VECTOR['keys']['customer'], 1: VECTOR['keys']['agent']}
        header = vector['header']
        log = audit.Log(unhex(header['session']), header['participant'], unhex(header['key']))
        self.assertEqual(log.head.hex(), header['hash'])
        for entry in vector['entries']:
            form = audit.entry_form(entry['at'], entry['kind'], entry['details'])
            self.assertEqual(form.hex(), entry['entry'])
            log.append(form)
            self.assertEqual(log.head.hex(), entry['hash'])
        for signature in vector['signatures']:
            key, index = audit.SessionKey(unhex(keys[signature['participant']]['seed'])), signature['index']
            self.assertEqual(key.sign(log.signed_bytes(index)).hex(), signature['signature'])
            self.assertTrue(audit.verify(key.public, unhex(signature['signature']), log.signed_bytes(index)))
            self.assertFalse(audit.verify(key.public, unhex(signature['signature']), log.signed_bytes(0)))
            log.signed(index, signature['participant'], unhex(signature['signature']))
        self.assertEqual(log.text(), vector['file'])
        self.assertTrue(log.has_ended)

    def test_entries_that_are_none(self):
        for bad in [b'', lv('1'), lv('x', 'kind'), lv(1, 'kind', 'b', '', 'a', ''), lv(1, 'kind', 'a')]:
            with self.subTest(bad), self.assertRaises(ValueError):
                audit.kind_and_details(bad)


class PairwiseRefusals(unittest.TestCase):
    def setUp(self):
        self.now = 0
        self.sealer, self.opener = Sealer(bytes(32), lambda: self.now), Opener(bytes(32))
        self.sequence = 0

    def seal(self, plaintext=b'x', targets=(2,)):
        self.sequence += 1
        head = Head(3, 1, targets, self.sequence)
        return head, self.sealer.seal(head, plaintext)

    def refused(self, head, record):
        with self.assertRaises(Violation) as caught:
            self.opener.open(head, record)
        self.assertEqual(caught.exception.code, Code.BAD_RECORD)

    def test_one_lost(self):
        self.seal()
        self.refused(*self.seal())
        self.refused(*self.seal())

    def test_one_twice_and_nothing_after(self):
        first = self.seal()
        self.opener.open(*first)
        self.refused(*first)
        self.refused(*self.seal())

    def test_any_bit_that_flips(self):
        head, record = self.seal()
        for i in range(len(record)):
            flipped = bytearray(record)
            flipped[i] ^= 1
            opener = Opener(bytes(32))
            with self.subTest(i), self.assertRaises(Violation):
                opener.open(head, bytes(flipped))
        other_head = Head(3, 1, (4,), head.sequence)
        self.refused(other_head, record)

    def test_too_short_too_long_or_for_two(self):
        for head, record in [(Head(3, 1, (2,), 1), bytes(27)), (Head(3, 1, (2,), 1), bytes(263_197)), self.seal(targets=(2, 3))]:
            with self.assertRaises(Violation):
                Opener(bytes(32)).open(head, record)

    def test_keys_go_on_after_ten_minutes(self):
        self.opener.open(*self.seal())
        self.now = 599
        self.assertEqual(self.seal_and_open()[:4], bytes(4))
        self.now = 600
        self.assertEqual(self.seal_and_open()[:4], bytes([0, 0, 0, 1]))

    def seal_and_open(self):
        head, record = self.seal()
        self.opener.open(head, record)
        return record


class MediaRefusals(unittest.TestCase):
    def setUp(self):
        self.sealer, self.opener = MediaSealer(lambda: 0), MediaOpener()

    def key(self):
        return session.MediaKey(epoch=self.sealer.epoch, key=self.sealer.key, salt=self.sealer.salt)

    def seal(self, sequence):
        head = Head(5, 2, (1,), sequence)
        return head, self.sealer.seal(head, b'pixels')

    def test_without_its_key(self):
        with self.assertRaises(Violation):
            self.opener.open(*self.seal(1))

    def test_of_an_earlier_epoch(self):
        self.opener.announce(self.key())
        early = self.seal(1)
        self.sealer.renew()
        self.opener.announce(self.key())
        with self.assertRaises(Violation):
            self.opener.open(*early)
        with self.assertRaises(Violation):
            self.opener.announce(self.key())

    def test_gaps_pass_and_repetitions_do_not(self):
        self.opener.announce(self.key())
        self.seal(1)
        second = self.seal(2)
        self.assertEqual(self.opener.open(*second), b'pixels')
        with self.assertRaises(Violation):
            self.opener.open(*second)
