"""An image is known by its repository, whatever its registry, tag or digest."""

import pytest

from local_aws.ecs.images import ImageNotFound, command_of, repository


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("api", "api"),
        ("api:1.2", "api"),
        ("shop/api", "shop/api"),
        ("shop/api@sha256:0123", "shop/api"),
        ("000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop/api:stable", "shop/api"),
        ("000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop/api:stable@sha256:0123", "shop/api"),
        ("localhost:5000/api:1", "api"),
        ("localhost/api", "api"),
    ],
)
def test_the_repository_of_an_image(image: str, expected: str) -> None:
    assert repository(image) == expected


def test_an_image_stands_for_the_command_of_its_repository() -> None:
    assert command_of("shop/api:2", {"shop/api": ("serve", "--now")}) == ["serve", "--now"]


def test_an_image_nobody_registered_is_refused_as_ecs_does() -> None:
    with pytest.raises(ImageNotFound, match=r"^CannotPullContainerError: .* shop/other:2: not found$"):
        command_of("shop/other:2", {"shop/api": ("serve",)})
