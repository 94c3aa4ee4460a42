"""ECS: counts, rollouts and failures are those of real processes."""

import json
import os
import signal

import psutil
import pytest
from botocore.exceptions import ClientError

from local_aws.data_plane.processes import wait_until
from local_aws.ports import free_port
from tests.local_aws.data_plane.data_plane_world import World, ask

REGION = "eu-west-2"
NOWHERE = "postgresql://nobody:canary-password@127.0.0.1:1/none"


def primary(world: World, name: str) -> dict[str, object]:
    deployment: dict[str, object] = world.service(REGION, name)["deployments"][0]
    return deployment


def test_a_service_scales_real_processes_up_and_down(world: World) -> None:
    ecs = world.client("ecs", REGION)
    world.given_app(REGION, "scaled", NOWHERE, desired=0)
    wait_until(lambda: primary(world, "scaled")["rolloutState"] == "COMPLETED", 30, "the empty rollout")
    ecs.update_service(cluster="scaled", service="scaled", desiredCount=2)
    service = world.service(REGION, "scaled")
    assert (service["desiredCount"], service["runningCount"]) == (2, 0)
    world.runs(REGION, "scaled", 2)
    tasks = world.processes(REGION, "scaled")
    assert [ask(f"http://127.0.0.1:{task['port']}/health").status for task in tasks] == [200, 200]
    cluster = ecs.describe_clusters(clusters=["scaled"])["clusters"][0]
    assert (cluster["runningTasksCount"], cluster["activeServicesCount"]) == (2, 1)
    ecs.update_service(cluster="scaled", service="scaled", desiredCount=0)
    world.runs(REGION, "scaled", 0)
    wait_until(lambda: not any(psutil.pid_exists(task["pid"]) for task in tasks), 30, "the end of the processes")
    assert ecs.delete_service(cluster="scaled", service="scaled")["service"]["status"] == "INACTIVE"


def test_a_task_is_pending_until_it_answers(world: World) -> None:
    world.given_app(REGION, "slow", NOWHERE, desired=1)
    wait_until(lambda: world.service(REGION, "slow")["pendingCount"] == 1, 30, "a pending task", every=0.01)
    assert primary(world, "slow")["rolloutState"] == "IN_PROGRESS"
    world.runs(REGION, "slow", 1)
    wait_until(lambda: primary(world, "slow")["rolloutState"] == "COMPLETED", 30, "the rollout")


