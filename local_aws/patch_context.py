"""What a patch may know of the process it is applied in."""

from dataclasses import dataclass

from local_aws.gateway.data_plane import DataHostClient
from local_aws.gateway.faults import FaultTable
from local_aws.settings import Settings


@dataclass(frozen=True)
class PatchContext:
    """Settings, faults in force and the way to the data host (None when there is none)."""

    settings: Settings
    faults: FaultTable
    data_host: DataHostClient | None
