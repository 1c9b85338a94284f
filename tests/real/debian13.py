"""A Debian 13 system with debputy in a folder, without a network, and with this checkout's plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .debian12 import Debian12

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tools import Outcome


class Debian13(Debian12):
    """The system that :file:`debian13.sh` archived, in ``folder``."""

    archive: ClassVar[str] = "debian13"

    def build(self, cwd: str, *words: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """``dpkg-buildpackage`` the binary packages; they lie in the folder above then."""
        # -d: no compiler is there, and pkgguard is not installed as a package.
        command = ("dpkg-buildpackage", "--no-sign", "--build=binary", "-d", *words)
        return self.run(*command, cwd=cwd, environment=environment)
