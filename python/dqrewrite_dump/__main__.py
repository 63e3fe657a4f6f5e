"""The command line of dqrewrite_dump; see --help. Exit status: 0 done, 2 it could not be done.

Tested by tests/python/test_command.py.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence

import torch

import dqrewrite_dump

DESCRIPTION = """\
Writes the graph of a saved exported program (torch.export.save) as an fx-graph dump, the JSON that dqrewrite reads;
or reads such a dump back into torch."""

EPILOG = """\
examples:
  python3 -m dqrewrite_dump model.pt2 -o graph.json
  python3 -m dqrewrite_dump model.pt2 | dqrewrite run - -o out.json
  python3 -m dqrewrite_dump model.pt2 --meta val,custom      only these keys of meta
  python3 -m dqrewrite_dump --load out.json --text           the graph as FX prints it
  python3 -m dqrewrite_dump --load out.json                  does torch take it? (dumped again)

torch.export.save keeps no quantization annotations. A pass that asks for them, such as PyTorch's DuplicateDQPass,
needs the graph before it is saved: call dqrewrite_dump.dump(graph_module, "graph.json") in the program that has it."""


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m dqrewrite_dump",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("program", nargs="?", metavar="MODEL.pt2", help="a program that torch.export.save wrote")
    source.add_argument("--load", metavar="GRAPH.json", help="a dump to read instead; - is standard input")
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="where to write; - (the default) is standard output"
    )
    parser.add_argument(
        "--meta",
        metavar="KEYS",
        default="all",
        help="which keys of meta to write: all (the default), none, or names with commas between",
    )
    parser.add_argument(
        "--lifted",
        action="store_true",
        help="the program's graph with its weights as inputs, as export has it; without this, "
        "that of program.module(), on which quantization works",
    )
    parser.add_argument(
        "--no-past",
        action="store_true",
        help="leave out in which order users stand and which names are taken, as in a graph made anew",
    )
    parser.add_argument(
        "--text", action="store_true", help="print the graph, and those below it, as FX does, not as JSON"
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; the exit status."""
    options = arguments().parse_args(argv)
    try:
        text = run(options)
        write(text, options.output)
    except Failure as failure:
        print(f"dqrewrite_dump: error: {failure}", file=sys.stderr)
        return 2
    return 0


class Failure(Exception):
    """It could not be done; the message is for the user."""


def run(options: argparse.Namespace) -> str:
    """What is to be written, as text."""
    if options.lifted and options.load:
        raise Failure("--lifted is about a program; a dump has one form")
    try:
        module = load_dump(options.load) if options.load else load_program(options.program, options.lifted)
        if options.text:
            return as_text(module)
        meta = {"all": "all", "none": ()}.get(options.meta, options.meta.split(","))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            document = dqrewrite_dump.to_document(module, meta, not options.no_past)
        for each in said:
            print(f"dqrewrite_dump: warning: {each.message}", file=sys.stderr)
        return dqrewrite_dump.to_text(document)
    except dqrewrite_dump.DumpError as error:
        raise Failure(error) from error


def load_dump(path: str) -> torch.fx.GraphModule:
    try:
        return dqrewrite_dump.load(sys.stdin if path == "-" else path)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error


def load_program(path: str, lifted: bool) -> torch.fx.GraphModule:
    """The graph of a saved program; where it is not `lifted`, with its weights as attributes."""
    if not os.path.isfile(path):
        raise Failure(f"{path}: no such file")
    with contextlib.suppress(ImportError):  # where their operators are, programs may use them
        import torch.ao.quantization.fx._decomposed  # noqa: F401
    try:
        with silence():
            program = torch.export.load(path)
            return program.graph_module if lifted else program.module()
    except Exception as error:  # whatever torch finds wrong with the file
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise Failure(f"{path}: torch.export.load does not take it: {reason[0]}") from error


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Without torch's own remarks: standard output is for the dump, and the error says what went wrong."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def as_text(module: torch.fx.GraphModule) -> str:
    """The graph, and those of the GraphModules below it, as FX prints them."""
    parts = [str(module.graph)]
    for path, child in module.named_modules(remove_duplicate=False):
        if path and isinstance(child, torch.fx.GraphModule):
            parts.append(f"{path} = {child.graph}")
    return "\n\n".join(parts) + "\n"


def write(text: str, path: str) -> None:
    """To the file, or to standard output where that is "-"."""
    try:
        if path == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
