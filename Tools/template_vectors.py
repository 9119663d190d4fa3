#!/usr/bin/env python3
"""Writes the golden renderings of chat templates: what the reference makes of them.

    template_vectors.py                      templates written for this purpose
    template_vectors.py --shared ../shared   also hashes for real templates outside the repository
    template_vectors.py --check              write to a temporary folder and compare

The reference is `apply_chat_template` of transformers, which runs jinja2.
"""

import argparse
import copy
import filecmp
import hashlib
import itertools
import json
import pathlib
import random
import sys
import tempfile

import jinja2
import transformers
from transformers.utils.chat_template_utils import _compile_jinja_template, render_jinja_template

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "Tests" / "LeewayTemplateTests" / "Golden"

CHAT = [
    {"role": "system", "content": "You are a gull. "},
    {"role": "user", "content": "  Where does the <wind> blow?\n"},
    {"role": "assistant", "content": "<think>From the sea.</think>\n\nTo the \"land\" & back."},
    {"role": "user", "content": "Na\u00efve \U0001f426? it's \u6d77\u9e25"},
]
TOOLS = [{"type": "function", "function": {
    "name": "wind", "description": "How strong is it?",
    "parameters": {"type": "object", "properties": {
        "place": {"type": "string", "description": "Where"},
        "hour": {"type": ["integer", "null"], "description": "When <h>"}}, "required": ["place"]}}}]
CALLS = [
    {"role": "user", "content": "Wind?"},
    {"role": "assistant", "content": None, "tool_calls": [{
        "id": "abcdefghi", "type": "function",
        "function": {"name": "wind", "arguments": {"place": "sea", "hour": 3, "x": [1.5, None, True]}}}]},
    {"role": "tool", "content": "{\"knots\": 12}", "tool_call_id": "abcdefghi", "name": "wind"},
]

# Whole chats

TURNS = """{{ bos_token }}{% for message in messages %}
    {% if message['role'] == 'system' and not loop.first %}{{ raise_exception('late system') }}{% endif %}
<{{ message.role }}>
{{ message['content'] | trim }}
</{{ message.role }}>
{% endfor %}
{% if add_generation_prompt %}<assistant>
{% endif %}"""
THINKING = """{%- set ns = namespace(last=messages|length - 1, seen=false) %}
{%- for message in messages[::-1] %}
  {%- set index = (messages|length - 1) - loop.index0 %}
  {%- if message.role == "user" and not ns.seen %}
    {%- set ns.seen = true %}{%- set ns.last = index %}
  {%- endif %}
{%- endfor %}
{%- for message in messages %}
  {%- set content = message.content if message.content is string else '' %}
  {%- if message.role == "assistant" and '</think>' in content %}
    {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
    {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- if loop.index0 > ns.last %}{%- set content = '<think>\\n' ~ thought ~ '\\n</think>\\n\\n' ~ content %}{%- endif %}
  {%- endif %}
  {{- '<|' ~ message.role ~ '|>\\n' + content + '<|end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
  {{- '<|assistant|>\\n' }}
  {%- if enable_thinking is defined and enable_thinking is false %}
    {{- '<think>\\n\\n</think>\\n\\n' }}
  {%- endif %}
{%- endif %}"""
SYSTEM = """{%- if messages[0].role == 'system' -%}
{%- set system = messages[0].content|trim %}{%- set rest = messages[1:] -%}
{%- else -%}{%- set system = 'none' %}{%- set rest = messages -%}{%- endif -%}
[{{ system }}]{% for m in rest %}
{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate: ' + m.role) }}{% endif %}
{% generation %}{{ {'user': 'U', 'assistant': 'A'}[m.role] }}: {{ m.content }}{% endgeneration %}{{ eos_token if loop.last else '' }}
{% endfor %}{{ 'A:' if add_generation_prompt }}"""
TOOLING = """{%- macro kind(spec) -%}
{%- if spec.type is string -%}{{ {'string': 'str', 'integer': 'int'}.get(spec.type, 'any') }}
{%- elif spec.type is iterable -%}{% for t in spec.type %}{{ kind({'type': t}) }}{{ '|' if not loop.last }}{% endfor %}
{%- else -%}?{%- endif -%}
{%- endmacro -%}
{%- if tools %}Tools:{% for tool in tools %}{%- set tool = tool.function %}

def {{ tool.name }}(
{%- for name, spec in tool.parameters.properties|items %}{{ name }}: {{ kind(spec) }}{{ '' if name in tool.parameters.required else ' = None' }}{% if not loop.last %}, {% endif %}{% endfor %}): {{ tool.description }}
{{ tool | tojson(indent=2) }}
{% endfor %}{% endif -%}
{%- for m in messages -%}
{%- if m.tool_calls is defined and m.tool_calls -%}
{%- for call in m.tool_calls -%}
{{ '{"name": "' + call.function.name + '", "arguments": ' }}{{ call.function.arguments | tojson }}}
{%- endfor -%}
{%- elif m.role == 'tool' %}
{{ m.content if m.content is string else m.content|tojson }}
{%- else %}
{{ m.role|upper }}: {{ m.content }}
{%- endif -%}
{%- endfor -%}"""


