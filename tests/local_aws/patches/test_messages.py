"""SNS: what is refused, and what is not."""

from __future__ import annotations

import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import WEST, unique

REFUSED = {
    "not ASCII": {"Subject": "Störung"},
    "a dash of the typographer": {"Subject": "Service disruption \u2013 api"},
    "a line end": {"Subject": "Service\ndisruption"},
    "a control character": {"Subject": "Service\x07"},
    "a tab": {"Subject": "Service\tdisruption"},
    "a hundred characters": {"Subject": "x" * 100},
    "it begins with a space": {"Subject": " Service"},
    "an empty message": {"Message": ""},
    "a message of one byte too many": {"Message": "x" * 262_145},
    "more bytes than characters": {"Message": "ü" * 131_073},
}
TAKEN = {
    "no subject": {},
    "99 characters": {"Subject": "x" * 99},
    "punctuation": {"Subject": "[ACTION NEEDED] it's 5 > 4, isn't it?"},
    "a text of many lines, in any script": {"Message": "Zeile\n東京\n"},
    "the longest message": {"Message": "x" * 262_144},
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_d3_a_message_that_sns_refuses_is_refused(aws: LocalAws, given: dict[str, str]) -> None:
    sns = aws.client("sns", WEST)
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    with pytest.raises(sns.exceptions.InvalidParameterException):
        sns.publish(TopicArn=topic, **{"Message": "text", **given})


@pytest.mark.parametrize("given", TAKEN.values(), ids=TAKEN)
def test_d3_a_message_that_sns_takes_is_taken(aws: LocalAws, given: dict[str, str]) -> None:
    sns = aws.client("sns", WEST)
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    assert sns.publish(TopicArn=topic, **{"Message": "text", **given})["MessageId"]
