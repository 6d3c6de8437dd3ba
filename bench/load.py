"""Load: as much as goes through (wrk), a fixed rate (steady.rs), and connections that only wait."""
import os, re, socket, subprocess

from programs import pinned


def full(scenario, port, seconds, folder):
    """As many requests as go through: how many were answered, and how many were not as they should."""
    scheme = "https" if scenario.client_tls else "http"
    command = ["wrk", "-t1", f"-c{scenario.conns}", f"-d{seconds}s", "--timeout", "10s"]
    if scenario.close:
        command += ["-H", "Connection: close"]
    if scenario.upload:
        script = f"{folder}/upload.lua"
        with open(script, "w") as out:
            out.write(f'wrk.method = "POST"\nwrk.body = string.rep("x", {scenario.upload})\n')
        command += ["-s", script]
    done = subprocess.run(pinned(1, command + [f"{scheme}://127.0.0.1:{port}{scenario.url}"]),
                          capture_output=True, text=True, timeout=seconds + 30)
    total = re.search(r"(\d+) requests in", done.stdout)
    if not total:
        raise RuntimeError(f"no load: {(done.stdout + done.stderr)[-200:]}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+)", done.stdout)
    refused = int(bad[1]) if bad else 0
    return int(total[1]) - refused, refused + (sum(map(int, broken.groups())) if broken else 0)


def steady_client(folder):
    """The fixed-rate client, compiled; None without a compiler."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "steady.rs")
    try:
        subprocess.run(["rustc", "-O", "--edition", "2024", "-o", f"{folder}/steady", source], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{folder}/steady"


def steady(client, scenario, port, seconds):
    """Latencies at the scenario's rate, microseconds: p50, p99, p99.9."""
    command = [client, f"127.0.0.1:{port}", scenario.url, str(scenario.steady), str(seconds), "32"]
    done = subprocess.run(pinned(1, command), capture_output=True, text=True, timeout=seconds + 30, check=True)
    asked, failed, *latencies = (int(word) for word in done.stdout.split())
    if failed * 100 > asked:
        raise RuntimeError(f"{failed} of {asked} requests failed at a fixed rate")
    return latencies


def waiting(port, count):
    """Connections that have had one answer and wait; close them all."""
    return opened(port, count, lambda one: one.recv(4096).startswith(b"HTTP/1.1 200"))


def asking(port, count):
    """Connections that have asked and were not answered; close them all."""
    return opened(port, count, lambda _: True)


def close(sockets):
    for one in sockets:
        one.close()


def opened(port, count, is_fine):
    sockets = []
    try:
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", port), 5)
            one.settimeout(5)
            sockets.append(one)
            one.sendall(b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if not is_fine(one):
                raise RuntimeError("no answer on a connection that was to wait")
    except BaseException:
        close(sockets)
        raise
    return sockets
