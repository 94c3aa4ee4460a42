"""The base of every part of the plan.

The modules of the schema do without ``from __future__ import annotations``: msgspec would compile every annotation from
a string at each cold start (measured: 12 ms instead of 2 to decode the first plan, 6 ms more in all).
"""

import msgspec


class PlanPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Immutable, and an unknown field is an error instead of being ignored."""
