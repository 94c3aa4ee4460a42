"""An example workload; drills run on it. A plan may refer to existing resources instead."""

from stacks.workload.stack import Workload

__all__ = ["Workload"]
