"""Whose word counts for an agent, and whose does not (docs/spec/handshake.md, "Who vouches for an agent")."""

import base64
import json
import unittest

from assist.audit import SessionKey
from assist.organisations import credential_of, organisation_of, private_key, trusted_key

SESSION = bytes(range(16))
NOW = 1_700_000_000


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def jwk_of(key, **more):
    return {'kty': 'OKP', 'crv': 'Ed25519', 'x': base64url(key.public), **more}


class Credentials(unittest.TestCase):
    def setUp(self):
        self.organisation, self.agent = SessionKey(), SessionKey()
        self.trusted = [('Example', trusted_key(json.dumps(jwk_of(self.organisation))))]
        self.header = {'alg': 'EdDSA', 'typ': 'ra-organisation+jwt'}
        self.claims = {'org': 'Example', 'sub': 'ada', 'session': SESSION.hex(), 'cnf': {'jwk': jwk_of(self.agent)}, 'exp': NOW + 60}

    def credential(self):
        signed = '.'.join(base64url(json.dumps(part).encode()) for part in (self.header, self.claims))
        return f'{signed}.{base64url(self.organisation.sign(signed.encode()))}'

    def shown(self, credential=None):
        return organisation_of(self.credential() if credential is None else credential, SESSION, self.agent.public, NOW, self.trusted)

    def test_one_that_counts(self):
        self.assertEqual(self.shown(), 'Example')
        del self.claims['sub']
        self.assertEqual(self.shown(), 'Example')

    def test_one_that_is_signed_for_an_agent(self):
        key = private_key({'kty': 'OKP', 'crv': 'Ed25519', 'd': base64url(bytes(range(32)))})
        self.trusted = [('Example', key.public)]
        made = credential_of(key, self.header, {'org': 'Example', 'exp': NOW + 60}, SESSION, self.agent.public)
        self.assertEqual(self.shown(made), 'Example')
        self.assertEqual(self.shown(credential_of(key, self.header, {'org': 'Example', 'exp': NOW + 60}, SESSION, key.public)), '')

    def test_further_members_are_ignored(self):
        self.header['kid'] = self.claims['iss'] = 'x'
        self.claims['cnf'] = {'jwk': jwk_of(self.agent, kid='x', use='sig'), 'kid': 'x'}
        self.assertEqual(self.shown(), 'Example')

    def test_of_another_key(self):
        other = SessionKey()
        self.claims['cnf'] = {'jwk': jwk_of(other)}
        self.assertEqual(self.shown(), '')
        self.assertEqual(organisation_of(self.credential(), SESSION, other.public, NOW, self.trusted), 'Example')

    def test_without_a_key(self):
        del self.claims['cnf']
        self.assertEqual(self.shown(), '')

    def test_a_key_that_has_not_the_form_of_one(self):
        good, x = jwk_of(self.agent), base64url(self.agent.public)
        wrong_keys = [None, x, [], [good], json.dumps(good), {}, *({name: good[name] for name in good if name != missing} for missing in good)]
        for name, value in ('kty', 'EC'), ('kty', ['OKP']), ('crv', 'X25519'), ('crv', None):
            wrong_keys.append({**good, name: value})
        wrong_keys += [{**good, 'x': value} for value in (None, [x], '', x + '=', x[:-1], self.agent.public.hex())]
        for cnf in [None, True, 1, '', x, [], [good], {}, good, {'kid': x}, *({'jwk': jwk} for jwk in wrong_keys)]:
            with self.subTest(cnf):
                self.claims['cnf'] = cnf
                self.assertEqual(self.shown(), '')

    def test_of_another_session_or_expired_or_otherwise_wrong(self):
        for part, name, value in [
            ('claims', 'session', bytes(16).hex()),
            ('claims', 'session', SESSION.hex().upper()),
            ('claims', 'exp', NOW),
            ('claims', 'exp', str(NOW + 60)),
            ('claims', 'org', ''),
            ('claims', 'org', 'x' * 129),
            ('claims', 'org', 'Another'),
            ('claims', 'sub', None),
            ('header', 'typ', 'JWT'),
            ('header', 'alg', 'none'),
        ]:
            with self.subTest(claim=name, value=value):
                self.setUp()
                getattr(self, part)[name] = value
                self.assertEqual(self.shown(), '')

    def test_signed_by_another(self):
        self.organisation = SessionKey()
        self.assertEqual(self.shown(), '')

    def test_no_credential_at_all(self):
        deep = base64url(b'[' * 2_000)
        for bad in ['', 'x', '..', 'a.b.c', 'e30.e30.', f'{deep}.e30.', '\u00e9.e30.']:
            with self.subTest(bad):
                self.assertEqual(self.shown(bad), '')
