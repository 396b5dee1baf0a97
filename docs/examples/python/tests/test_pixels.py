"""Pictures: what is encoded comes back, and what does not fit is refused (docs/spec/screen.md)."""

import io
import unittest
import zlib
from random import Random

from PIL import Image

from assist import codes, pixels
from assist.desktop import Desktop, Monitor
from assist.schema import PictureCodec


class Codecs(unittest.TestCase):
    def test_what_is_encoded_comes_back(self):
        random = Random(1)
        for codec in PictureCodec.RAW, PictureCodec.ZLIB, PictureCodec.PNG:
            for width, height in (1, 1), (3, 2), (64, 48):
                picture = b''.join(random.randbytes(3) + b'\xff' for _ in range(width * height))
                with self.subTest(codec=codec, width=width):
                    self.assertEqual(pixels.decode(codec, width, height, pixels.encode(codec, width, height, picture)), picture)

    def test_jpeg_is_read(self):
        out = io.BytesIO()
        Image.new('RGB', (16, 8), (255, 0, 0)).save(out, 'JPEG')
        blue, green, red, alpha = pixels.decode(PictureCodec.JPEG, 16, 8, out.getvalue())[:4]
        self.assertTrue(red > 250 and green < 5 and blue < 5 and alpha == 255)

    def test_what_does_not_fit(self):
        png = pixels.encode(PictureCodec.PNG, 2, 2, bytes(16))
        for codec, data in [
            (PictureCodec.RAW, bytes(15)),
            (PictureCodec.ZLIB, zlib.compress(bytes(17))),
            (PictureCodec.ZLIB, zlib.compress(bytes(15))),
            (PictureCodec.ZLIB, zlib.compress(bytes(16)) + b'x'),
            (PictureCodec.ZLIB, zlib.compress(bytes(16))[:-1]),
            (PictureCodec.ZLIB, b'no zlib'),
            (PictureCodec.PNG, png[:45]),
            (PictureCodec.PNG, pixels.encode(PictureCodec.PNG, 3, 2, bytes(24))),
            (PictureCodec.JPEG, png),
            (PictureCodec.VP8, b''),
        ]:
            with self.subTest(codec=codec, data=data[:8]), self.assertRaises(pixels.BadPixels):
                pixels.decode(codec, 2, 2, data)

    def test_shrunk_pictures(self):
        self.assertEqual(pixels.shrink(bytes(range(24)), 3, 2, 2), (bytes([0, 1, 2, 3, 8, 9, 10, 11]), 2, 1))


class Hands(unittest.TestCase):
    def test_nothing_stays_down_and_nothing_is_released_twice(self):
        desktop = Desktop([Monitor(1, 0, 0, 10, 10, True)])
        desktop.key(4, True)
        desktop.key(4, True)
        desktop.button(1, True)
        desktop.move(1, 99, -5)
        desktop.release_beyond({4}, set())
        desktop.release_all()
        desktop.release_all()
        expected = ['key 4 down', 'key 4 down', 'button 0 down', 'move 1 9 0', 'button 0 up', 'key 4 up']
        self.assertEqual(desktop.injected, expected)

    def test_a_hundred_and_twenty_make_a_notch(self):
        desktop = Desktop()
        for delta in 70, 70, -30, -250:
            desktop.wheel(0, delta)
        self.assertEqual(desktop.notches, [0, -1])


class Codes(unittest.TestCase):
    def test_pins_and_links(self):
        pin, link_secret = codes.new_code('4821')
        self.assertRegex(pin, r'^4821\d{6}$')
        code = codes.parse_code(codes.customer_url('https://assist.example/join', pin, link_secret))
        self.assertEqual((code.locator, code.base_url, code.secret.password), ('4821', 'https://assist.example', pin[4:].encode() + link_secret))
        self.assertEqual(codes.parse_code('4821-973 015').digits, '973015')
        self.assertEqual(codes.attach_url('https://assist.example/'), 'wss://assist.example/v1/attach')

    def test_what_is_none(self):
        for text in ['', '123', '1' * 16, 'https://h/join#2.4821973015.AAAA', 'https://h/join#1.4821973015', 'https://h/join#1.4821973015.AAAA', 'https://h/#1.x.é']:
            with self.subTest(text), self.assertRaises(codes.CodeError):
                codes.parse_code(text)
