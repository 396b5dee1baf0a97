"""Rectangles of pixels, encoded and decoded (docs/spec/screen.md, "Codecs"). Pixels are BGRA, 4 bytes each, rows from the top."""

from __future__ import annotations

import io
import struct
import zlib

from .schema import PictureCodec

MAX_RECT_BYTES = 262_144


class BadPixels(Exception):
    """Data that does not decode, or does not fit its rectangle."""


def cut(pixels: bytes | bytearray, stride: int, x: int, y: int, width: int, height: int) -> bytes:
    """The pixels of a rectangle of a picture that is `stride` pixels wide."""
    if x == 0 and width == stride:
        return bytes(pixels[y * stride * 4 : (y + height) * stride * 4])
    rows = ((y + line) * stride + x for line in range(height))
    return b''.join(pixels[start * 4 : (start + width) * 4] for start in rows)


def put(picture: bytearray, stride: int, x: int, y: int, width: int, height: int, pixels: bytes | bytearray) -> None:
    """Writes the pixels of a rectangle into a picture."""
    for line in range(height):
        start = ((y + line) * stride + x) * 4
        picture[start : start + width * 4] = pixels[line * width * 4 : (line + 1) * width * 4]


def shrink(pixels: bytes, width: int, height: int, factor: int) -> tuple[bytes, int, int]:
    """Every `factor`th pixel of every `factor`th row; gives pixels, width, height."""
    if factor == 1:
        return bytes(pixels), width, height
    words = memoryview(bytes(pixels)).cast('I')
    rows = [words[line * width : (line + 1) * width : factor].tobytes() for line in range(0, height, factor)]
    return b''.join(rows), -(-width // factor), len(rows)


def encode(codec: int, width: int, height: int, pixels: bytes) -> bytes:
    """The data of a rectangle in RAW, ZLIB or PNG."""
    if codec == PictureCodec.ZLIB:
        return zlib.compress(pixels, 1)
    if codec == PictureCodec.PNG:
        return _png(width, height, pixels)
    return pixels


def rgb(pixels: bytes | bytearray) -> bytes:
    """R, G, B of each pixel."""
    out = bytearray(len(pixels) // 4 * 3)
    out[0::3], out[1::3], out[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
    return bytes(out)


def _png(width: int, height: int, pixels: bytes) -> bytes:
    colours = rgb(pixels)
    rows = b''.join(b'\0' + colours[line * width * 3 : (line + 1) * width * 3] for line in range(height))
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    chunks = [(b'IHDR', header), (b'IDAT', zlib.compress(rows, 1)), (b'IEND', b'')]
    body = b''.join(struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data)) for kind, data in chunks)
    return b'\x89PNG\r\n\x1a\n' + body


def decode(codec: int, width: int, height: int, data: bytes) -> bytes:
    """The pixels of a rectangle. Raises BadPixels; never takes more memory than the rectangle has (RA-SCR-055)."""
    size = width * height * 4
    if codec == PictureCodec.RAW:
        pixels = bytes(data)
    elif codec == PictureCodec.ZLIB:
        pixels = _inflate(data, size)
    elif codec in (PictureCodec.PNG, PictureCodec.JPEG):
        pixels = _image('PNG' if codec == PictureCodec.PNG else 'JPEG', width, height, data)
    else:
        raise BadPixels('a codec that was not asked for')
    if len(pixels) != size:
        raise BadPixels('data of another size')
    return pixels


def _inflate(data: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(data, size + 1)
    except zlib.error as error:
        raise BadPixels(str(error)) from error
    if not inflater.eof or inflater.unused_data:
        raise BadPixels('data of another size')
    return pixels


def _image(kind: str, width: int, height: int, data: bytes) -> bytes:
    from PIL import Image  # here: whoever only shares does not need it

    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            if image.size != (width, height):
                raise BadPixels('a picture of another size')
            return image.convert('RGBA').tobytes('raw', 'BGRA')
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadPixels(str(error)) from error