TEMPLATES = {"turns": TURNS, "thinking": THINKING, "system": SYSTEM, "tooling": TOOLING}


def chats():
    cases = []
    for name, text in TEMPLATES.items():
        for index, chat in enumerate([CHAT, CHAT[1:], CHAT[1:2], CHAT[:1], CHAT[:3], CALLS]):
            for how in ["assistant", "messages", "last"]:
                for thinking in [None, True, False] if name == "thinking" else [None]:
                    for tools in [None, TOOLS] if name == "tooling" else [None]:
                        cases.append({
                            "name": f"{name} {index} {how} {thinking} {tools is not None}",
                            "template": name, "messages": chat, "ending": how,
                            "thinking": thinking, "tools": tools})
    return cases


def rendered(case):
    more = {"bos_token": "<s>", "eos_token": "</s>"}
    if case.get("thinking") is not None:
        more["enable_thinking"] = case["thinking"]
    # As apply_chat_template: what is null is left out of a message.
    messages = [{k: v for k, v in m.items() if v is not None} for m in case["messages"]]
    try:
        texts, _ = render_jinja_template(
            conversations=[messages], tools=case.get("tools"),
            chat_template=TEMPLATES.get(case["template"], case["template"]),
            continue_final_message=case["ending"] == "last",
            add_generation_prompt=case["ending"] == "assistant", **more)
        return texts[0]
    except Exception:
        return None


# Constructs, one at a time

