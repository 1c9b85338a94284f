"""Hostile texts, and a manifest that says them wherever its model holds a text."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from pkgguard.diagnostics import Position
from pkgguard.manifest.composition import SourceFile, TakenOut
from pkgguard.manifest.model import Manifest
from pkgguard.manifest.read import parse_manifest

CANARY = "canary"
"""The file that a text makes in the current folder if anything of it is run."""
_RUN = f"touch {CANARY}"
ATOMS = (
    f"%({_RUN})", f"%%({_RUN})", f"\\%({_RUN})", f'%{{lua:os.execute("{_RUN}")}}', f"$({_RUN})", f"`{_RUN}`",
    f"'; {_RUN}; '", f'"; {_RUN}; "', f"; {_RUN} #", f"\n{_RUN}\n", f"%{{expand:%({_RUN})}}", f"[%({_RUN})",
    "%{", "%(", "%[", "%", "%%", "\\", "\\%{", "\\%(", "\\\\%[", "}", ")", "]", "{", "#", "%dnl ", "%if 0",
    "%endif", "%global x \\", "%include /etc/passwd", "%{nil}", "%{?x", "%{quote:", "%{load:",
    "${Newline}Depends: evil", "${}{Newline}", "$${Newline}", "${misc:Depends}", "${pkgguard:Depends}", "$",
    "\nRequires: evil", "\r\nDepends: evil", "\vDepends: evil", "\f", "\x1c", "\x85Depends: evil",
    "\u2028pkgguard:Depends=evil", "\u2029", "\npkgguard:Depends=evil", "\n\nPackage: evil", "\n# ", "\t",
    "'", '"', '"""', "'''", "\n[policy]", "\x00", "\x1b[31m", "\u202e", "\ud800", "\n.sy ", "\n'br ", "\\fB",
    "\\&", ".TH", "\n::error::x", "##[error]", "&", "<b>", "```", "{{ x }}", "{% x %}", "{# ", "é", "☃", " ",
    "  ", "word",
)  # fmt: skip
SEEDS = st.integers(0, 2**32 - 1)
"""What hypothesis draws, of which the rest follows: each of some hundred texts would take it too long."""


def texts(seed: int, count: int) -> list[str]:
    """Return distinct texts, each of a few atoms: changes of the same thing are about one capability."""
    chosen = random.Random(seed)  # noqa: S311 - nothing secret
    found: dict[str, None] = {}
    while len(found) < count:
        found.setdefault("".join(chosen.choices(ATOMS, k=chosen.randint(1, 5))))
    return list(found)


MANIFEST = """\
manifest = 1
project = "free 0"
[component.till]
title = "free 1"
releases = ["1.0.0", "1.1.0", "1.2.0"]
[component.stock]
title = "free 2"
releases_of = "till"
[package.shop-till]
title = "free 3"
carries = ["till"]
peers = ["shop-stock"]
files = ["/usr/bin/till"]
rpm = { name = "shop-till-rpm", epoch = 1 }
[package.shop-till.deb]
rebuilds = ["~shop"]
published = { "1.2.0+really1.0.0-1" = "1.0.0" }
archives = { lab = { epoch = 3 } }
[package.shop-stock]
title = "free 4"
carries = ["stock"]
deb = { name = "shop-stock-deb", epoch = 2, published = ["2:1.0.5-1", "2:1.1.0-1"] }
[protocol.sale]
title = "free 5"
client = ["till"]
server = "stock"
provides = "sale-protocol"
slot = "sale-server"
role = "sales"
guarded_since = "1.2.0"
[protocol.count]
client = ["till"]
server = "stock"
role = "sales"
provides = { "1.0.0" = "count-1", "1.2.0" = "count-2" }
[[change]]
id = "free 23"
protocol = "sale"
kind = "added"
what = ["free 6", "free 7"]
server = "1.1.0"
client = "1.1.0"
because = "free 8"
hits = "free 9"
symptom = "free 10"
see = ["free 11", "free 12"]
[[change]]
protocol = "sale"
kind = "removed"
what = ["free 13"]
server = "1.2.0"
client = "1.1.0"
because = "free 14"
symptom = "free 15"
[[change]]
protocol = "sale"
kind = "changed"
what = ["free 16"]
server = "1.1.0"
client = "1.2.0"
old_until = "1.2.0"
because = "free 17"
[[change]]
protocol = "sale"
kind = "added"
need = "optional"
what = ["free 18"]
server = "1.2.0"
client = "1.1.0"
hits = "free 19"
[[broken]]
component = "stock"
release = "1.0.0"
because = "free 20"
see = ["free 21"]
[rules]
malformed-relation = "error"
[profile.lenient]
malformed-relation = "warning"
[[accept]]
rule = "malformed-relation"
package = "shop-till"
peer = "shop-stock"
from = "1.0.0"
until = "1.1.0"
expires = "2030-01-31"
because = "free 28"
"""
PATH = "free 22"
"""Where the manifest was read, a text too."""
COUNT = 29
"""How many free texts there are."""

FREE = re.compile(r"free \d+")


def harmless() -> Manifest:
    """Return the manifest whose every free text is ``free N``; what else it says are names and versions.

    It is the sum of two, of which one had a change that the other took out.
    """
    manifest = parse_manifest(MANIFEST, PATH)
    other = Position("free 24", 1, inherited=True)
    taken_out = TakenOut("free 25", other, Position(PATH, 2), "free 26", ("free 27",), is_replaced=False)
    files = (*manifest.files, SourceFile("free 24"))
    return dataclasses.replace(manifest, files=files, taken_out=(taken_out,))


def saying(value: Any, texts: list[str]) -> Any:
    """Return a part of a model with ``free N`` replaced by the Nth of the texts."""
    if isinstance(value, str):
        return texts[int(value[5:])] if FREE.fullmatch(value) else value
    if isinstance(value, tuple):
        parts = (saying(one, texts) for one in value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, Mapping):
        return {key: saying(one, texts) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            one.name: saying(getattr(value, one.name), texts) for one in dataclasses.fields(value) if one.init
        }
        return type(value)(**fields)
    return value
