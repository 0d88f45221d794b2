"""Quality: what an ingested extract holds, what is odd about it, and what would mend it.

The package's function has the name of this room, and Python puts a room over a function. So the
room can be called: `instep_cohort.quality(store)` is `instep_cohort.quality.quality(store)`.
"""

import sys
from types import ModuleType
from typing import Any

from instep_cohort.quality.looking import quality
from instep_cohort.quality.result import Quality
from instep_cohort.quality.rules import RULES
from instep_cohort.quality.values import Finding, Severity

__all__ = ["RULES", "Finding", "Quality", "Severity", "quality"]


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Quality:
        return quality(*args, **options)


sys.modules[__name__].__class__ = _Callable
