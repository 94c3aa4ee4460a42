"""A cloud assembly written by hand, and a stack of every type the stacks are made of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.local_aws.builders import ACCOUNT

LAMBDA_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def arn(logical_id: str, attribute: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def ref(logical_id: str) -> dict[str, str]:
    return {"Ref": logical_id}


class Assembly:
    """A cloud assembly under a directory, written stack by stack."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._artifacts: dict[str, Any] = {}

    def stack(
        self,
        name: str,
        region: str,
        resources: Mapping[str, Any],
        assets: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
    ) -> str:
        """Add a stack; returns its name."""
        template = {"Resources": dict(resources), "Outputs": dict(outputs or {})}
        (self.directory / f"{name}.template.json").write_text(json.dumps(template))
        (self.directory / f"{name}.assets.json").write_text(json.dumps({"files": dict(assets or {})}))
        self._artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{ACCOUNT}/{region}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
        (self.directory / "manifest.json").write_text(json.dumps({"artifacts": self._artifacts}))
        return name

    def asset(self, name: str, region: str, files: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """A zipped asset; returns its entry for the stack and where its code will be."""
        for path, text in files.items():
            target = self.directory / f"asset.{name}" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        place = {"bucketName": f"cdk-test-assets-{ACCOUNT}-{region}", "objectKey": f"{name}.zip", "region": region}
        entry = {name: {"source": {"path": f"asset.{name}", "packaging": "zip"}, "destinations": {"here": place}}}
        return entry, {"S3Bucket": place["bucketName"], "S3Key": place["objectKey"]}


def typical(name: str) -> dict[str, Any]:
    """What a core stack and a process stack are made of."""
    pattern = {"source": ["aws.cloudwatch"]}
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "events:PutEvents", "Resource": "*"}
    alarm = {
        "Namespace": "LyoDr",
        "MetricName": "Heartbeat",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    table = {
        "TableName": f"{name}-incidents",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn("Key")},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
    }
    machine = {
        "DefinitionString": '{"StartAt": "Done", "States": {"Done": {"Type": "${Kind}", "End": true}}}',
        "DefinitionSubstitutions": {"Kind": "Pass"},
        "RoleArn": arn("Role"),
    }
    check = {"Type": "HTTPS", "FullyQualifiedDomainName": "api.test", "RequestInterval": "10", "Inverted": "true"}
    record = {"HostedZoneId": ref("Zone"), "Name": f"api.{name}.test.", "Type": "A", "TTL": "60"}
    failover = {"SetIdentifier": "p", "Failover": "PRIMARY", "HealthCheckId": ref("Check")}
    return {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {"EnableKeyRotation": True, "KeyPolicy": {"Version": "2012-10-17", "Statement": []}},
        },
        "KeyAlias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": f"alias/{name}", "TargetKeyId": ref("Key")},
        },
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": ref("Key")}},
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": f"/{name}", "RetentionInDays": 14, "KmsKeyId": arn("Key")},
        },
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": f"{name}-bus"}},
        "BusPolicy": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {"EventBusName": ref("Bus"), "StatementId": "peer", "Statement": statement},
        },
        "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": pattern,
                "EventBusName": ref("Bus"),
                "Targets": [{"Id": "1", "Arn": ref("Machine"), "RoleArn": arn("Role"), "Input": '{"a":1}'}],
            },
        },
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Both": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {"AlarmRule": {"Fn::Sub": 'ALARM("${Alarm}")'}, "ActionsEnabled": False},
        },
        "Check": {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": check}},
        "Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": f"{name}.test."}},
        "Record": {
            "Type": "AWS::Route53::RecordSet",
            "Properties": {**record, **failover, "ResourceRecords": ["127.0.0.1"]},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": LAMBDA_TRUST}},
    }
