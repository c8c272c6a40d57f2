"""Network namespaces joined by veth pairs, processes in them, and an end to all of it."""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time

PATIENCE = float(os.environ.get('PATIENCE', '1'))  # a program under sanitizers needs longer


class Failed(Exception):
    pass


def need(good, text):
    if not good:
        raise Failed(text)


def quiet(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def must(*words, **more):
    done = quiet(*words, **more)
    need(done.returncode == 0, f'{" ".join(words)}: exit {done.returncode}: {done.stderr.strip()[-400:]}')
    return done.stdout


def why_not():
    """Why this machine cannot run the tests, or nothing."""
    if os.geteuid() != 0:
        return 'not root'
    for program in ('ip', 'tcpreplay', 'unshare'):
        if not shutil.which(program):
            return f'no {program} (scripts/setup test)'
    probe = f'argusprobe{os.getpid()}'
    made = quiet('ip', 'netns', 'add', probe)
    if made.returncode:
        return f'no network namespaces here ({made.stderr.strip()})'
    veth = quiet('ip', '-n', probe, 'link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1')
    quiet('ip', 'netns', 'del', probe)
    return f'no veth pairs here ({veth.stderr.strip()})' if veth.returncode else None


class Lab:
    """Two namespaces, 'sensor' with eth0 (and lan0 for readers) and 'office', joined by two veth pairs."""

    def __init__(self, argus):
        self.argus = argus
        self.stack = contextlib.ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix='argus-live-'))
        os.chmod(self.folder, 0o1777)  # a sensor is not root once it runs
        self.spaces = {name: f'argus{name}{os.getpid()}' for name in ('sensor', 'office')}
        self.processes = []

    def __enter__(self):
        try:
            for space in self.spaces.values():
                must('ip', 'netns', 'add', space)
                self.stack.callback(quiet, 'ip', 'netns', 'del', space)
                self.within(space, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
                must('ip', '-n', space, 'link', 'set', 'lo', 'up')
            sensor, office = self.spaces['sensor'], self.spaces['office']
            for ours, theirs in (('eth0', 'wire0'), ('lan0', 'lan0')):
                must('ip', '-n', sensor, 'link', 'add', ours, 'mtu', '9000', 'type', 'veth', 'peer', 'name', theirs,
                     'mtu', '9000', 'netns', office)
            for space, names in ((sensor, ('eth0', 'lan0')), (office, ('wire0', 'lan0'))):
                for name in names:
                    must('ip', '-n', space, 'link', 'set', name, 'up', 'arp', 'on' if name == 'lan0' else 'off')
            must('ip', '-n', sensor, 'addr', 'add', '198.51.100.1/24', 'dev', 'lan0')
            must('ip', '-n', office, 'addr', 'add', '198.51.100.2/24', 'dev', 'lan0')
            return self
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, *about):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.stack.close()

    def within(self, space, *words, **more):
        return must('ip', 'netns', 'exec', space, *words, **more)

    def start(self, space, *words, **more):
        """A process in a namespace; `ip netns exec` becomes it."""
        more.setdefault('stdout', subprocess.DEVNULL)
        more.setdefault('stderr', subprocess.DEVNULL)
        process = subprocess.Popen(['ip', 'netns', 'exec', self.spaces[space], *words], stdin=subprocess.DEVNULL, **more)
        self.processes.append(process)
        return process

    def path(self, name):
        return os.path.join(self.folder, name)

    @contextlib.contextmanager
    def capture(self, *words, log=None, **more):
        """A sensor on eth0 that is up, and ended well with TERM."""
        log = log or self.path('capture.log')
        with open(log, 'w') as out:
            process = self.start('sensor', self.argus, 'capture', '-i', 'eth0', *words, stderr=out, **more)
        wait_for(lambda: 'bytes per packet' in read(log) or process.poll() is not None, 5, 'capture to begin')
        need(process.poll() is None, f'capture ended: {read(log)}')
        if PATIENCE > 1:
            time.sleep(0.5)  # GCC 12's ThreadSanitizer loses a signal that interrupts a thread's first blocking call
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        ended(process, 6, lambda: read(log))

    def replay(self, capture, *how):
        """All frames of a capture onto the wire; how many were sent."""
        out = self.within(self.spaces['office'], 'tcpreplay', '-q', '-i', 'wire0', *(how or ('--pps=20000',)), capture)
        for line in out.splitlines():
            if line.strip().startswith('Successful packets:'):
                return int(line.split()[-1])
        raise Failed(f'tcpreplay said: {out}')

    def show(self, *words):
        return must(self.argus, *words)


def ended(process, seconds, log='', status=0):
    try:
        got = process.wait(seconds * PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed(f'not ended within {seconds} s')
    need(got == status, f'exit {got}, not {status} {log() if callable(log) else log}')


def read(path):
    try:
        with open(path, errors='replace') as file:
            return file.read()
    except FileNotFoundError:
        return ''


def wait_for(good, seconds, what):
    end = time.monotonic() + seconds * PATIENCE
    while not good():
        need(time.monotonic() < end, f'waited {seconds} s for {what}')
        time.sleep(0.02)
