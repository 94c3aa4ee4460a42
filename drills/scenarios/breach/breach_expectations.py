"""What is expected of a breach."""

from __future__ import annotations

from drills.results import expect
from drills.results.expect import Expectation
from drills.scenarios.breach.breach import ADDRESS
from drills.scenarios.breach.isolation import GROUP
from drills.scenarios.rotation import rotation_expectations

_PAIR = ("eu-west-1", "us-west-2")


def thrown_out() -> Expectation:
    """A person was asked, and then the intruder was thrown out for good."""
    return expect.every(_thrown_out(), expect.collected("responders heard", "DECISION NEEDED: a breach"))


def thrown_out_unasked() -> Expectation:
    """The same by the plan's word alone."""
    return expect.every(
        _thrown_out(),
        expect.said("JudgeBreach", "containing and rotating now, the plan sets policy.breach: automatic"),
        expect.silent("AskConsent", "TakeAnswer"),
    )


def _thrown_out() -> Expectation:
    """The intruder was inside, is outside, and did not come back; the users noticed nothing."""
    return expect.every(
        expect.ended("contained"),
        expect.collected("sql before", "^rows$"),
        expect.collected("sql in the end", "^refused"),
        expect.collected("rows after thrown out", "^0$"),
        expect.collected("http before", "^200$"),
        expect.collected("http in the end", "^403$"),
        expect.noted("session before", "accepted"),
        expect.collected("stolen session", "^Auth|^AccessDenied"),
        expect.collected("blocked", ", ".join(f"{ADDRESS}/32 in {region}" for region in _PAIR)),
        _legal_heard("Breach suspected", "72 hours from becoming aware", "DRAFT for authority", "Breach contained"),
        expect.collected("responders heard", "ACTION NEEDED: a new OPENAI_API_KEY from OpenAI"),
        expect.said("SealManifest", "preserved"),
        expect.said("ProveContained", "^Proven: the former login"),
        expect.said("AssessBreach", "drafts for the authority and for customers are waiting for a person"),
        rotation_expectations.new_login_only(),
        rotation_expectations.nobody_failed(),
        expect.nothing_lost(),
        expect.traffic_stayed(),
    )


def isolated() -> Expectation:
    """The group had rules, lost them all, and has them back after a person lifted it; the users noticed nothing."""
    return expect.every(
        expect.ended("contained"),
        expect.said("IsolateGroups", f"Isolated: {GROUP}; a person has to lift the isolation"),
        expect.collected("rules while isolated", r"^\[\]$"),
        expect.noted("lifted", 0),
        expect.noted("rules are back", True),
        expect.called("RevokeSecurityGroupIngress", 1),
        expect.called("RevokeSecurityGroupEgress", 1),
        expect.said("LiftContainment", f"lifted the containment of .*{GROUP}"),
        expect.collected("responders heard", "ACTION NEEDED: 1 key to replace by hand"),
        rotation_expectations.nobody_failed(),
        expect.nothing_lost(),
        expect.traffic_stayed(),
    )


def told_and_left_alone() -> Expectation:
    """Preserved and notified; nothing was blocked, rotated or redeployed, and no consent was asked."""
    return expect.every(
        expect.ended("stood_down"),
        expect.said("JudgeBreach", "evidence preserved and people notified, nothing blocked or rotated"),
        _legal_heard("Security finding preserved", "72 hours from becoming aware", "Breach stood down"),
        expect.said("SealManifest", "preserved"),
        expect.silent("AskConsent", "OpenGate", "RenewTasks", "RevokeSessions", "ProveContained", "AssessBreach"),
        expect.collected("blocked", "^$"),
        expect.collected("rotations", "^0$"),
        expect.called("UpdateIPSet", 0),
        expect.called("UpdateService", 0),
        rotation_expectations.nobody_failed(),
        expect.nothing_lost(),
        expect.traffic_stayed(),
    )


def _legal_heard(*patterns: str) -> Expectation:
    """What the legal audience was notified of, on a topic of its own."""
    return expect.every(*(expect.collected("legal heard", pattern) for pattern in patterns))
