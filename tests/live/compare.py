"""Does dqrewrite give exactly what PyTorch's own DuplicateDQPass gives, on random graphs?

    PYTHONPATH=python python3 tests/live/compare.py --dqrewrite PATH [--seed N] [--count N] [--keep FOLDER]

Each graph is dumped, loaded afresh, run through torchao's class and dumped again; dqrewrite gets the first dump (all in
one process) and must give the second. Graphs on which the class raises are left out and counted. A mismatch prints
seed, case and the first difference, and leaves the three dumps as files; `--seed N --only CASE` makes it again.
Exit status: 0 all identical, 1 not, 2 it could not be run (no torchao, or a torchao whose pass is not its own).
"""

import base64
import hashlib
import importlib.metadata
import inspect
import pathlib

import harness


def torchao_pass():
    """torchao's DuplicateDQPass, when it is the file that the package torchao brought, byte for byte."""
    try:
        from torchao.quantization.pt2e.quantizer import duplicate_dq_pass

        package = importlib.metadata.distribution("torchao")
    except (ImportError, importlib.metadata.PackageNotFoundError) as error:
        raise harness.CannotRun(f"torchao is needed: {error}") from error
    name = "torchao/quantization/pt2e/quantizer/duplicate_dq_pass.py"
    source = pathlib.Path(inspect.getsourcefile(duplicate_dq_pass.DuplicateDQPass)).resolve()
    recorded = next((file for file in package.files or () if file.as_posix() == name), None)
    if recorded is None or source != pathlib.Path(recorded.locate()).resolve():
        raise harness.CannotRun(f"{source} is not the file of the package torchao")
    if recorded.hash:
        digest = hashlib.new(recorded.hash.mode, source.read_bytes()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != recorded.hash.value:
            raise harness.CannotRun(f"{source} was changed after torchao {package.version} was installed")
    return duplicate_dq_pass.DuplicateDQPass


def main():
    chosen = harness.options(__doc__.partition("\n")[0], 3100).parse_args()
    pass_class = torchao_pass()
    return harness.check("DuplicateDQPass", pass_class(), [chosen.dqrewrite, "run", "--ndjson", "-", "-o", "-"], chosen)


if __name__ == "__main__":
    harness.exit_with(main)
