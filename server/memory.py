"""How the api process keeps its memory: what lives as long as it does is never walked through, the rest seldom."""

import gc

# Measured: docs/decisions/0023-the-collector.md.
_THRESHOLDS = 10_000, 10, 20


def settle() -> None:
    """To be called once, when everything is made that lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