VARIABLES = {
    "none": None, "yes": True, "no": False, "zero": 0, "seven": 7, "minus": -3, "half": 0.5,
    "large": 123456789012345.0, "tiny": 0.00001, "huge": 1e22, "empty": "", "word": "Gull",
    "words": "the  sea\tgull\nflies ", "quotes": "it's \"so\" <b>&\\", "odd": "\u00df \u01c5 \u0130 \u039f\u0394\u039f\u03a3 \ufb01 e\u0301 \u200b\U0001f426",
    "list": [3, 1, 2], "names": ["b", "A", "a", "B"], "nested": [[1, [2]], {"a": [None, 1.0]}],
    "map": {"b": 1, "A": "x", "items": 2}, "blank": {}, "none_list": [],
    "rows": [{"n": 1, "t": "x", "d": {"e": "p"}}, {"n": 2, "t": None}, {"n": 3, "t": "x", "d": {"e": "q"}}],
}
VARIABLES.pop("none")
FILTERS = [
    "trim", "upper", "lower", "capitalize", "title", "length", "count", "list", "first", "last", "join",
    "join('-')", "string", "tojson", "tojson(indent=2)", "default('d')", "default('d', true)", "d('d')",
    "reverse|list", "sort", "sort(reverse=true)", "unique|list", "min", "max", "sum", "int", "int(9)",
    "float", "abs", "round", "items|list", "dictsort", "replace('l', 'LL')", "replace('', '.')",
    "replace('l', '_', 1)", "indent", "indent(2, true)", "indent(2, blank=true)", "indent('>')",
    "select|list", "reject|list", "map('string')|list", "map('upper')|join('+')", "e", "escape",
    "safe", "tojson(ensure_ascii=true)", "tojson(separators=(',', ':'))", "tojson(sort_keys=true)",
    "map(attribute='n')|list", "selectattr('t')|list", "selectattr('t', 'equalto', 'x')|list",
    "rejectattr('t', 'none')|map(attribute='n')|list", "map(attribute='d.e', default='?')|join(',')",
    "sort(attribute='n', reverse=true)|map(attribute='n')|list", "sum(attribute='n')",
    "selectattr('n', 'gt', 1)|list|length", "join(', ', attribute='n')", "select('string')|list",
    "select('in', [1, 'a', 'b'])|list", "batch(2)|list", "groupby('t')", "wordcount", "nothere",
    "trim('Gs ')", "map('nothere')|list", "map", "attr('upper')", "round(method='ceil')",
    "round(method='floor')", "first|upper", "last|string", "list|tojson", "length|string + '!'",
    "groupby('t')|list", "groupby('n', default='z')", "groupby('d.e', default='q', case_sensitive=true)",
    "groupby('t')|map(attribute='list')|map('length')|list", "groupby('n')|map(attribute='grouper')|sort",
    "round(1)", "round(2, 'floor')", "round(3, 'ceil')", "center", "center(9)",
]
TESTS = [
    "defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number",
    "string", "mapping", "sequence", "iterable", "callable", "odd", "even", "divisibleby 2",
    "divisibleby(3)", "lower", "upper", "eq 7", "equalto('Gull')", "ne none", "gt 1", "in [7, 'Gull']",
    "not defined", "not string", "sameas true", "sameas none", "escaped", "nothere", "lt 3", "ge 7",
]
# An unknown name is refused by the reference when a template is read, by Leeway when it is reached.
KNOWN = [name for name in FILTERS if "nothere" not in name]
METHODS = [
    "strip()", "lstrip()", "rstrip('s ')", "upper()", "title()", "capitalize()", "split()",
    "split(' ')", "split('l', 1)", "split(none, 1)", "rsplit(' ', 1)", "rsplit(maxsplit=1)",
    "splitlines()", "splitlines(true)", "startswith('G')", "startswith(('a', 'G'))", "endswith('l')",
    "replace('l', 'L')", "find('u')", "rfind('l')", "count('l')", "index('z')", "join(names)",
    "isdigit()", "isalpha()", "isalnum()", "isspace()", "isupper()", "islower()",
    "removeprefix('G')", "removesuffix('ll')", "partition('u')", "items()", "keys()|list",
    "values()|list", "get('b')", "get('z')", "get('z', 5)", "keys", "items", "b", "z", "z.y", "n",
    "update({})", "append(1)", "pop()", "index(1)", "count(1)", "copy()", "_x", "__class__", "zfill(9)",
    "format(1)", "0", "upper", "lower().upper()", "nothere()",
    "center(9)", "center(10, '*')", "ljust(8) ~ '|'", "rjust(8, '.')", "zfill(2)", "swapcase()", "casefold()",
    "startswith('u', 1)", "startswith('u', 1, 1)", "endswith('u', 0, 2)", "startswith('', 99)", "find('l', 3)",
    "find('l', -1)", "find('l', 0, -2)", "rfind('l', 0, 3)", "count('l', 3)", "rindex('l')", "index('l', 3, 4)",
    "istitle()", "isdecimal()", "isnumeric()", "isascii()", "real", "bit_length()", "center(9, 'ab')", "ljust('a')",
]
EXPRESSIONS = [
    "1 + 2 * 3 - 4", "7 // 2", "-7 // 2", "7 % 3", "-7 % 3", "7 / 2", "2 ** 10", "2 ** 3 ** 2", "-2 ** 2",
    "1.5 + 1", "7.5 // 2", "-7.5 % 2", "1 / 0", "1 // 0", "'a' * 3", "3 * 'ab'", "[1] * 2", "(1, 2) * 2",
    "'a' + 'b'", "'a' + 1", "'a' ~ 1 ~ none ~ true ~ 2.0 ~ [1, 'x']", "[1] + [2]", "[1] + (2,)", "(1,) + (2,)",
    "1 < 2 < 3", "1 < 3 < 2", "3 > 2 == true", "1 == 1.0", "true == 1", "'1' == 1", "[1, 2] == [1, 2]",
    "[1] == (1,)", "{'a': 1} == {'a': 1.0}", "'a' < 'b'", "'a' < 1", "[1, 2] < [1, 3]", "none < 1",
    "1 in [1, 2]", "3 not in [1, 2]", "'a' in 'cat'", "'a' in {'a': 1}", "1 in 'abc'", "none in [none]",
    "not true", "not not 1", "not 1 == 2", "true and 'x'", "0 or 'y'", "none or none", "'' and missing.x",
    "missing", "missing.x", "missing['x']", "missing + 'a'", "missing ~ 'a'", "missing == none",
    "missing == missing", "missing in [1]", "missing is defined", "missing|length", "missing|tojson",
    "missing and 1", "'a' if true", "'a' if false", "'a' if false else 'b' if true else 'c'",
    "('a' if no else 'b') + 'c'", "[1, 2, 3][0]", "[1, 2, 3][-1]", "[1, 2, 3][7]", "'abc'[1]", "'abc'[9]",
    "'abcdef'[1:4]", "'abcdef'[:-2]", "'abcdef'[::2]", "'abcdef'[::-1]", "'abcdef'[4:1:-1]", "[1, 2, 3][1:]",
    "[1, 2, 3][5:]", "(1, 2, 3)[:2]", "list[:1] + list[1:]", "map[1:2]", "seven[0]", "none.x", "yes.x", "'x'.y",
    "map.items", "map['items']", "map.A", "map['b']", "map[1]", "rows[0].d.e", "rows[1].d", "rows[1].d.e",
    "{'a': 1, 'b': [2, (3,)], 'c': {'d': none}}", "{1: 'a', true: 'b', 1.0: 'c'}", "[true, false, none, 1.0, 'x']",
    "(1,)", "()", "(1, 'a')", "[]", "{}", "{'a': 'it\\'s', 'b': '\"', 'c': 'both\\'\"'}", "[quotes, odd]", "odd",
    "'\\n\\t\\\\\\x41\\u00e9\\101\\q\\\u00e9'", "\"a'b\" 'c' \"d\"", "1_000", "1e3", "1.5e-7", "0x10", "07", "1e400",
    "1e16", "123456789.125", "1e15", "0.0001", "100000000000000000000", "range(3)|list", "range(1, 10, 3)|list",
    "range(5, 0, -2)|list", "range(3)", "range(200000)|list", "range(3)[1]", "range(2)|length", "dict(a=1, b=2)",
    "dict([('a', 1)])", "namespace(a=1).a", "namespace().z", "namespace({'a': 2}).a", "namespace(a=1)",
    "raise_exception('no')", "nosuch()", "word()", "word.upper()", "word['upper']()", "word|upper|lower|title",
    "(word ~ 's')|upper", "-seven|abs", "minus|abs", "+seven", "-word", "seven is odd and minus is odd",
    "word is string and word is not none", "[1, 2, 3]|select('odd')|list", "rows|map(attribute='t')|select|list",
    "rows|selectattr('d')|map(attribute='d')|map(attribute='e')|join", "[1, 2]|map('string')", "rows|map(attribute='n')|first",
    "rows|map(attribute='n')|last", "rows|map(attribute='n')|length", "(rows|map(attribute='n')) is iterable",
    "(rows|map(attribute='n')) is sequence", "'%s' % word", "words.split()|join('_')", "'<b>'|safe + '<i>'",
    "'<i>' + '<b>'|safe", "'<b>'|safe ~ '<i>'", "'<b>'|safe == '<b>'", "'<'|e", "'<'|e|e", "'a'|safe|length",
    "names|sort(case_sensitive=true)", "names|unique(case_sensitive=true)|list", "names|min", "names|max",
    "none|default('x')", "none|default('x', true)", "''|default('x', boolean=true)", "none|string", "none|length",
    "seven|length", "none|list", "none|join", "seven|join", "none|first", "none|trim", "yes|lower", "half|tojson", "huge",
    "huge|tojson", "tiny", "large", "large|tojson", "half|int", "'12'|int + 1", "' 7 '|int", "'x'|int", "'1.9'|int", "'1e2'|float",
    "[1, 'a'] | tojson", "(1, 2) | tojson", "{'k': (1, [])} | tojson(indent=1)", "{1: 2, none: 3, true: 4} | tojson", "map | tojson(2)",
    "{} | tojson(indent=4)", "[[], {}] | tojson(indent=2)", "[1, [2, {'a': 3}]] | tojson(indent='--')", "'\\x07\\x7f\\u2028' | tojson",
    "a.b", "a['b']['c']", "messages is defined", "1 if missing else 2", "x is defined or y is defined", "[[1, 2], [3]] | map('first') | list",
    "[[1, 2], [3]] | map('join', '-') | list", "'a,b'.split(',')[1]", "[1, 2,]", "{'a': 1,}", "(1, 2,)", "word.__len__()", "'a' is in 'abc'",
    "'%s of %d' % (word, 3)", "'%s' % none", "'%s' % [1, 'a']", "'%d' % 3.9", "'%d' % yes", "'%d' % word", "'%i%%' % 5", "'%s'", "'%s %s' % 1",
    "'a' % (1,)", "'%s' % ()", "'%5d' % 3", "'%(a)s' % {'a': 1}", "'%s' % missing", "'%d' % missing", "'%' % 1", "'%s-%s' | format('a', 1)", "'x' | format",
    "'{} of {}'.format(1, 2.0)", "'{1}{0}{1}'.format('a', none)", "'{}{0}'.format(1)", "'{0}{}'.format(1)", "'{a}/{b}'.format(a=1, b='x')", "'{{{}}}'.format(word)",
    "'{'.format(1)", "'}'.format(1)", "'{}'.format()", "'{x}'.format(1)", "'{0.a}'.format(1)", "'{!r}'.format(1)", "'{:>5}'.format(1)", "'{}'.format(missing)",
    "'{} {}'.format([1, 'a'], {'k': (1,)})", "'{2}'.format(1)", "[1, 2, 3, 4, 5]|batch(2)|list", "[1, 2, 3, 4, 5]|batch(3, '-')|list", "[1, 2]|batch(2, '-')|list",
    "[]|batch(2, '-')|list", "word|batch(3)|list", "[1]|batch(0)|list", "[1]|batch('x')|list", "[1, 2, 3, 4, 5]|slice(2)|list", "[1, 2, 3, 4, 5]|slice(3, '-')|list",
    "[1, 2]|slice(4, '-')|list", "[]|slice(2)|list", "[1]|slice(0)|list", "'a/b/c'.rpartition('/')", "'abc'.rpartition('/')", "'a_b c-d \u00e9\u0301 \u0663 x\u00b2'|wordcount", "''|wordcount",
    "{(1, 2): 'a', (1, (2,)): 'b'}", "{(1, 2): 'a'}[(1, 2)]", "{(1, []): 2}", "missing|int", "missing|int(3)", "missing|float", "'-7'.zfill(5)",
    "2.675|round(2)", "0.5|round(1)", "1234.5678|round(2)", "7|round(2)", "-2.345|round(2, 'floor')", "2.5|round(-1)", "1.005|round(2)", "'3.14159'|float|round(3)",
    "'Aa'.swapcase()", "'They Re'.istitle()", "'They re'.istitle()", "''.istitle()", "'ab'.center(5, '-')", "'abc'.center(6, '-')", "'\u0663\u00b2'.isnumeric()",
    "namespace(_x=1)", "loop", "1 is string == false", "[] is sameas []", "'é' == 'e\u0301'", "'e\u0301'|length", "'\U0001f426'|length",
]
STATEMENTS = [
    "{% for x in list %}{{ x }}{% endfor %}", "{% for x in list %}\n{{ x }}\n{% endfor %}\nend\n",
    "{% for x in none_list %}a{% else %}b{% endfor %}", "{% for x in missing %}a{% else %}b{% endfor %}",
    "{% for x in yes %}a{% endfor %}", "{% for c in word %}{{ c }}.{% endfor %}", "{% for k in map %}{{ k }}{% endfor %}",
    "{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in map|items %}{{ loop.index }}{{ k }}{% endfor %}",
    "{% for k, l in rows|groupby('t') %}{{ k }}{{ l|length }};{% endfor %}", "{% for g in rows|groupby('n') %}{{ g.grouper }}{{ g.list }}{{ g[0] }}{{ g|length }}{{ g == (g[0], g[1]) }}{{ g }}{% endfor %}",
    "{% for x in nested recursive %}{{ loop.depth }}{{ loop.depth0 }}{% if x is not number and x is not mapping %}[{{ loop(x) }}]{% else %}{{ x }}{% endif %}{% endfor %}",
    "{% for x in [[1, [2]], 3] recursive -%} {{ loop.index }}/{{ loop.length }} {% if x is iterable %}({{ loop(x)|upper|trim }}){% else %}{{ x }}{% endif %} {%- else %}none{% endfor %}",
    "{% set v = 1 %}{% for x in [[2], []] if x is defined recursive %}{% set v = 9 %}{{ v }}{% if x is iterable %}{{ loop(x) }}{% endif %}{% else %}e{{ v }}{% endfor %}{{ v }}",
    "{% for x in [1, [2, 3]] recursive %}{% if x is iterable %}{{ loop(x) }}{% continue %}{% endif %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% endfor %}", "{% for x in list %}{{ loop(list) }}{% endfor %}", "{% for x in [[1]] recursive %}{{ loop() }}{% endfor %}", "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{% endmacro %}{{ m(1) }}{{ m(1, 2, 'x') }}{{ m() }}", "{% macro m(a, b=2) %}{{ a }}{{ b }}{{ kwargs }}{% endmacro %}{{ m(1, c=3) }}{{ m(c=3, b=4, d=5) }}{{ m(1, 2, a=3) }}", "{% macro m() %}{{ varargs|join('-') }}{{ kwargs|dictsort }}{% endmacro %}{{ m(1, 2, z=1, y=2) }}{{ m(*list, **map) }}",
    "{% macro m(a, b=0) %}{{ a }}/{{ b }} {% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 3, 'b': 4}) }}{{ m(5, *[6]) }}{{ m(*[7], b=8) }}{{ m(b=1, *[2]) }}", "{% macro m(a, b=0) %}{{ a }}{{ b }}{% endmacro %}{{ m(1, **{'a': 3}) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(*[1, 2]) }}", "{{ dict(**map).b }}{{ dict(a=1, **{'c': 2}) }}", "{{ m(**list) }}", "{{ range(*[1, 4])|list }}{{ 'a-b'.split(*['-']) }}", "{{ range(*missing) }}",
    "{% macro m(x) %}{{ varargs }}{{ caller(x, 2) }}{% endmacro %}{% call(a, b=7) m(1, 5) %}{{ a }}{{ b }}{{ varargs }}{% endcall %}", "{% macro m(varargs) %}{{ varargs }}{% endmacro %}{{ m(1) }}", "{{ m(*[1], 2) }}", "{{ m(a=1, 2) }}",
    "{% for a, b in list %}{% endfor %}", "{% for (a, b) in [(1, 2)] %}{{ a }}{{ b }}{% endfor %}",
    "{% for x in list if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {{ loop.last }}{% endfor %}",
    "{% for x in list %}{{ [loop.index, loop.index0, loop.revindex, loop.revindex0, loop.first, loop.last, loop.length, loop.depth] }}{% endfor %}",
    "{% for x in list %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }}{% endfor %}",
    "{% for x in list|map('string') %}{{ loop.last }}{{ loop.length }}{{ x }}{% endfor %}",
    "{% for x in list %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 1) }}{% endfor %}", "{{ loop.index }}",
    "{% for x in list %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in list %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in list %}{% for y in list %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{{ loop.index }}{% endfor %}",
    "{% break %}", "{% for x in list %}{% set y = x %}{% endfor %}{{ y }}",
    "{% set y = 0 %}{% for x in list %}{{ y }}{% set y = x %}{{ y }}{% endfor %}{{ y }}",
    "{% set ns = namespace(y=0) %}{% for x in list %}{% set ns.y = ns.y + x %}{% endfor %}{{ ns.y }}",
    "{% set ns.y = 1 %}", "{% set map.y = 1 %}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a, b = 1, 2, 3 %}", "{% set a = 1, 2 %}{{ a }}",
    "{% if no %}a{% elif seven %}b{% else %}c{% endif %}", "{% if no %}a{% endif %}", "{% if missing %}a{% else %}b{% endif %}",
    "{% if yes %}{% set q = 1 %}{% endif %}{{ q }}", "{% if no %}{% set word = 1 %}{% endif %}{{ word }}",
    "{% set t %}a {{ word }} b{% endset %}[{{ t }}]", "{% set t | upper | trim %} a {{ word }} {% endset %}[{{ t }}]",
    "{% set t %}{% set u = 1 %}{% endset %}{{ u }}", "{% filter upper %}a {{ word }}{% endfilter %}", "{% filter trim | title %} a b {% endfilter %}",
    "{% macro m(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(b=3, a=4) }}{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(z=2) }}",
    "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(5) }}", "{% macro m() %}{{ word }}{% set word = 2 %}{% endmacro %}{{ m() }}{{ word }}",
    "{% set v = 1 %}{% macro m() %}{{ v }}{% endmacro %}{% set v = 2 %}{{ m() }}", "{% macro m(n) %}{% if n %}{{ n }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(4) }}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{{ word }}{% endcall %}",
    "{% macro m() %}[{{ caller(1, 2) }}]{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}", "{% macro m() %}x{% endmacro %}{% call m() %}{% endcall %}",
    "{% for x in list %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro m() %} x {% endmacro %}{{ m()|trim }}{{ m() is string }}",
    "{{ m(1) }}{% macro m(a) %}{% endmacro %}", "{% macro m() %}{{ loop.index }}{% endmacro %}{% for x in list %}{{ m() }}{% endfor %}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% with a = 1 %}{% set a = 2 %}{{ a }}{% endwith %}",
    "{% generation %}{{ word }}{% set g = 1 %}{% endgeneration %}{{ g }}", "{% print word, seven %}", "{# a {{ b }} #}x{#- c -#} y", "a {# b",
    "{% raw %}{{ a }}{% b %}{% endraw %}c", "  {%- raw -%}  {{ a }}  {%- endraw -%}  c", "  {% raw %}\n  a\n  {% endraw %}\n b",
    "  {% if yes %}\n    a\n  {% endif %}\n  b", "x  {% if yes %}\n    a\n  {% endif %}\n\n  b", "  {%+ if yes %}\n  a{%+ endif +%}\n b",
    "a  {%- if yes -%}  b  {%- endif -%}  c", "a\n  {{- word -}}  \n b", "  {{ word }}\n  {{ word }}\n", "\n\n{% if yes %}\n\na\n{% endif %}\n\n",
    "  {# c #}\n a", "  {# c #} a", "a\r\nb\rc\n{% if yes %}\r\nd{% endif %}\r\n", "{{ '}}' }}{{ {'a': {'b': 1}}['a']['b'] }}", "{{ '{{ a }}' }}", "{% if yes: %}a{% endif %}",
    "\u00a0{% if yes %}\u2003\n a{% endif %}", "{{ word", "{% if yes %}", "{% endif %}", "{% else %}", "{% elif x %}", "{% nosuch %}", "{% for %}", "{% for x %}{% endfor %}",
    "{{ }}", "{{ a b }}", "{{ (a }}", "{{ a) }}", "{{ [1, }}", "{{ 'a }}", "{{ a. }}", "{{ a[ }}", "{{ a | }}", "{{ a is }}", "{{ 1 + }}", "{{ a ! b }}", "{% set %}", "{% set 1 = 2 %}",
    "{% set true = 2 %}", "{% if %}{% endif %}", "{% macro %}{% endmacro %}", "{% macro m( %}{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% include 'a' %}", "{% extends 'a' %}", "{% do x %}",
    "{% import 'a' as b %}", "{% block a %}x{% endblock %}", "{% for x in list recursive %}{{ x }}{% endfor %}", "{{ word if }}", "{{ not }}", "}} %} #}", "{ { } } % #", "{", "{%", "{{", "{#", "{% if yes %}{", "{{ {} }}", "{%- set x = {'a': 1} -%}{{ x.a }}",
    "{% for x in [1, 2] if x is defined %}{{ x }}{% endfor %}", "{% for x in [1, 2, 3] if loop.first is defined %}{{ x }}{% endfor %}", "{% set ns = namespace(n=1) %}{% for x in [1, 2, 3] if x > ns.n %}{{ x }}{% set ns.n = 2 %}{% endfor %}",
    "{% set ns = namespace(n=1) %}{% for x in [1, 2, 3, 3] if x > ns.n %}{{ x }}{{ loop.last }}{% set ns.n = 2 %}{% endfor %}", "{% set m = list|map('string') %}{{ m|join }}{{ m|join }}", "{% set it = rows|map(attribute='n') %}{{ 2 in it }}{{ it|list }}",
    "{% set date = strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul' %}{{ date is string }}", "{% set x = [] %}{{ x.append(1) }}", "{% set x = {} %}{% if x.update({'a': 1}) %}{% endif %}{{ x }}",
    "{% for x in list -%}\n  {{ x }}\n{%- endfor %}\n", "{% for x in list %}\n  {%- if loop.first %}\n  first\n  {%- endif %}\n{% endfor %}", "{% for m in rows %}{{ m.t }}{{ m['d'] }}{% endfor %}", "{{ caller }}{{ self }}{{ varargs }}",
]


