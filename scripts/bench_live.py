#!/usr/bin/env python3
"""The highest rate at which sensors lose nothing, on a veth pair between two network namespaces made for it.

Each program in turn gets the packets of a capture, first once and slowly, then over and over at rising rates; a rate counts as
free of loss when as many packets are in the program's records as there would be at the slow rate, every time. What a program
does not count even then (frames without IP, say) is no loss. The sender is tests/bench/send_packets.cpp, made here. Needs
root.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests', 'live'))
from lab import Lab, ended, must, quiet, why_not  # noqa: E402

SENDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests', 'bench', 'send_packets.cpp')
SECONDS = 2  # of sending at each rate, in whole rounds of the capture
SLOW = 40  # thousand packets a second
RATES = [100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 1800, 2000, 2500]  # thousand


def last_number(text, pattern):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


class Share:
    """A control group whose processes get `percent` of one core together, in slices of 10 ms."""
    PERIOD = 10_000  # microseconds

    def __init__(self, percent):
        old = os.path.isdir('/sys/fs/cgroup/cpu')
        self.folder = f'{"/sys/fs/cgroup/cpu" if old else "/sys/fs/cgroup"}/argus-bench-{os.getpid()}'
        os.mkdir(self.folder)
        quota = self.PERIOD * percent // 100
        if old:
            self.set('cpu.cfs_period_us', self.PERIOD)
            self.set('cpu.cfs_quota_us', quota)
        else:
            self.set('cpu.max', f'{quota} {self.PERIOD}')

    def set(self, name, value):
        with open(os.path.join(self.folder, name), 'w') as file:
            file.write(str(value))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.rmdir(self.folder)

    def take(self, process):
        self.set('cgroup.procs', process.pid)


class Sensor:
    stop = 15

    def __init__(self, name, command, count):
        self.name, self.command, self.count = name, command, count


def sensors(lab, argus):
    flows, arg, nf, control = (lab.path(name) for name in ('o.flows', 'o.arg', 'o.nf', 'o.ctl'))
    log = lab.path('o.log')

    def ours():
        text = open(log, errors='replace').read()
        seen, dropped = last_number(text, r'(\d+) seen'), last_number(text, r'(\d+) dropped by the kernel')
        return seen if dropped == 0 else seen - 1

    def argus3():
        text = must('/usr/bin/ra', '-X', '-nnr', arg, '-L', '-1', '-c', ',', '-s', 'pkts', '-', 'not', 'man')
        return sum(int(n) for n in text.split() if n.isdigit())

    def nfpcapd():
        return last_number(quiet('nfdump', '-R', nf, '-I').stdout, r'(?m)^Packets: (\d+)')

    def softflowd():
        return last_number(open(log, errors='replace').read(), r'Packets processed: (\d+)')

    out = [Sensor('argus', [argus, 'capture', '-i', 'eth0', '-w', flows], ours)]
    if os.path.exists('/usr/sbin/argus'):
        out.append(Sensor('argus 3', ['/usr/sbin/argus', '-X', '-i', 'eth0', '-w', arg], argus3))
    if shutil.which('nfpcapd'):
        out.append(Sensor('nfpcapd', ['nfpcapd', '-i', 'eth0', '-w', nf], nfpcapd))
    if shutil.which('softflowd'):
        out.append(Sensor('softflowd', ['softflowd', '-d', '-6', '-i', 'eth0', '-m', '4000000', '-c', control, '-p',
                                        lab.path('o.pid'), '-n', '127.0.0.1:9995', '-v', '9'], softflowd))
    return out


def clean(lab):
    for name in ('o.flows', 'o.arg', 'o.ctl', 'o.pid', 'o.log'):
        if os.path.exists(lab.path(name)):
            os.unlink(lab.path(name))
    shutil.rmtree(lab.path('o.nf'), ignore_errors=True)
    os.mkdir(lab.path('o.nf'))


def run(lab, sensor, share, capture, rate, packets):
    """Packets sent and counted, the rate reached in packets a second, and the sensor's CPU seconds a million packets."""
    clean(lab)
    with open(lab.path('o.log'), 'w') as log:
        process = lab.start('sensor', *sensor.command, stdout=log, stderr=log)
        if share:
            share.take(process)
        time.sleep(1)
        said = lab.within(lab.spaces['office'], lab.path('send'), 'wire0', capture, str(rate), str(packets))
        sent, reached = last_number(said, r'sent (\d+)'), last_number(said, r'(\d+) a second')
        time.sleep(1)
        if sensor.name == 'softflowd':
            log.write(quiet('ip', 'netns', 'exec', lab.spaces['sensor'], 'softflowctl', '-c', lab.path('o.ctl'), 'statistics').stdout)
        process.send_signal(sensor.stop)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return sent, sensor.count(), reached, (used.ru_utime + used.ru_stime) / max(sent, 1) * 1e6, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('argus')
    parser.add_argument('capture')
    parser.add_argument('packets', type=int, help='in the capture')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--share', type=int, help='percent of a core for each sensor')
    wish = parser.parse_args()
    missing = why_not()
    if missing:
        print(f'bench live: {missing}')
        return 1
    print(f'highest rate without loss, {SECONDS} s at each rate, {wish.rounds} of {wish.rounds} rounds, '
          f'load {os.getloadavg()[0]:.1f}{f", {wish.share}% of a core for each" if wish.share else ""}')
    print(f'{"":12} {"pkt/s":>9} {"cpu s/M":>8} {"MiB":>6}   first loss')
    with Lab(os.path.abspath(wish.argus)) as lab, Share(wish.share) if wish.share else nullcontext() as share:
        must('g++', '-O2', '-std=c++20', '-o', lab.path('send'), SENDER)
        alone = lab.within(lab.spaces['office'], lab.path('send'), 'wire0', wish.capture, '100000000', str(wish.packets))
        print(f'{"nobody":12} {last_number(alone, r"([0-9]+) a second"):9}   the sender alone')
        for sensor in sensors(lab, lab.argus):
            best, first, cpu, peak = 0, 'none: the sender was the limit', 0.0, 0.0
            whole = run(lab, sensor, None, wish.capture, SLOW * 1000, wish.packets)[1]
            for rate in RATES:
                loops = -(-rate * 1000 * SECONDS // wish.packets)
                results = [run(lab, sensor, share, wish.capture, rate * 1000, loops * wish.packets) for _ in range(wish.rounds)]
                lost = sum(max(loops * whole - counted, 0) for _, counted, *_ in results)
                if lost:
                    first = f'{lost} of {sum(r[0] for r in results)} at {rate}k'
                    break
                best, cpu, peak = max(r[2] for r in results), results[-1][3], max(r[4] for r in results)
                if best < 0.8 * rate * 1000:
                    break
            print(f'{sensor.name:12} {best:9.0f} {cpu:8.2f} {peak:6.0f}   {first}', flush=True)
    return 0


sys.exit(main())
