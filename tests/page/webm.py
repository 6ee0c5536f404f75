"""A WebM file's pictures: its frames as they are stored, and decoded by the browser."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_SEGMENT, _CLUSTER, _GROUP, _BLOCK, _SIMPLE = 0x18538067, 0x1F43B675, 0xA0, 0xA1, 0xA3
_TRACKS, _TRACK, _CODEC, _TIME, _REFERENCE = 0x1654AE6B, 0xAE, 0x86, 0xE7, 0xFB
_WITH_CHILDREN = {_SEGMENT, _CLUSTER, _GROUP, _TRACKS, _TRACK}

# Decodes all frames; returns for each the share of pixels of each of two colours, and width and height.
_DECODE = """async ([codec, frames]) => {
    const found = [];
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const decoder = new VideoDecoder({
        output: picture => {
            const { displayWidth: width, displayHeight: height } = picture;
            [canvas.canvas.width, canvas.canvas.height] = [width, height];
            canvas.drawImage(picture, 0, 0);
            picture.close();
            const { data } = canvas.getImageData(0, 0, width, height);
            const near = (n, r, g, b) => Math.hypot(data[n] - r, data[n + 1] - g, data[n + 2] - b) < 60;
            let [first, second] = [0, 0];
            for (let n = 0; n < data.length; n += 4) {
                if (near(n, 0x00, 0x68, 0xb5)) first++;
                if (near(n, 0xc4, 0x4e, 0x00)) second++;
            }
            found.push([first, second, width, height]);
        },
        error: error => { throw error; },
    });
    decoder.configure({ codec });
    for (const [n, [data, key]] of frames.entries()) {
        const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
        decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: n * 40000, data: bytes }));
    }
    await decoder.flush();
    return found;
}"""


@dataclass
class Film:
    """codec: as Matroska names it. frames: each one's milliseconds, whether it is a key frame, and its data."""

    codec: str
    frames: list[tuple[int, bool, bytes]]


@dataclass
class Picture:
    """Pixels in the colours of the first two runs, and the size."""

    first: int
    second: int
    width: int
    height: int


def read_film(content: bytes) -> Film:
    """The film in a WebM file. Raises `ValueError` where it is none."""
    if content[:4] != b"\x1aE\xdf\xa3":
        raise ValueError("not a WebM file")
    codec, time, frames = "", 0, []
    for name, data in _elements(content, 0, len(content)):
        if name == _CODEC:
            codec = data.decode()
        elif name == _TIME:
            time = int.from_bytes(data, "big")
        elif name in (_SIMPLE, _BLOCK):
            at, flags = int.from_bytes(data[1:3], "big", signed=True), data[3]
            # A block in a group is a key frame unless a reference to another one follows.
            frames.append((time + at, name == _BLOCK or bool(flags & 0x80), data[4:]))
        elif name == _REFERENCE:
            frames[-1] = frames[-1][0], False, frames[-1][2]
    return Film(codec, frames)


def decode(page: Page, film: Film) -> list[Picture]:
    """All pictures of a film, decoded in the browser."""
    codec = {"V_VP8": "vp8", "V_VP9": "vp09.00.10.08"}[film.codec]
    frames = [[base64.b64encode(data).decode(), key] for _, key, data in film.frames]
    found: list[Any] = page.evaluate(_DECODE, [codec, frames])
    return [Picture(*each) for each in found]


def _elements(content: bytes, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    """All elements in order, those inside of others too. An unknown length reaches to the end."""
    at = begin
    while at < end:
        name, at = _number(content, at, marker=True)
        size, after = _number(content, at, marker=False)
        unknown = size == (1 << (7 * (after - at))) - 1
        at = after
        if name in _WITH_CHILDREN:
            continue  # its elements follow
        if unknown:
            raise ValueError("an element without children has no length")
        yield name, content[at : at + size]
        at += size


def _number(content: bytes, at: int, *, marker: bool) -> tuple[int, int]:
    """A number of one to eight bytes, whose first says how many, and what follows. marker: that bit belongs to it."""
    first = content[at]
    length = 9 - first.bit_length()
    value = first if marker else first & ((1 << (8 - length)) - 1)
    for byte in content[at + 1 : at + length]:
        value = value << 8 | byte
    return value, at + length
