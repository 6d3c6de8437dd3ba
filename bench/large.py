#!/usr/bin/env python3
"""A configuration of 100,000 lines (20,000 ACLs, 10,000 backends), and what `-c` of it costs: processor time and peak memory of each program.

    bench/large.py > large.cfg                 the configuration alone
    bench/large.py --measure PROGRAM...        each program reads it, nine times in turn
"""

import os
import resource
import subprocess
import sys
import tempfile

ACLS = 20_000
BACKENDS = 10_000
ROUNDS = 9

HEAD = """global
    maxconn 10000
    log 127.0.0.1:514 local0
defaults
    mode http
    log global
    option httplog
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend main
    bind 127.0.0.1:18999
"""


def configuration():
    """Hosts and paths as a company with many services has them: two ACLs, one rule and one backend a service."""
    lines = HEAD.splitlines()
    for n in range(ACLS // 2):
        lines.append(f"    acl host_{n} hdr(host) -i service{n}.example.com www.service{n}.example.com")
        lines.append(f"    acl path_{n} path_beg /api/{n}/ /static/{n}/")
    for n in range(BACKENDS):
        lines.append(f"    use_backend service_{n} if host_{n} path_{n}")
    for n in range(BACKENDS):
        lines += [
            f"backend service_{n}",
            "    balance roundrobin",
            "    option httpchk GET /health",
            f"    http-request set-header X-Service service{n}",
            "    http-response del-header Server",
            f"    server a{n} 10.{n % 250}.{n // 250}.1:8080 check inter 5s",
            f"    server b{n} 10.{n % 250}.{n // 250}.2:8080 check inter 5s",
        ]
    return "\n".join(lines) + "\n"


def once(program, path):
    """Seconds of processor time and megabytes at most, of one `-c`."""
    # A child of a child: the peak of the waited-for children is that of this run alone.
    read, write = os.pipe()
    if os.fork() == 0:
        code = subprocess.run([program, "-c", "-q", "-f", path], stdout=subprocess.DEVNULL).returncode
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(write, f"{code} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        code, seconds, megabytes = answer.read().split()
    os.wait()
    assert code == "0", f"{program} says {code}"
    return float(seconds), float(megabytes)


def measure(programs):
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
        file.write(configuration())
        file.flush()
        runs = {program: [] for program in programs}
        for _ in range(ROUNDS):
            for program in programs:
                runs[program].append(once(program, file.name))
    for program, costs in runs.items():
        seconds = sorted(cost[0] for cost in costs)
        megabytes = sorted(cost[1] for cost in costs)
        print(f"{program}: {seconds[ROUNDS // 2]:.2f} s (least {seconds[0]:.2f}), {megabytes[ROUNDS // 2]:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2:])
    else:
        sys.stdout.write(configuration())
