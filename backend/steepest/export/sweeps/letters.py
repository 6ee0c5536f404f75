"""Letters for a picture's legend: the usual ones of 5 by 7 dots. A font file would be a dependency for twenty words."""

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 6, 9  # dots of a letter with the space beside and below it

# Five columns for each character from space to ~, a bit a dot, the lowest bit on top.
_COLUMNS = bytes.fromhex(
    "0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0008070300"
    "001c224100 0041221c00 2a1c7f1c2a 08083e0808 0050300000 0808080808 0000606000 2010080402"
    "3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503"
    "3649494936 064949291e 0036360000 0056360000 0008142241 1414141414 4122140800 0201510906"
    "324979413e 7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a"
    "7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e"
    "7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f"
    "6314081463 0708700807 6151494543 007f414100 0204081020 0041417f00 0402010204 4040404040"
    "0001020400 2054545478 7f48444438 3844444420 384444487f 3854545418 087e090102 18a4a49c78"
    "7f08040478 00447d4000 4080847d00 7f10284400 00417f4000 7c04180478 7c08040478 3844444438"
    "fc18242418 18242418fc 7c08040408 4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c"
    "4428102844 4c9090907c 4464544c44 0008364100 00007f0000 0041360800 08082a1c08".replace(" ", "")
)


def lettering(text: str, scale: int = 2) -> NDArray[np.bool_]:
    """Where a line of ASCII text has ink, (HEIGHT * scale, WIDTH * scale * letters); another character is a `?`."""
    letters = [ord(letter) if 32 <= ord(letter) < 127 else ord("?") for letter in text]
    dots = np.zeros((HEIGHT, WIDTH * len(letters)), np.bool_)
    for place, letter in enumerate(letters):
        columns = np.frombuffer(_COLUMNS, np.uint8)[5 * (letter - 32) :][:5]
        bits = np.unpackbits(columns[:, None], axis=1, bitorder="little").astype(np.bool_)
        dots[:8, place * WIDTH : place * WIDTH + 5] = bits.T
    return dots.repeat(scale, axis=0).repeat(scale, axis=1)