def constructs():
    texts = [f"{{{{ {name} | {f} }}}}" for name in VARIABLES for f in FILTERS]
    texts += [f"{{{{ {name} is {t} }}}}" for name in [*VARIABLES, "missing", "range", "none"] for t in TESTS]
    texts += [f"{{{{ {name}.{m} }}}}" for name in ["word", "words", "odd", "list", "map", "seven", "empty"] for m in METHODS]
    texts += [f"{{{{ {e} }}}}" for e in EXPRESSIONS] + STATEMENTS
    pairs = itertools.product(
        ["seven", "half", "word", "list", "map", "none", "yes", "missing", "(1, 2)"],
        ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">=", "in", "not in", "and", "or"],
        ["minus", "half", "word", "list", "map", "none", "no", "missing", "(1, 2)"])
    texts += [f"{{{{ {a} {o} {b} }}}}" for a, o, b in pairs]
    return texts + random_texts(random.Random(11), 600)


def random_texts(draw, count):
    """Small templates put together by chance: white space, nesting, scopes."""
    def expression(depth):
        if depth == 0 or draw.random() < 0.3:
            return draw.choice(["word", "seven", "list", "x", "y", "'a b'", "1", "none", "map", "rows", "words", "missing", "loop.index"])
        a, b = expression(depth - 1), expression(depth - 1)
        return draw.choice([
            f"{a} + {b}", f"{a} ~ {b}", f"({a} if {b} else {a})", f"{a}|{draw.choice(KNOWN)}",
            f"{a} == {b}", f"{a} and {b}", f"not {a}", f"[{a}, {b}]", f"{{'k': {a}}}", f"{a}[{b}]", f"{a}[1:]",
            f"{a} in {b}", f"({a}).{draw.choice(METHODS)}", f"{a} is {draw.choice([name for name in TESTS if name != 'nothere'])}", f"m({a})"])

    def block(depth):
        space = lambda: draw.choice(["", "", " ", "\n", "  \n ", "\t"])
        sign = lambda: draw.choice(["", "", "-", "-", "+"])
        end = lambda: draw.choice(["", "", "-"])
        out = ""
        for _ in range(draw.randint(1, 3)):
            kind = draw.randint(0, 7) if depth else draw.randint(0, 2)
            out += space()
            if kind == 0:
                out += draw.choice(["text", "a\nb", "{ }", "%"])
            elif kind <= 2:
                out += "{{" + draw.choice(["", "-"]) + " " + expression(2) + " " + end() + "}}"
            elif kind == 3:
                out += f"{{%{sign()} if {expression(1)} {end()}%}}{block(depth - 1)}{{%{sign()} else {end()}%}}{block(depth - 1)}{{%{sign()} endif {end()}%}}"
            elif kind == 4:
                out += f"{{%{sign()} for x in {draw.choice(['list', 'names', 'rows', 'word', expression(1)])} {end()}%}}{block(depth - 1)}{{%{sign()} endfor {end()}%}}"
            elif kind == 5:
                out += f"{{%{sign()} set {draw.choice('xy')} = {expression(2)} {end()}%}}"
            elif kind == 6:
                out += f"{{%{sign()} macro m(x) {end()}%}}{block(depth - 1)}{{%{sign()} endmacro {end()}%}}"
            else:
                out += f"{{#{sign()} note {end()}#}}"
            out += space()
        return out
    return [block(3) for _ in range(count)]


