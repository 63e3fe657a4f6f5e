#!/usr/bin/env python3
"""Counts the instructions of our own functions in the fixed jobs, and compares them with tests/bench/instructions.txt.

    instructions.py FIXED_JOBS            fails where a job needs 3 % more than is recorded
    instructions.py FIXED_JOBS --record   records anew: to be committed with the change that is the reason

FIXED_JOBS is the program of that name, built as a release. callgrind counts, so the figures do not depend on how busy the
machine is. What libraries do is left out, as they choose their code by the processor; simdjson's kernel and libc's
routines are pinned all the same. The figures hold for one compiler on one kind of machine, which the record names: with
any other nothing is compared, and the exit status is 0. Exit: 0 good or not comparable, 1 a job has grown, 2 no count.
"""
import concurrent.futures
import os
import platform
import re
import subprocess
import sys
import tempfile

RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.txt")
JOBS = ("read", "rewrite", "hand", "write", "compile", "sweep")
ALLOWED = 0.03
PINNED = {
    "SIMDJSON_FORCE_IMPLEMENTATION": "westmere",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-ERMS,-FSRM,-BMI2,-MOVBE",
    "LC_ALL": "C",
}


def kind_of_build(program):
    """The compiler, as it left its name in the program, and the machine."""
    comment = subprocess.run(["readelf", "-p", ".comment", program], capture_output=True, text=True).stdout
    compilers = sorted(set(re.findall(r"(?:GCC|clang)[^\n]*", comment))) or ["unknown compiler"]
    return f"{'; '.join(compilers)}; {platform.machine()}"


def own_instructions(profile, program):
    """The self cost of all functions of the program itself, from a callgrind file."""
    own, total, names = False, 0, {}
    skip = False  # the line after calls= is the cost of what was called
    with open(profile) as lines:
        for line in lines:
            if line.startswith("ob="):
                number, _, name = line[3:].strip().partition(" ")
                if name:
                    names[number] = name
                own = os.path.realpath(names.get(number, "")) == program
            elif line.startswith("calls="):
                skip = True
            elif line[:1] in "+-*0123456789" and line.strip():
                if own and not skip:
                    total += int(line.split()[1])
                skip = False
            elif line.startswith("cob="):
                number, _, name = line[4:].strip().partition(" ")
                if name:
                    names[number] = name
    return total


def count(program, job):
    with tempfile.TemporaryDirectory() as directory:
        profile = os.path.join(directory, f"{job}.callgrind")
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=measured", f"--callgrind-out-file={profile}", program, job,
                   directory]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **PINNED})
        counted = own_instructions(profile, program) if done.returncode == 0 else 0
    if counted == 0:
        print(f"{job}: nothing was counted\n{done.stderr}", file=sys.stderr)
        sys.exit(2)
    return counted


def count_all(program):
    """The counts of all jobs. Side by side, as a count does not depend on what runs beside it."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as beside:
        return dict(zip(JOBS, beside.map(lambda job: count(program, job), JOBS)))


def read_record():
    build, counts = "", {}
    with open(RECORD) as lines:
        for line in lines:
            if line.startswith("# build: "):
                build = line[9:].strip()
            elif line.strip() and not line.startswith("#"):
                job, number = line.split()
                counts[job] = int(number)
    return build, counts


def write_record(build, counts):
    with open(RECORD, "w") as out:
        out.write("# Instructions of our own functions in the fixed jobs of fixed_jobs.cpp; written by instructions.py --record.\n")
        out.write(f"# build: {build}\n")
        for job, number in counts.items():
            out.write(f"{job:8} {number:>11}\n")


def main():
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--record"]):
        print(__doc__, file=sys.stderr)
        return 2
    program = os.path.realpath(sys.argv[1])
    build = kind_of_build(program)
    recording = bool(sys.argv[2:])
    recorded_build, recorded = ("", {}) if recording else read_record()
    if not recording and build != recorded_build:
        print(f"skipped: the record is of another build\n  recorded: {recorded_build}\n  this one: {build}")
        return 0
    counts = count_all(program)
    if recording:
        write_record(build, counts)
    grown = []
    for job, number in counts.items():
        before = recorded.get(job)
        change = f"{100 * (number / before - 1):+6.2f} %" if before else "recorded"
        print(f"{job:8} {number:>11} instructions  {change}")
        if not recording and (before is None or number > before * (1 + ALLOWED)):
            grown.append(job)
    print(f"rewrite by rule / by hand: {counts['rewrite'] / counts['hand']:.2f}")
    if grown:
        print(f"grown by more than {100 * ALLOWED:.0f} %: {', '.join(grown)}. If that is meant, record anew and commit it with the "
              f"change:\n  python3 tests/bench/instructions.py {sys.argv[1]} --record", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
