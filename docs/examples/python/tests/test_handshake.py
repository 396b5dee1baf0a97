"""What ends an exchange, and with which code (docs/spec/handshake.md)."""

import unittest

from assist.audit import SessionKey
from assist.handshake import Attempts, Bound, CustomerExchange, HandshakeError, JoinerExchange, Secret, decode, failure_of, policy_hash, proof_form
from assist.schema import Code, PasswordClass, Role, common, handshake

SESSION = bytes(range(16))


def said(role, **fields):
    share = handshake.HandshakeShare(role=role, **fields)
    share.version.SetInParent()
    return share


class Exchanges(unittest.TestCase):
    def setUp(self):
        self.policy = common.Policy(max_participants=2)
        self.secret = Secret.pin('123456')
        self.tamper = lambda message, to: message
        self.said = {'customer': said(Role.CUSTOMER), 'joiner': said(Role.AGENT)}
        self.keys = {'customer': SessionKey(), 'joiner': SessionKey()}

    def customer(self):
        return CustomerExchange(Bound(SESSION, self.policy, 2, 1, Role.AGENT), self.secret, self.said['customer'], self.keys['customer'])

    def joiner(self, secret=None, policy=None):
        bound = Bound(SESSION, policy or self.policy, 2, 1, Role.AGENT)
        return JoinerExchange(bound, lambda *_: secret or self.secret, self.said['joiner'], self.keys['joiner'])

    def run_exchange(self, joiner_secret=None, joiner_policy=None):
        """Runs an exchange; gives who ended it, and with which code, or ('nobody', 0)."""
        self.ends = ends = {'customer': self.customer(), 'joiner': self.joiner(joiner_secret, joiner_policy)}
        messages, to = [ends['customer'].begin()], 'joiner'
        while messages:
            answers = []
            for message in messages:
                try:
                    answers += ends[to].take(decode(self.tamper(message, to).SerializeToString()))
                except HandshakeError as error:
                    return to, error.code
            messages, to = answers, 'customer' if to == 'joiner' else 'joiner'
        return 'nobody', 0

    def test_the_same_secret_gives_the_same_words(self):
        self.assertEqual(self.run_exchange(), ('nobody', 0))
        self.assertEqual(self.ends['customer'].keys.words, self.ends['joiner'].keys.words)

    def test_another_secret_is_found_by_the_joiner_first(self):
        self.assertEqual(self.run_exchange(joiner_secret=Secret.pin('123457')), ('joiner', Code.WRONG_SECRET))

    def test_another_policy(self):
        self.assertEqual(self.run_exchange(joiner_policy=common.Policy(max_participants=3)), ('joiner', Code.HANDSHAKE))
        self.assertNotEqual(policy_hash(None), policy_hash(common.Policy()))

    def test_no_version_in_common(self):
        self.said['joiner'].version.min_minor = self.said['joiner'].version.max_minor = 1
        self.assertEqual(self.run_exchange(), ('joiner', Code.INCOMPATIBLE))

    def changed(self, kind, change, at=None):
        """Runs an exchange whose messages of a kind are changed, all or those to one end."""

        def tamper(message, to):
            if message.HasField(kind) and at in (None, to):
                change(getattr(message, kind))
            return message

        self.tamper = tamper
        return self.run_exchange()

    def test_what_may_not_be_changed_on_the_way(self):
        def role(share):
            share.role = Role.VIEWER

        def point(share):
            share.share = bytes(31) + b'\1'

        def key(share):
            share.public_key = bytes(32)

        def own_key(share):
            share.public_key = self.keys['joiner'].public

        def short(share):
            share.share = share.share[:31]

        def suite(start):
            start.suite = 'CPACE-P256'

        def nonce(commit):
            commit.commitment = bytes(32)

        def tag(confirm):
            confirm.tag = bytes(64)

        def no_proof(confirm):
            confirm.ClearField('proof')

        def short_proof(confirm):
            confirm.proof = confirm.proof[:63]

        def long_proof(confirm):
            confirm.proof += b'\0'

        for kind, change, expected in [
            ('start', suite, ('joiner', Code.INCOMPATIBLE)),
            ('commit', nonce, ('customer', Code.HANDSHAKE)),
            ('share', role, ('joiner', Code.HANDSHAKE)),
            ('share', point, ('joiner', Code.HANDSHAKE)),
            ('share', short, ('joiner', Code.HANDSHAKE)),
            ('share', key, ('customer', Code.HANDSHAKE)),
            ('share', own_key, ('joiner', Code.HANDSHAKE)),
            ('confirm', tag, ('joiner', Code.WRONG_SECRET)),
            ('confirm', no_proof, ('joiner', Code.HANDSHAKE)),
            ('confirm', short_proof, ('joiner', Code.HANDSHAKE)),
            ('confirm', long_proof, ('joiner', Code.HANDSHAKE)),
        ]:
            with self.subTest(kind=kind, change=change.__name__):
                self.assertEqual(self.changed(kind, change), expected)

    def test_a_wrong_proof_at_either_end(self):
        """RA-SEC-071; and a wrong tag is answered first (RA-SEC-033)."""
        roles = {'customer': Role.CUSTOMER, 'joiner': Role.AGENT}
        for to, sender in ('joiner', 'customer'), ('customer', 'joiner'):
            for name, signer, role, more in [
                ('by another key', SessionKey(), roles[sender], b''),
                ('by the key of the receiver', self.keys[to], roles[sender], b''),
                ('what the receiver says', self.keys[to], roles[to], b''),
                ('of the role of the receiver', self.keys[sender], roles[to], b''),
                ('of another transcript', self.keys[sender], roles[sender], b'\0'),
            ]:
                for tag, code in (None, Code.HANDSHAKE), (bytes(64), Code.WRONG_SECRET):

                    def change(confirm):
                        confirm.proof = signer.sign(proof_form(role, self.ends[sender].transcript + more))
                        confirm.tag = tag or confirm.tag

                    with self.subTest(to=to, proof=name, tag=tag):
                        self.assertEqual(self.changed('confirm', change, to), (to, code))
                        self.assertIsNone(self.ends[to].keys)

    def test_our_own_words_come_back(self):
        self.run_exchange()
        mirror = self.joiner()
        customer = self.customer()
        [commit] = mirror.take(customer.begin())
        [share] = customer.take(commit)
        share.share.share = mirror.said.share
        with self.assertRaises(HandshakeError) as caught:
            mirror.take(share)
        self.assertEqual(caught.exception.code, Code.HANDSHAKE)

    def test_out_of_order_unknown_and_after_the_end(self):
        customer = self.customer()
        customer.begin()
        with self.assertRaises(HandshakeError) as caught:
            customer.take(handshake.HandshakeMessage(confirm=handshake.HandshakeConfirm(tag=bytes(64), proof=bytes(64))))
        self.assertEqual(caught.exception.code, Code.HANDSHAKE)
        self.assertEqual(customer.take(handshake.HandshakeMessage()), [])

    def test_a_failure_with_a_strange_code_counts_as_handshake(self):
        customer = self.customer()
        customer.begin()
        with self.assertRaises(HandshakeError) as caught:
            customer.take(handshake.HandshakeMessage(failure=handshake.HandshakeFailure(code=Code.STOPPED)))
        self.assertEqual((caught.exception.code, caught.exception.told), (Code.HANDSHAKE, True))
        self.assertEqual(failure_of(HandshakeError(Code.RATE, '')).failure.code, Code.HANDSHAKE)


class Tries(unittest.TestCase):
    def test_three_with_pauses(self):
        now = [0.0]
        attempts = Attempts(lambda: now[0])
        for pause in 0, 2, 10:
            self.assertEqual(attempts.wait(), pause)
            now[0] += pause
            attempts.release()
        self.assertEqual(attempts.left, 0)
        with self.assertRaises(HandshakeError) as caught:
            attempts.release()
        self.assertEqual(caught.exception.code, Code.ATTEMPTS)

    def test_names_of_secrets(self):
        self.assertEqual(Secret.pin('000000').name, b'')
        self.assertEqual(len(Secret.resume(bytes(32)).name), 16)
        self.assertEqual(Secret.invite(b'i' * 16, bytes(32)).password_class, PasswordClass.INVITE)
