"""What `lyo-dr` alone shows: the commands most people want, on one screen."""

OVERVIEW = """\
lyo-dr  Disaster recovery on AWS, rehearsed on a laptop.

  On this machine, without an AWS account
    lyo-dr drill              lose a region of a local AWS, and recover; judged against your plan
    lyo-dr drill --list       which drills there are, and what each proves
    lyo-dr drill --keep       keep the local AWS for the AWS CLI, the CDK and the commands below
    lyo-dr plan check         every fault of plan.yaml at once, each a sentence

  On AWS, or on a local AWS that is kept (AWS_ENDPOINT_URL)
    lyo-dr status             who is active, who works, what runs; both regions
    lyo-dr start              say that a region is lost, or a database damaged or dead
    lyo-dr timeline --follow  the newest incident, sentence by sentence
    lyo-dr questions          what a person is asked; lyo-dr approve and lyo-dr decline answer
    lyo-dr pause, lyo-dr resume          stop the automation, and let it go on
    lyo-dr blocked, lyo-dr acknowledge   alarms that had to wait after a recovery
    lyo-dr standby --region R   R stands by again, once a replica streams there
    lyo-dr replay INCIDENT    give back what was written after the moment of a restore
    lyo-dr rotate, lyo-dr hand-over      new logins for the application; a key its issuer gave you
    lyo-dr breach report, lyo-dr breach lift        somebody is inside; open again
    lyo-dr evidence fetch, lyo-dr evidence verify   what was preserved, and whether it still is

`lyo-dr COMMAND --help` says more, with an example and the exit codes.
0: done. 1: it ran, and the result is bad. 2: it could not be run. 130: stopped by Ctrl-C.
"""
