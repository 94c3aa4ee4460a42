"""What is asked to validate a recovery: endpoints, tasks and metrics, in this region or through the public name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from lyo_dr.adapters.aws.cloudwatch import RECENT, newest_value
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.validation import endpoint_fault, located, metric_fault, tasks_fault
from lyo_dr.errors import LyoDrError
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Endpoint, Service, ServiceMetric, Traffic
from lyo_dr.services.common.front_door import ask_front_door


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; ``blocks`` where traffic waits until it is gone."""

    sentence: str
    blocks: bool


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One question about a service. ``kind``: what is counted as an endpoint, or named as running."""

    service: Service
    kind: str
    ask: Callable[[], Fault | None]


def checks_at_standby(ctx: StepContext) -> list[Check]:
    """Every service that may run here before authority is taken, directly in this region."""
    return [check for service in ctx.plan.services if not service.runs_once for check in _direct(service, ctx)]


def checks_at_front_door(ctx: StepContext) -> list[Check]:
    """The services behind the DNS names, as users reach them; besides, directly, what nothing has waited for."""
    asked = [
        Check(service=service, kind="endpoint", ask=partial(_through_the_name, endpoint, service, front, ctx))
        for front in ctx.plan.fronts()
        for service in ctx.plan.services_behind(front)
        for endpoint in ctx.plan.endpoints_of(service)
    ]
    left = [service for service in ctx.plan.services if service.runs_once or not service.critical]
    return asked + [check for service in left for check in _direct(service, ctx)]


def _direct(service: Service, ctx: StepContext) -> Iterator[Check]:
    if service.listens:
        for endpoint in ctx.plan.endpoints_of(service):
            yield Check(service=service, kind="endpoint", ask=partial(_in_region, endpoint, service, ctx))
    else:
        yield Check(service=service, kind="tasks", ask=partial(_tasks, service, ctx))
    if service.metric is not None:
        yield Check(service=service, kind="metric", ask=partial(_metric, service, service.metric, ctx))


def _fault(service: Service, sentence: str | None) -> Fault | None:
    return None if sentence is None else Fault(sentence=sentence, blocks=service.critical)


def _in_region(endpoint: Endpoint, service: Service, ctx: StepContext) -> Fault | None:
    url = f"{service.places[ctx.region].url}{endpoint.path}"
    answer = probe(url, ctx.plan.timing.probe_timeout.total_seconds())
    return _fault(service, located(service.name, endpoint_fault(endpoint, answer, ctx.region), url))


def _through_the_name(endpoint: Endpoint, service: Service, front: Traffic, ctx: StepContext) -> Fault | None:
    answer, url = ask_front_door(ctx, front, endpoint.path), front.url + endpoint.path
    return _fault(service, located(service.name, endpoint_fault(endpoint, answer, ctx.region), url))


def _tasks(service: Service, ctx: StepContext) -> Fault | None:
    """Raises what ECS refuses, for a service that traffic waits for: the step is tried again."""
    try:
        return _fault(service, tasks_fault(service, Ecs(ctx.region).counts(service.places[ctx.region])))
    except LyoDrError as refusal:
        if service.critical:
            raise
        return Fault(sentence=f"{service.name}: its tasks are unknown ({refusal})", blocks=False)


def _metric(service: Service, metric: ServiceMetric, ctx: StepContext) -> Fault | None:
    """A metric nobody could read, or without a recent value, says nothing and blocks nothing.

    Amazon SQS publishes none of a queue that was idle for six hours (developer guide, "Available CloudWatch metrics
    for Amazon SQS"), as one in a standby is.
    """
    name = f"{service.name}: {metric.namespace} {metric.name}"
    try:
        value = newest_value(ctx.region, metric, now=ctx.now())
    except LyoDrError as silence:
        return Fault(sentence=f"{name} is unknown ({silence})", blocks=False)
    if value is None:
        return Fault(sentence=f"{name} has no value of the last {humanize(RECENT)}", blocks=False)
    return _fault(service, metric_fault(service.name, metric, value))
