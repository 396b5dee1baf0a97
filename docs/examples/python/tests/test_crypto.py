"""Figures of the RFCs and the CPace draft, and the vectors of the specification."""

import json
import unittest
from pathlib import Path

from assist import cpace
from assist.audit import SessionKey
from assist.binary import hkdf_expand, hkdf_extract, lv, read_lv
from assist.handshake import Bound, CustomerExchange, JoinerExchange, Secret, policy_hash
from assist.schema import common, handshake

VECTORS = Path(__file__).resolve().parents[4] / 'docs' / 'spec' / 'vectors'
unhex = bytes.fromhex


class Ristretto(unittest.TestCase):
    """RFC 9496, appendix A."""

    BASE = unhex('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76')

    def test_multiples_of_the_generator(self):
        twice = cpace.scalar_mult((2).to_bytes(32, 'little'), self.BASE)
        self.assertEqual(twice.hex(), '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919')

    def test_one_way_map(self):
        uniform = unhex(
            '5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1'
            '4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6'
        )
        self.assertEqual(cpace.map_to_point(uniform).hex(), '3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46')

    def test_no_point(self):
        one = (1).to_bytes(32, 'little')
        for bad in ['00' * 32, 'ff' * 32, '01' + '00' * 31, 'ed' + 'ff' * 30 + '7f', '']:
            with self.subTest(bad), self.assertRaises(cpace.InvalidPoint):
                cpace.scalar_mult(one, unhex(bad))


class Hkdf(unittest.TestCase):
    def test_case_1_of_rfc_5869(self):
        prk = hkdf_extract(unhex('000102030405060708090a0b0c'), unhex('0b' * 22))
        self.assertEqual(prk.hex(), '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5')
        okm = hkdf_expand(prk, unhex('f0f1f2f3f4f5f6f7f8f9'), 42)
        self.assertEqual(okm.hex(), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865')


class CPaceDraft(unittest.TestCase):
    """The draft's vectors for ristretto255 and SHA-512."""

    PRS, CI, SID = b'Password', b'oc\x0bB_responder\x0bA_initiator', unhex('7e4b4791d6a8ef019b936c79fb7f2c57')
    YA = unhex('da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08')
    YB = unhex('d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d')

    def test_generator_shares_and_key(self):
        g = cpace.calculate_generator(self.PRS, self.CI, self.SID)
        self.assertEqual(g.hex(), 'a6fc82c3b8968fbb2e06fee81ca858586dea50d248f0c7ca6a18b0902a30b36b')
        a, b = cpace.scalar_mult(self.YA, g), cpace.scalar_mult(self.YB, g)
        self.assertEqual(a.hex(), 'd40fb265a7abeaee7939d91a585fe59f7053f982c296ec413c624c669308f87a')
        self.assertEqual(b.hex(), '08bcf6e9777a9c313a3db6daa510f2d398403319c2341bd506a92e672eb7e307')
        k = cpace.scalar_mult(self.YA, b)
        self.assertEqual(k, cpace.scalar_mult(self.YB, a))
        isk = cpace.session_key(self.SID, k, a, b'ADa', b, b'ADb')
        self.assertEqual(
            isk.hex(),
            '4c5469a16b2364c4b944ebc1a79e51d1674ad47db26e8718154f59faebfaa52d'
            '8346f30aa58377117eb20d527f2cbc5c76381f7fd372e89df8239f87f2e02ed1',
        )


class Lv(unittest.TestCase):
    def test_reads_back(self):
        self.assertEqual(read_lv(lv('a', 12, True, [b'x', 'ö'])), [b'a', b'12', b'1', lv(b'x', 'ö')])
        for bad in [b'\0', b'\0\0\0\2x', lv('a') + b'\0\0\0']:
            with self.assertRaises(ValueError):
                read_lv(bad)


class HandshakeVectors(unittest.TestCase):
    def test_every_value(self):
        for vector in json.loads((VECTORS / 'handshake.json').read_text())['vectors']:
            with self.subTest(vector['name']):
                self.replay(vector['inputs'], vector['values'], vector['outputs'])

    def replay(self, inputs, values, outputs):
        policy = policy_of(inputs.get('policy'))
        self.assertEqual(policy_hash(policy).hex(), values['policyHash'])
        bound = Bound(unhex(inputs['sessionId']), policy, inputs['customerNumber'], inputs['joinerNumber'], inputs['joiner']['role'])
        secret = Secret(inputs['passwordClass'], unhex(inputs['password']), unhex(inputs['secretId']))
        keys = {name: SessionKey(unhex(inputs[name]['seed'])) for name in ('customer', 'joiner')}
        customer = CustomerExchange(bound, secret, said_of(inputs['customer']), keys['customer'], random=unhex(inputs['customer']['random']))
        joiner = JoinerExchange(bound, lambda *_: secret, said_of(inputs['joiner']), keys['joiner'], random=unhex(inputs['joiner']['random']))

        to_joiner = [customer.begin()]
        confirms = []
        while to_joiner:
            to_customer = [answer for message in to_joiner for answer in joiner.take(message)]
            to_joiner = [answer for message in to_customer for answer in customer.take(message)]
            confirms += [message.confirm for message in to_joiner + to_customer if message.HasField('confirm')]

        self.assertEqual(customer.ci.hex(), values['channelIdentifier'])
        self.assertEqual(customer.sid.hex(), values['sid'])
        for end, name in (customer, 'customer'), (joiner, 'joiner'):
            self.assertEqual(end.said.share.hex(), values[name]['share'])
            self.assertEqual(end.said.public_key.hex(), inputs[name]['publicKey'])
            self.assertEqual(end.ad.hex(), values[name]['associatedData'])
            self.assertEqual(end.transcript.hex(), values['transcript'])
            self.assertEqual(end.keys.words, outputs['words'])
            self.assertEqual(end.keys.resume.hex(), outputs['resume']['secret'])
            self.assertEqual(Secret.resume(end.keys.resume).name.hex(), outputs['resume']['name'])
            self.assertEqual(end.keys.audit.hex(), outputs['audit'])
            self.assertEqual(end.minor, outputs['minor'])
            traffic = [
                {'channel': channel, 'fromCustomer': end.keys.traffic[channel, 'customer'].hex(), 'fromJoiner': end.keys.traffic[channel, 'joiner'].hex()}
                for channel, sender in end.keys.traffic
                if sender == 'customer'
            ]
            self.assertEqual(traffic, outputs['traffic'])
        self.assertEqual(joiner.committed.hex(), values['commitment'])
        self.assertEqual([confirm.tag.hex() for confirm in confirms], [values['customerTag'], values['joinerTag']])
        self.assertEqual([confirm.proof.hex() for confirm in confirms], [values['customerProof'], values['joinerProof']])


def policy_of(fields):
    if fields is None:
        return None
    snake = {''.join(f'_{c.lower()}' if c.isupper() else c for c in name): value for name, value in fields.items()}
    return common.Policy(**snake)


def said_of(end):
    version = common.Version(min_minor=end['version']['minMinor'], max_minor=end['version']['maxMinor'])
    return handshake.HandshakeShare(credential=end['credential'], version=version, capabilities=end['capabilities'], role=end['role'])