def construct(text):
    try:
        # A copy: `indent` writes into a list that it is given.
        variables = copy.deepcopy(VARIABLES)
        shown = _compile_jinja_template(text).render(**variables, bos_token="<s>")
    except Exception:
        return None
    # What prints with an address or a class of Python's is refused here.
    if " at 0x" in shown or "<function" in shown or "<Macro" in shown or "<class" in shown:
        return None
    for name in ["dict_", "range(", "<Namespace", "<LoopContext", "<jinja2", "<TemplateReference", "&lt;function"]:
        if name in shown:
            return None
    return shown


# Real templates, which lie outside the repository

def real(root):
    out = {}
    folder = root / "tokenizers" / "chat-templates"
    chats = {
        "chat": CHAT, "plain": CHAT[1:], "one": CHAT[1:2], "system": CHAT[:2], "answered": CHAT[:3],
        "calls": CALLS,
        "results": CALLS + [{"role": "assistant", "content": "Twelve knots."}, {"role": "user", "content": "And now?"}],
    }
    for path in sorted(folder.glob("*.jinja")):
        text = path.read_text()
        for name, chat in chats.items():
            for how in ["assistant", "messages", "last"]:
                for tools in [None, TOOLS]:
                    case = {"template": text, "messages": chat, "ending": how, "tools": tools}
                    shown = rendered(case)
                    # Templates that ask for today's date get it from no clock here.
                    if shown is not None and "strftime_now" in text:
                        plain = text.replace("strftime_now is defined", "false")
                        shown = rendered({**case, "template": plain})
                    key = f"{path.name} {name} {how} {'tools' if tools else 'none'}"
                    out[key] = shown and hashlib.sha256(shown.encode()).hexdigest()
    return {"chats": chats, "tools": TOOLS, "hashes": out}


def write(folder, shared):
    folder.mkdir(parents=True, exist_ok=True)

    def save(name, value):
        (folder / name).write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")

    save("chats.json", {
        "templates": TEMPLATES, "cases": [{**case, "text": rendered(case)} for case in chats()]})
    cases = [[text, construct(text)] for text in dict.fromkeys(constructs())]
    save("constructs.json", {
        "variables": VARIABLES, "cases": [c for c in cases if len(c[1] or "") < 2000]})
    if shared:
        save("shared.json", real(shared))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check:
        write(GOLDEN, arguments.shared)
        print(f"transformers {transformers.__version__}, jinja2 {jinja2.__version__}: {GOLDEN}")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write(folder, arguments.shared)
        names = sorted(p.name for p in folder.iterdir())
        _, different, missing = filecmp.cmpfiles(folder, GOLDEN, names, shallow=False)
        for name in different + missing:
            print(f"differs: {name}")
        sys.exit(1 if different or missing else 0)


if __name__ == "__main__":
    main()
