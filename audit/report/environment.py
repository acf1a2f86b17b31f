# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a byte of the HTML or PDF depends on beside the record, by version.

The same record in the same environment gives the same page and the same unsigned PDF. Another
Pango breaks lines elsewhere, another zlib packs streams otherwise; so both are stated.
"""

import zlib
from functools import cache
from importlib.metadata import version

from audit import resources

_DISTRIBUTIONS = {
    "Jinja": "jinja2",
    "WeasyPrint": "weasyprint",
    "fontTools": "fonttools",
    "pydyf": "pydyf",
}


def versions() -> dict[str, str]:
    """Return name to version; the libraries of Pango say "missing" where they are not installed."""
    return {
        **{name: version(package) for name, package in _DISTRIBUTIONS.items()},
        **_native(),
        "templates": resources.digest(resources.tree("templates")),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


@cache
def _native() -> dict[str, str]:
    """Return the versions of the libraries that WeasyPrint loads, as they state them."""
    try:
        from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset, pango
    except OSError:
        return {"HarfBuzz": "missing", "Pango": "missing"}
    ffi.cdef("const char *hb_version_string(void);", override=True)
    number = pango.pango_version()
    return {
        "HarfBuzz": ffi.string(harfbuzz.hb_version_string()).decode("ascii"),
        "Pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        "font subsets": "HarfBuzz" if harfbuzz_subset else "fontTools",
    }
