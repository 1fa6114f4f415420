"""Sets one document in a process of its own: JSON on standard input, PDF/A-3b on standard output.

A process of its own because the setter keeps what it has set, 140 MB a month of 56 bodies, for as long as its process lives.
Run as a file: it needs nothing of the product.
"""

from __future__ import annotations

import json
import sys

import typst


def main() -> None:
    """``template`` in typst's language, ``inputs`` as its texts by name, ``timestamp`` in seconds. No font but typst's own."""
    given = json.load(sys.stdin)
    template: bytes = given["template"].encode()
    made = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs=given["inputs"],
        pdf_standards="a-3b",
        timestamp=given["timestamp"],
        # Tags would make the file five times as large; the public pages are the form for who does not see it.
        pdf_tags=False,
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
