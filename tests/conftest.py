"""Settings of the whole suite."""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings
from readers import reader

__all__ = ["reader"]

# No verdict may depend on how busy the machine is: no deadline, and no health check that looks at a clock.
_STEADY = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", derandomize=True, **_STEADY)
# What lands a change, or builds the package, must not depend on luck: new examples are asked for.
settings.register_profile("random", **_STEADY)
settings.load_profile("random" if os.environ.get("PKGGUARD_RANDOM") else "steady")

# What nohup, or a shell for the background, has ignored would be ignored by every child too. A handler is not
# inherited: children start as from a terminal, and the run itself still ignores the signal.
for _number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)
