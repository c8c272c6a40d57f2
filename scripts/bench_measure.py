#!/usr/bin/env python3
"""Times whole commands in turn, round after round, and prints medians and the ratio of each to the first, pair by pair.

CPU seconds are user and system of a command and its children, as the kernel accounts them.
"""
import argparse
import os
import statistics
import subprocess
import time


def once(command):
    start = time.monotonic()
    process = subprocess.Popen(['sh', '-c', command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return dict(cpu=used.ru_utime + used.ru_stime, wall=time.monotonic() - start, peak=used.ru_maxrss / 1024,
                status=process.returncode)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--title', default='')
    parser.add_argument('--units', type=float, default=1)
    parser.add_argument('--item', nargs=2, action='append', metavar=('NAME', 'COMMAND'), required=True)
    wish = parser.parse_args()
    runs = {name: [] for name, _ in wish.item}
    for name, command in wish.item:
        once(command)  # the page cache, warm for all
    for _ in range(wish.rounds):
        for name, command in wish.item:
            runs[name].append(once(command))
    first = wish.item[0][0]
    print(f'{wish.title}, {wish.rounds} rounds, load {os.getloadavg()[0]:.1f}')
    print(f'{"":12} {"cpu s":>8} {"wall s":>8} {"MiB":>6} {"M/cpu s":>8} {"cpu / " + first:>12}')
    for name, _ in wish.item:
        got = runs[name]
        median = {k: statistics.median(r[k] for r in got) for k in ('cpu', 'wall', 'peak')}
        ratio = statistics.median(r['cpu'] / max(o['cpu'], 1e-4) for r, o in zip(got, runs[first]))
        failed = '' if all(r['status'] == 0 for r in got) else '  failed'
        print(f'{name:12} {median["cpu"]:8.3f} {median["wall"]:8.3f} {median["peak"]:6.0f} '
              f'{wish.units / 1e6 / max(median["cpu"], 1e-4):8.2f} {ratio:12.2f}{failed}')


main()
