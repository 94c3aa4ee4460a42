"""The base of every part of the plan.

The modules of the schema do without ``from __future__ import annotations``: msgspec would have to compile every
annotation as a string at each cold start (measured: 12 ms instead of 2 to decode a plan).
"""

import msgspec


class PlanPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Immutable, and an unknown field is an error instead of being ignored."""
