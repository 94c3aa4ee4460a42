"""What `lyo-dr` alone shows: the commands most people want, on one screen of 80 columns."""

OVERVIEW = """\
lyo-dr  Disaster recovery on AWS, rehearsed on a laptop.

  On this machine, without an AWS account
    lyo-dr drill              lose a region of a local AWS, and recover
    lyo-dr drill --list       the other disasters; --keep: no disaster, try it
    lyo-dr plan check         every fault of plan.yaml, with a remedy

  On AWS, or on a local AWS that is kept (AWS_ENDPOINT_URL)
    lyo-dr status             both regions: which is active, what is running
    lyo-dr start              start an incident: lost region, damaged database
    lyo-dr timeline --follow  the newest incident, step by step
    lyo-dr questions          open questions: lyo-dr approve, lyo-dr decline
    lyo-dr pause, lyo-dr resume          the automation, or a failed incident
    lyo-dr retry, lyo-dr skip, lyo-dr release   one step; a kept lease
    lyo-dr blocked, lyo-dr acknowledge   alarms in the cooldown of a recovery
    lyo-dr standby --region R            R is the standby again
    lyo-dr replay INCIDENT               write back rows after a restore
    lyo-dr rotate, lyo-dr hand-over      secrets; keys from their issuer
    lyo-dr breach report, lyo-dr breach lift        a security breach
    lyo-dr evidence fetch, lyo-dr evidence verify   its evidence

`lyo-dr COMMAND --help`: details, examples and exit codes.
0: done. 1: bad result. 2: could not run. 3: one region silent. 130: Ctrl-C.
"""
