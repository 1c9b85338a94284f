"""Versions of each family to draw from: different texts of one version among them."""

from __future__ import annotations

from hypothesis import strategies as st

from pkgguard.errors import VersionError
from pkgguard.families.lookup import family

TEXTS = {
    "deb": st.builds(
        "{}{}{}{}".format,
        st.sampled_from(("", "0:", "1:", "01:")),
        st.sampled_from("0129"),
        st.text("0019aZ.+~-:", max_size=7),
        st.one_of(st.just(""), st.builds("-{}".format, st.text("019a.+~", min_size=1, max_size=4))),
    ),
    "rpm": st.builds(
        "{}{}{}".format,
        st.sampled_from(("", "0:", "1:", "01:")),
        st.text("0019aZ._+~^", min_size=1, max_size=8),
        st.one_of(st.just(""), st.builds("-{}".format, st.text("019a._+~^", min_size=1, max_size=5))),
    ),
}


def _is_version(name: str, text: str) -> bool:
    try:
        family(name).key(text)
    except VersionError:
        return False
    return True


def versions(name: str) -> st.SearchStrategy[str]:
    """Draw versions of a family."""
    return TEXTS[name].filter(lambda text: _is_version(name, text))


COMMON = {
    "deb": (
        "1.0",
        "1.00",
        "1.0-0",
        "0:1.0",
        "1.0~",
        "1.0~0",
        "1.0-1",
        "1.0-01",
        "1.1~rc1",
        "1.1~rc01",
        "1:0.5",
    ),
    "rpm": ("1.0", "1_00", "0:1.0", "1.0~", "1.0-1", "1.0-01", "1.1~rc1", "1.1~rc.1", "1.1^git2", "1:0.5-1"),
}
"""A few versions, so that two drawn ones are often the same by another text."""
