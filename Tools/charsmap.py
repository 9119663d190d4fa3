"""Compiles a map of characters as SentencePiece does: a double-array trie and what it points to.

    charsmap({"\ufb01": "fi", "e\u0301": "\u00e9"})    the bytes of `precompiled_charsmap`

The layout is darts-clone's. A unit is 32 bits: the byte that leads to it (0-7), whether its text may
end here (8), and where its children lie, as an exclusive or with its own place (10-30); the unit
under the byte 0 holds the place of the replacement instead (31 is set).
"""

import struct
import unicodedata


def charsmap(entries):
    texts, places = bytearray(), {}
    for value in sorted(set(entries.values())):
        places[value] = len(texts)
        texts += value.encode() + b"\0"
    children = {}
    for key, value in entries.items():
        node = children
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = places[value]
    units, taken, bases = {}, {0}, set()

    def place(node, at, label):
        labels = sorted(node)
        base = 1
        while base in bases or any(base ^ byte in taken for byte in labels):
            base += 1
        bases.add(base)
        taken.update(base ^ byte for byte in labels)
        assert at ^ base < 1 << 21
        units[at] = (at ^ base) << 10 | (0 in node) << 8 | label
        for byte in labels:
            if byte == 0:
                units[base] = 1 << 31 | node[0]
            else:
                place(node[byte], base ^ byte, byte)

    place(children, 0, 0)
    # As darts-clone, in whole blocks.
    size = (max(taken) // 256 + 1) * 256
    array = b"".join(struct.pack("<I", units.get(index, 0)) for index in range(size))
    return struct.pack("<I", len(array)) + array + bytes(texts)


def standard():
    """A small map in the way of `nmt_nfkc`: spaces, controls, NFKC of a few hundred characters."""
    entries = {chr(code): "" for code in [1, 7, 0x7F, 0xAD]}
    entries.update({c: " " for c in "\t\n\r\x0c\u00a0\u2003\u2028\u200b\u3000\ufeff\u2581"})
    codes = [*range(0xA0, 0x180), *range(0x1E00, 0x1E40), *range(0x2150, 0x2190),
             *range(0x2460, 0x2480), 0x212B, 0x2126, *range(0xFB00, 0xFB07),
             *range(0xFF01, 0xFF60), *range(0xFF66, 0xFFA0), 0x1D518, 0x1F100, 0x2F800]
    for code in codes:
        new = unicodedata.normalize("NFKC", chr(code))
        if new != chr(code):
            entries.setdefault(chr(code), new)
    # Letters with their marks, two marks too, and one mark alone.
    for letter in "aeiouAEIOUcCnN\u30ab\uff76":
        for mark in "\u0300\u0301\u0302\u0303\u0308\u0327\u3099\uff9e":
            new = unicodedata.normalize("NFKC", letter + mark)
            if len(new) == 1:
                entries.setdefault(letter + mark, new)
    entries["a\u0302\u0301"] = "\u1ea5"
    entries["\u0340"] = "\u0300"
    # Syllables of Hangul, and one of several characters for several.
    entries["\u1100\u1161"] = "\uac00"
    entries["\r\n"] = "\n"
    entries["--"] = "\u2014"
    return entries
