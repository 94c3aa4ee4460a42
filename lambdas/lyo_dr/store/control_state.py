"""The system record, the lease and the pause: the few items every process must agree on."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.decisions.common.lease import take
from lyo_dr.decisions.common.pause import PauseSpan
from lyo_dr.errors import ConditionFailed, EpochStale
from lyo_dr.model.incident import Lease, SystemRecord, WorkKind
from lyo_dr.model.plan import Regions
from lyo_dr.store.timestamps import timestamp

_RENEWABLE = (
    " AND (expires_at > :now OR expires_at = :seen) AND expires_at < :end"
    " AND (attribute_not_exists(released) OR released = :no)"
)


class ControlState:
    """Shared state in one region's table. Every write is conditional."""

    def __init__(self, table: Table, regions: Regions) -> None:
        self._table = table
        self._regions = regions

    # -- who is active ------------------------------------------------------------------------------------
    def record(self) -> SystemRecord:
        """The record; before the first one is written, the plan's roles at epoch 0."""
        item = self._table.get("SYSTEM", "RECORD")
        if item is None:
            return SystemRecord(active_region=self._regions.primary, standby_region=self._regions.secondary, epoch=0)
        return SystemRecord(
            active_region=item["active_region"],
            standby_region=item.get("standby_region"),
            epoch=item["epoch"],
        )

    def change_record(self, record: SystemRecord) -> bool:
        """Write a record of a newer epoch; False when this very one is there. Raises EpochStale."""
        item: Item = {"pk": "SYSTEM", "sk": "RECORD", **_plain(record)}
        try:
            self._table.put(
                item, condition="attribute_not_exists(pk) OR epoch < :epoch", values={":epoch": record.epoch}
            )
        except ConditionFailed:
            current = self.record()
            if current == record:
                return False
            raise EpochStale(
                f"the system record is at epoch {current.epoch} ({current.active_region} active); "
                f"epoch {record.epoch} may not change it"
            ) from None
        return True

    # -- who works ----------------------------------------------------------------------------------------
    def lease(self) -> Lease | None:
        """The lease as it stands, expired or not."""
        item = self._table.get("SYSTEM", "LEASE")
        return None if item is None else _lease(item)

    def take_lease(
        self, holder: str, now: datetime, duration: timedelta, kind: WorkKind = "region_loss", *, anew: bool = False
    ) -> Lease | None:
        """Take or renew the lease; None while another holds it, also after losing a race.

        ``anew`` gives a holder that comes back a new epoch, which fences what it did before.
        """
        current = self.lease()
        wanted = take(current, holder=holder, kind=kind, record=self.record(), now=now, duration=duration, anew=anew)
        if wanted is None:
            return None
        # Its holder may renew a lease that has expired: taking it needs the very one that was read.
        taking = current is not None and wanted.epoch != current.epoch
        unchanged = {":seen": timestamp(current.expires_at)} if current is not None and taking else {}
        taken = self._swap_lease(current, wanted, " AND expires_at = :seen" if taking else "", unchanged)
        return wanted if taken else None

    def renew_lease(self, lease: Lease, now: datetime, duration: timedelta) -> bool:
        """Extend our own lease as it was read, expired or not; False if it is no longer ours, or was released.

        Steps of one incident run in parallel: a lease that another of them extended further, or that is
        kept on purpose, is never shortened.
        """
        longer = msgspec.structs.replace(lease, expires_at=now + duration)
        if self._swap_lease(lease, longer, _RENEWABLE, _ends(now, lease, longer)):
            return True
        current = self.lease()
        ours = current is not None and (current.holder, current.epoch) == (lease.holder, lease.epoch)
        return ours and current is not None and current.expires_at >= longer.expires_at

    def keep_lease(self, lease: Lease, until: datetime) -> bool:
        """Hold our lease until ``until``, even if it expired and is free; False if another holds it."""
        return self._swap_lease(lease, msgspec.structs.replace(lease, expires_at=until, released=False))

    def release_lease(self, holder: str, epoch: int, now: datetime) -> bool:
        """End our lease now; its epoch stays on record. False when it was not ours."""
        current = self.lease()
        if current is None or (current.holder, current.epoch) != (holder, epoch):
            return False
        ended = msgspec.structs.replace(current, expires_at=now, released=True)
        return self._swap_lease(current, ended)

    def _swap_lease(self, current: Lease | None, wanted: Lease, only_if: str = "", values: Item | None = None) -> bool:
        """Compare and set on the holder and epoch that were read."""
        item: Item = {"pk": "SYSTEM", "sk": "LEASE", **_plain(wanted)}
        try:
            if current is None:
                self._table.put(item, condition="attribute_not_exists(pk)")
            else:
                self._table.put(
                    item,
                    condition=f"holder = :holder AND epoch = :epoch{only_if}",
                    values={":holder": current.holder, ":epoch": current.epoch, **(values or {})},
                )
        except ConditionFailed:
            return False
        return True

    # -- the kill switch ----------------------------------------------------------------------------------
    def paused(self) -> str | None:
        """Who paused the automation and why, or None."""
        item = self._table.get("SYSTEM", "PAUSE")
        if item is None or not item.get("paused"):
            return None
        return f"paused by {item.get('by', 'someone')}: {item.get('why', 'no reason given')}"

    def pauses(self) -> list[PauseSpan]:
        """Times in which the automation was paused here, oldest first, the present one included."""
        return _spans(self._table.get("SYSTEM", "PAUSE"))


def _spans(item: Item | None) -> list[PauseSpan]:
    return msgspec.convert((item or {}).get("spans", []), list[PauseSpan])


def hand_over(record: SystemRecord, *, active: ControlState, standby: ControlState) -> None:
    """Write a record that names a new standby to both tables. Idempotent: may crash anywhere and be run again.

    The active region first. From then on its own work takes the lease in the standby's table, which is the
    authority once there is a standby; the standby acts only by its own table. Between the two writes neither
    region acts; in the other order both might.
    """
    active.change_record(record)
    standby.change_record(record)


def _plain(value: SystemRecord | Lease) -> Item:
    if isinstance(value, SystemRecord):
        return {
            "active_region": value.active_region,
            "standby_region": value.standby_region,
            "epoch": value.epoch,
        }
    return {
        "holder": value.holder,
        "epoch": value.epoch,
        "taken_at": timestamp(value.taken_at),
        "expires_at": timestamp(value.expires_at),
        "released": value.released,
        "kind": value.kind,
    }


def _ends(now: datetime, seen: Lease, longer: Lease) -> Item:
    ends = {":now": now, ":seen": seen.expires_at, ":end": longer.expires_at}
    return {":no": False, **{name: timestamp(end) for name, end in ends.items()}}


def _lease(item: Item) -> Lease:
    return Lease(
        holder=item["holder"],
        epoch=item["epoch"],
        taken_at=datetime.fromisoformat(item["taken_at"]),
        expires_at=datetime.fromisoformat(item["expires_at"]),
        released=item.get("released", False),
        kind=item.get("kind", "region_loss"),
    )
