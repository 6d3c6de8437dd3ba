"""Runs the programs under test, and tells what they cost: CPU time, memory, time to start."""
import os, re, signal, socket, subprocess, time

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))


def pinned(core, command):
    """The command on one core (0: the proxy's, 1: the load's), if there are two."""
    if core is None or len(CORES) < 2:
        return command
    return ["taskset", "-c", str(CORES[core]), *command]


def free_ports(count):
    """Ports nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Program:
    """A process that listens, from its start to its end; a `with` block ends it."""

    def __init__(self, command, port, core, errors):
        self.errors = errors
        begun = time.perf_counter()
        with open(errors, "wb") as out:
            self.process = subprocess.Popen(pinned(core, command), stdout=subprocess.DEVNULL, stderr=out)
        try:
            self.wait_for(port)
        except BaseException:
            self.stop()
            raise
        self.start_ms = 1000 * (time.perf_counter() - begun)

    def wait_for(self, port, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                return
            except OSError:
                time.sleep(0.001)
        with open(self.errors, errors="replace") as text:
            raise RuntimeError(f"does not listen: {text.read()[-300:].strip()}")

    def family(self):
        """The process and all below it."""
        pids = [self.process.pid]
        for pid in pids:
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children") as text:
                        pids += [int(child) for child in text.read().split()]
            except OSError:
                pass
        return pids

    def cpu(self):
        """User and system time so far, microseconds."""
        user = system = 0
        for pid in self.family():
            try:
                with open(f"/proc/{pid}/stat") as text:
                    fields = text.read().rsplit(")", 1)[1].split()
                user += int(fields[11])
                system += int(fields[12])
            except OSError:
                pass
        return user * 1e6 / TICKS, system * 1e6 / TICKS

    def memory_kb(self):
        """Resident memory."""
        total = 0
        for pid in self.family():
            try:
                with open(f"/proc/{pid}/status") as text:
                    total += int(re.search(r"VmRSS:\s+(\d+)", text.read())[1])
            except (OSError, TypeError):
                pass
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
