"""A reference workload for who has none yet; drills run on it. A plan may point at existing resources instead."""

from stacks.workload.stack import Workload

__all__ = ["Workload"]
