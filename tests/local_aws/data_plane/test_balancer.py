"""Which tasks the load balancer sends visitors to while they are being replaced."""

from __future__ import annotations

from local_aws.elb.balancer import Targets


def serving(*ports: int) -> Targets:
    targets = Targets()
    targets.replace(ports)
    for port in ports:
        targets.note(port, healthy=True)
    return targets


def test_a_new_target_gets_nothing_before_it_passed_a_check() -> None:
    targets = serving(1, 2)
    targets.replace([1, 2, 3])
    assert set(targets.healthy()) == {1, 2}
    targets.note(3, healthy=True)
    assert set(targets.healthy()) == {1, 2, 3}


def test_when_all_are_replaced_at_once_the_old_ones_go_on_until_a_new_one_passed() -> None:
    targets = serving(1, 2)
    targets.replace([3, 4])
    assert set(targets.healthy()) == {1, 2}
    targets.note(3, healthy=True)
    assert targets.healthy() == [3]


def test_an_old_one_that_is_gone_is_asked_once() -> None:
    targets = serving(1, 2)
    targets.replace([3])
    targets.expel(1)
    assert targets.healthy() == [2]


def test_old_ones_do_not_come_back_when_the_new_ones_fail_later() -> None:
    targets = serving(1)
    targets.replace([2])
    targets.note(2, healthy=True)
    targets.expel(2)
    assert targets.healthy() == []


def test_a_service_without_tasks_is_served_by_nobody() -> None:
    targets = serving(1, 2)
    targets.replace([])
    assert targets.healthy() == []


def test_one_that_failed_before_it_left_is_not_asked() -> None:
    targets = serving(1, 2)
    targets.expel(1)
    targets.replace([3])
    assert targets.healthy() == [2]
