#!/usr/bin/env python3
"""Writes Sources/LeewayTokenizer/ScalarScripts.swift: the scripts that expressions name.

    scripts_table.py            write it
    scripts_table.py --check    compare with what stands

The reference is the library `tokenizers`, whose expressions know a version of Unicode of their own.
"""

import pathlib
import sys
import textwrap

from tokenizers import Regex, pre_tokenizers

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "LeewayTokenizer" / "ScalarScripts.swift"
SCRIPTS = """Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi
Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala
Tamil Telugu Thai Tibetan""".split()
HEAD = '''/// Scripts by the names of Unicode, as the reference's expressions know them; written by
/// `Tools/scripts_table.py`.
extension ScalarSet {
  static func script(_ name: String) -> ScalarSet? {
    guard let text = scripts.first(where: { $0.key == name })?.value else { return nil }
    let items = text.split(whereSeparator: \\.isWhitespace).map { part in
      let ends = part.split(separator: "-").compactMap { UInt32($0, radix: 16) }
      return Item.range(ends[0]...ends[ends.count - 1])
    }
    return ScalarSet(items: items)
  }

  private static let scripts: KeyValuePairs<String, String> = [
'''


def ranges(script, text, codes):
    cut = pre_tokenizers.Split(Regex(rf"\p{{{script}}}"), "removed", invert=True)
    out = []
    for piece, (start, end) in cut.pre_tokenize_str(text):
        for place in range(start, end):
            code = codes[place]
            if out and out[-1][1] == code - 1:
                out[-1][1] = code
            else:
                out.append([code, code])
    return out


def table():
    codes = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    text = "".join(map(chr, codes))
    out = HEAD
    for script in SCRIPTS:
        words = " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in ranges(script, text, codes))
        lines = textwrap.wrap(words, 92, break_on_hyphens=False)
        out += f'    "{script}":\n      """\n' + "".join(f"      {line}\n" for line in lines) + '      """,\n'
    return out + "  ]\n}\n"


if __name__ == "__main__":
    text = table()
    if "--check" in sys.argv:
        sys.exit(text != TARGET.read_text())
    TARGET.write_text(text)
