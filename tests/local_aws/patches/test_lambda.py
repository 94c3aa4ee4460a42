"""Functions: their errors, their layers, their processes."""

import os
import threading
import time

import pytest

from local_aws.local import LocalAws
from local_aws.patches.lambda_errors import error_name
from tests.local_aws.builders import IRELAND, WEST, eventually, given_function, invoke, workers, zipped

RAISES = """
class ReplicaLagTooHigh(Exception):
    pass

def handler(event, context):
    raise ReplicaLagTooHigh("lag is 42 s")
"""


def test_a_failing_function_reports_the_class_of_its_exception(aws: LocalAws) -> None:
    body, kind = invoke(aws, given_function(aws, WEST, RAISES))
    assert (kind, body["errorType"], body["errorMessage"]) == ("Unhandled", "ReplicaLagTooHigh", "lag is 42 s")


def test_a_function_that_cannot_be_imported_fails_as_import_error(aws: LocalAws) -> None:
    body, _ = invoke(aws, given_function(aws, WEST, "import nothing_of_this_name"))
    assert body["errorType"] == "Runtime.ImportModuleError"


def test_a_function_whose_process_dies_fails_as_exit_error(aws: LocalAws) -> None:
    body, _ = invoke(aws, given_function(aws, WEST, "import os\ndef handler(e, c): os._exit(7)"))
    assert body["errorType"] == "Runtime.ExitError"


def test_a_function_that_takes_too_long_is_timed_out(aws: LocalAws) -> None:
    code = "import time\ndef handler(e, c): time.sleep(30)"
    body, _ = invoke(aws, given_function(aws, WEST, code, Timeout=1))
    assert body["errorType"] == "Sandbox.Timedout"


def test_a_function_finds_its_layer_and_runs_under_its_own_name(aws: LocalAws) -> None:
    layer = aws.client("lambda", WEST).publish_layer_version(
        LayerName="plan", Content={"ZipFile": zipped({"python/the_plan.py": "HASH = 'abc'"})}
    )
    code = """
import os, boto3, the_plan
def handler(event, context):
    arn = boto3.client("sts").get_caller_identity()["Arn"]
    return {"hash": the_plan.HASH, "region": os.environ["AWS_REGION"], "arn": arn}
"""
    function = given_function(aws, WEST, code, Layers=[layer["LayerVersionArn"]])
    body, kind = invoke(aws, function)
    assert kind is None
    assert (body["hash"], body["region"]) == ("abc", WEST)
    assert body["arn"].endswith("/" + function.rsplit(":", 1)[-1])


def test_a_function_sees_nothing_of_the_local_aws(aws: LocalAws) -> None:
    code = """
import importlib.util, os
def handler(event, context):
    found = [name for name in ("local_aws", "drills", "lyo_dr", "stacks") if importlib.util.find_spec(name)]
    return {"found": found, "names": sorted(os.environ)}
"""
    body, _ = invoke(aws, given_function(aws, WEST, code))
    assert body["found"] == []
    assert not {"PYTHONPATH", "VIRTUAL_ENV"} & set(body["names"])


@pytest.mark.parametrize(
    ("message", "reported", "name"),
    [
        ("Worker process died", None, "Runtime.ExitError"),
        ("Worker process exited immediately. stderr: ", None, "Runtime.ExitError"),
        ("[Errno 32] Broken pipe", None, "Runtime.ExitError"),
        ("Worker init failed: No module named 'x'", None, "Runtime.ImportModuleError"),
        ("no such table", "DatabaseUnreachable", "DatabaseUnreachable"),
    ],
)
def test_a_process_that_died_has_the_name_aws_gives_it_whenever_it_died(
    message: str, reported: str | None, name: str
) -> None:
    assert error_name(message, reported) == name


def test_a_function_begins_with_the_libraries_and_nothing_else_of_another(aws: LocalAws) -> None:
    code = """
import os, sys
loaded = [name for name in ("boto3", "msgspec", "psycopg") if name in sys.modules]
def handler(event, context):
    os.environ["LEFT"] = sys.modules["LEFT"] = "here"
    return {"loaded": loaded, "mine": os.environ["MINE"], "parent": os.getppid(), "script": sys.argv[0]}
"""
    one, two = (given_function(aws, WEST, code, Environment={"Variables": {"MINE": name}}) for name in "ab")
    first, second = invoke(aws, one)[0], invoke(aws, two)[0]
    assert first["loaded"] == second["loaded"] == ["boto3", "msgspec", "psycopg"]
    assert (first["mine"], second["mine"]) == ("a", "b")
    assert first["parent"] == second["parent"] == aws.pid, "a child of the local AWS, as if it had started it"
    assert first["script"] != second["script"]
    see = (
        "import os, sys\ndef handler(e, c): return ['LEFT' in os.environ, 'LEFT' in sys.modules, 'MINE' in os.environ]"
    )
    assert invoke(aws, given_function(aws, WEST, see))[0] == [False, False, False]


def test_what_has_the_same_content_is_unpacked_and_compiled_once(aws: LocalAws) -> None:
    code = """
import os
def handler(event, context): return [os.path.realpath(__file__), os.path.realpath(__cached__), __file__]
"""
    archive = zipped({"index.py": "from own.work import handler", "own/__init__.py": "", "own/work.py": code})
    one, two = (invoke(aws, given_function(aws, WEST, archive))[0] for _ in range(2))
    assert one[:2] == two[:2]
    assert one[2] != two[2], "each finds it in a directory of its own"
    assert os.path.exists(one[1])
    other = invoke(aws, given_function(aws, WEST, code + "# another\n"))[0]
    assert other[0] != one[0]


def test_a_function_that_ends_its_process_is_told_and_the_next_call_is_served(aws: LocalAws) -> None:
    code = "import os\ndef handler(event, c):\n  if event.get('end'): os._exit(7)\n  return 'here'"
    function = given_function(aws, WEST, code)
    _, error = invoke(aws, function, {"end": True})
    assert error is not None
    assert invoke(aws, function, {}) == ("here", None)


def test_functions_that_take_their_time_do_not_hold_up_others(aws: LocalAws) -> None:
    slow = given_function(aws, WEST, "import time\ndef handler(e, c): time.sleep(20)", Timeout=30)
    quick = given_function(aws, IRELAND, "def handler(e, c): return 'here'")
    waiting = threading.Thread(target=_invoke_quietly, args=(aws, slow), daemon=True)
    waiting.start()
    eventually(lambda: workers(aws, slow))
    before = time.monotonic()
    assert invoke(aws, quick)[0] == "here"
    assert time.monotonic() - before < 10
    aws.client("lambda", WEST).delete_function(FunctionName=slow)
    waiting.join(10)


def _invoke_quietly(aws: LocalAws, function: str) -> None:
    aws.client("lambda", WEST, app="slow").invoke(FunctionName=function, InvocationType="RequestResponse")
