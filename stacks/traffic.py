"""The DNS names of the front door: failover records that share two latches, or records that a failover changes."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from lyo_dr.decisions.failover.front_names import by_latch
from lyo_dr.decisions.failover.traffic import default_kind
from lyo_dr.model.plan import Target
from lyo_dr.model.plan import Traffic as Front
from stacks.site import Site

_SUFFIX = {"A": "", "AAAA": "V6", "CNAME": "Cname"}


class Traffic(Construct):
    """By ``latch``: PRIMARY and SECONDARY records. Once set, it stays: traffic never returns on its own.

    The two latches are of the system, and all names with that strategy have them: which region serves is one decision.

    By ``record``: one record, which leads to the primary region on the first day and is changed by a failover.
    CloudFormation writes it again only when its template changes.

    Checks and records are retained: a new health check starts healthy, and an empty name answers nobody. Not when their
    own creation is rolled back: a second attempt would find the records taken.
    """

    def __init__(self, scope: Construct, site: Site) -> None:
        super().__init__(scope, "Traffic")
        plan = site.plan
        records = [site.names.record_of(region) for region in plan.regions.pair]
        latches = {record: self._latch(site, record) for record in records} if by_latch(plan) else {}
        for index, front in enumerate(plan.fronts()):
            # The first name keeps the logical ids of a plan with one: others would find its records taken.
            place: Construct = Construct(self, front.name) if index else self
            if front.strategy == "record":
                _records(place, front, plan.regions.primary, "front")
                continue
            for region in plan.regions.pair:
                record = site.names.record_of(region)
                for answer in _records(place, front, region, record):
                    answer.set_identifier = f"{site.names.prefix}-{record}"
                    answer.failover = record.upper()
                    answer.health_check_id = latches[record].attr_health_check_id

    def _latch(self, site: Site, record: str) -> route53.CfnHealthCheck:
        check = route53.CfnHealthCheck(
            self,
            f"Latch{record.capitalize()}",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="CLOUDWATCH_METRIC",
                alarm_identifier=route53.CfnHealthCheck.AlarmIdentifierProperty(
                    name=site.names.latch_alarm(record), region=site.names.latch_region(record)
                ),
                insufficient_data_health_status="LastKnownStatus",
            ),
        )
        check.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return check


def _records(place: Construct, front: Front, region: str, record: str) -> list[route53.CfnRecordSet]:
    """A and AAAA of a load balancer, so that IPv6 moves with IPv4; the one type an address or a host name has.

    An alias of type AAAA to a load balancer without IPv6 gives no answer, as none at all would.
    """
    target = front.targets[region]
    kinds = ["A", "AAAA"] if target.load_balancer else [default_kind(target)]
    return [_record(place, front, target, record.capitalize() + _SUFFIX[kind], kind) for kind in kinds]


def _record(place: Construct, front: Front, target: Target, construct_id: str, kind: str) -> route53.CfnRecordSet:
    answer = route53.CfnRecordSet(place, construct_id, hosted_zone_id=front.hosted_zone, name=front.name, type=kind)
    if target.load_balancer and target.hosted_zone:
        answer.alias_target = route53.CfnRecordSet.AliasTargetProperty(
            dns_name=target.load_balancer,
            hosted_zone_id=target.hosted_zone,
            # The latch alone decides: target health would return traffic automatically.
            evaluate_target_health=False,
        )
    elif target.host:
        answer.ttl = str(int(front.ttl.total_seconds()))
        answer.resource_records = [target.host]
    answer.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return answer