def test_a_crashed_task_is_replaced_and_tells_why_it_stopped(world: World) -> None:
    ecs = world.client("ecs", REGION)
    world.given_app(REGION, "crashing", NOWHERE, desired=1)
    world.runs(REGION, "crashing", 1)
    victim = world.processes(REGION, "crashing")[0]
    os.kill(victim["pid"], signal.SIGKILL)
    stopped = {"cluster": "crashing", "serviceName": "crashing", "desiredStatus": "STOPPED"}
    wait_until(lambda: ecs.list_tasks(**stopped)["taskArns"] == [victim["arn"]], 30, "the record of the crash")
    task = ecs.describe_tasks(cluster="crashing", tasks=[victim["arn"]])["tasks"][0]
    assert (task["lastStatus"], task["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert task["containers"][0]["exitCode"] == 137
    world.runs(REGION, "crashing", 1)
    assert world.processes(REGION, "crashing")[0]["pid"] != victim["pid"]
    assert primary(world, "crashing")["failedTasks"] == 1


def test_a_task_that_is_stopped_by_hand_is_replaced(world: World) -> None:
    ecs = world.client("ecs", REGION)
    world.given_app(REGION, "by-hand", NOWHERE, desired=1)
    world.runs(REGION, "by-hand", 1)
    first = ecs.list_tasks(cluster="by-hand", serviceName="by-hand")["taskArns"]
    ecs.stop_task(cluster="by-hand", task=first[0], reason="try again")
    wait_until(lambda: ecs.list_tasks(cluster="by-hand")["taskArns"] not in ([], first), 30, "the replacement")
    world.runs(REGION, "by-hand", 1)

    def reason() -> str:
        return str(ecs.describe_tasks(cluster="by-hand", tasks=first)["tasks"][0].get("stoppedReason", ""))

    wait_until(lambda: reason() != "", 30, "the end of the first")
    assert reason() == "try again"


def test_a_new_deployment_replaces_the_process(world: World) -> None:
    world.given_app(REGION, "rolled", NOWHERE, desired=1)
    world.runs(REGION, "rolled", 1)
    before = world.processes(REGION, "rolled")[0]["pid"]
    former = primary(world, "rolled")["id"]
    world.client("ecs", REGION).update_service(cluster="rolled", service="rolled", forceNewDeployment=True)
    assert primary(world, "rolled")["id"] != former
    wait_until(lambda: primary(world, "rolled")["rolloutState"] == "COMPLETED", 30, "the rollout")
    wait_until(lambda: len(world.processes(REGION, "rolled")) == 1, 30, "the end of the former")
    assert [task["pid"] != before for task in world.processes(REGION, "rolled")] == [True]
    assert len(world.service(REGION, "rolled")["deployments"]) == 1


def test_the_environment_and_the_secret_of_a_task_reach_its_process_and_no_log(world: World) -> None:
    world.given_app(REGION, "secretive", NOWHERE, desired=1)
    world.runs(REGION, "secretive", 1)
    task = world.processes(REGION, "secretive")[0]
    environment = psutil.Process(task["pid"]).environ()
    assert (environment["DATABASE_URL"], environment["AWS_REGION"], environment["PORT"]) == (
        NOWHERE,
        REGION,
        str(task["port"]),
    )
    ready = ask(f"http://127.0.0.1:{task['port']}/health/ready")
    assert (ready.status, ready.body["database"], ready.body["version"]) == (503, "down", "1.2.3")
    assert "canary-password" not in json.dumps([ready.body, world.host.state()])
    assert "canary-password" not in world.host.logs()


def test_a_task_without_its_secret_does_not_start_and_says_so(world: World) -> None:
    ecs = world.client("ecs", REGION)
    ecs.create_cluster(clusterName="poor")
    container = {
        "name": "app",
        "image": "lyo/booking:1",
        "memory": 128,
        "secrets": [{"name": "DATABASE_URL", "valueFrom": "no-such-secret"}],
    }
    ecs.register_task_definition(family="poor", containerDefinitions=[container])
    ecs.create_service(cluster="poor", serviceName="poor", taskDefinition="poor", desiredCount=1)
    wait_until(lambda: primary(world, "poor")["failedTasks"], 30, "the failure")  # type: ignore[arg-type,return-value]
    arns = ecs.list_tasks(cluster="poor", desiredStatus="STOPPED")["taskArns"]
    task = ecs.describe_tasks(cluster="poor", tasks=arns)["tasks"][0]
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets")
    ecs.delete_service(cluster="poor", service="poor", force=True)


def test_a_task_whose_image_stands_for_no_command_does_not_start_and_says_so(world: World) -> None:
    ecs = world.client("ecs", REGION)
    ecs.create_cluster(clusterName="unknown")
    image = f"000000000000.dkr.ecr.{REGION}.amazonaws.com/shop/unknown:stable"
    container = {"name": "app", "image": image, "memory": 128}
    ecs.register_task_definition(family="unknown", containerDefinitions=[container])
    ecs.create_service(cluster="unknown", serviceName="unknown", taskDefinition="unknown", desiredCount=1)
    wait_until(lambda: primary(world, "unknown")["failedTasks"], 30, "the failure")  # type: ignore[arg-type,return-value]
    arns = ecs.list_tasks(cluster="unknown", desiredStatus="STOPPED")["taskArns"]
    task = ecs.describe_tasks(cluster="unknown", tasks=arns)["tasks"][0]
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: ")
    assert task["stoppedReason"].endswith(f"{image}: not found")
    ecs.delete_service(cluster="unknown", service="unknown", force=True)


def test_autoscaling_lifts_a_service_to_its_minimum_and_undoes_a_lower_count(world: World) -> None:
    ecs, scaling = world.client("ecs", REGION), world.client("application-autoscaling", REGION)
    world.given_app(REGION, "elastic", NOWHERE, desired=0)
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/elastic/elastic",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=3)
    world.runs(REGION, "elastic", 1)
    ecs.update_service(cluster="elastic", service="elastic", desiredCount=0)
    wait_until(lambda: world.service(REGION, "elastic")["desiredCount"] == 1, 30, "autoscaling")
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert [(t["ResourceId"], t["MinCapacity"], t["MaxCapacity"]) for t in found] == [("service/elastic/elastic", 1, 3)]
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=3)
    ecs.update_service(cluster="elastic", service="elastic", desiredCount=0)
    world.runs(REGION, "elastic", 0)


def test_a_service_that_does_not_exist_is_missing(world: World) -> None:
    ecs = world.client("ecs", REGION)
    ecs.create_cluster(clusterName="empty")
    answer = ecs.describe_services(cluster="empty", services=["nothing"])
    assert (answer["services"], answer["failures"][0]["reason"]) == ([], "MISSING")
    with pytest.raises(ClientError) as caught:
        ecs.update_service(cluster="empty", service="nothing", desiredCount=1)
    assert caught.value.response["Error"]["Code"] == "ServiceNotFoundException"


def test_the_load_balancer_sends_requests_to_healthy_tasks_only(world: World) -> None:
    region, address, port = "eu-west-3", "127.0.83.1", free_port("127.0.83.1")
    world.host.place_balancer(region, address, port)
    front = f"http://{address}:{port}/health"
    assert ask(front).status == 503
    world.given_app(region, "balanced", NOWHERE, desired=2)
    world.runs(region, "balanced", 2)
    wait_until(lambda: ask(front).status == 200, 30, "a healthy target")
    victim = world.processes(region, "balanced")[0]
    os.kill(victim["pid"], signal.SIGSTOP)  # it still accepts connections, and answers none
    wait_until(lambda: ask(front, seconds=0.3).status == 200, 30, "the first answer without it")
    wait_until(lambda: [ask(front, seconds=0.5).status for _ in range(4)] == [200] * 4, 30, "its removal")
    os.kill(victim["pid"], signal.SIGKILL)
    world.client("ecs", region).update_service(cluster="balanced", service="balanced", desiredCount=0)
    wait_until(lambda: ask(front).status == 503, 30, "the removal of all targets")
