"""The records that argus makes of datagrams of real exporters beside those that tshark makes.

Files of one exporter have a name in common; those with templates are read first.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone

import wrap

NAMES = {
    "saddr": ["cflow.srcaddr", "cflow.srcaddrv6"],
    "daddr": ["cflow.dstaddr", "cflow.dstaddrv6"],
    "sport": ["cflow.srcport"],
    "dport": ["cflow.dstport"],
    "proto": ["cflow.protocol"],
    "spkts": ["cflow.packets", "cflow.packets64"],
    "sbytes": ["cflow.octets", "cflow.octets64"],
    "input": ["cflow.inputint"],
    "output": ["cflow.outputint"],
    "sas": ["cflow.srcas"],
    "das": ["cflow.dstas"],
    "natsaddr": ["cflow.post_natsource_ipv4_address"],
    "natdaddr": ["cflow.post_natdestination_ipv4_address"],
    "natsport": ["cflow.post_naptsource_transport_port"],
    "natdport": ["cflow.post_naptdestination_transport_port"],
}
OF_FLOWS = ("saddr", "daddr", "spkts", "sbytes")
HEAD = ("cflow.sysuptime", "cflow.timestamp")
TIMES = {"stime": "start", "ltime": "end"}
PORTS = {6, 17, 33, 132, 136}


def group_of(name):
    return re.sub(r"_(opt)?(tpl|data)[^.]*", "", name[: -len(".dat")])


def order(name):
    return (0 if "tpl" in name and "data" not in name else 1 if "tpl" in name else 2, name)


def flows_of_tshark(capture):
    """The flows, and whether tshark gave up in the middle."""
    text = subprocess.run(["tshark", "-n", "-T", "pdml", "-d", "udp.port==2055,cflow", "-r", capture],
                          capture_output=True, check=True).stdout
    out = []
    for proto in ElementTree.fromstring(text).iter("proto"):
        if proto.get("name") != "cflow":
            continue
        head = {field.get("name"): field.get("show") for field in proto.iter("field") if field.get("name") in HEAD}
        for field in proto.iter("field"):
            title = field.get("showname") or field.get("show") or ""
            if re.match(r"(Flow|pdu) \d+", title):
                values = dict(head)
                for one in field.iter("field"):
                    values.setdefault(one.get("name"), one.get("show"))
                # Options are records, too.
                scoped = any(name.startswith("cflow.scope") for name in values)
                if not scoped and any(name in values for field in OF_FLOWS for name in NAMES[field]):
                    out.append(values)
    return out, b"_ws.malformed" in text


def flows_of_argus(argus, capture):
    run = subprocess.run([argus, "show", "-r", capture, "--collect", "--json", "--ledger", "-nn", "-s"] + list(NAMES) +
                         ["stime", "ltime", "sampling", "itype", "dpkts"], capture_output=True, text=True)
    if run.returncode not in (0, 3):
        sys.exit(f"argus: status {run.returncode}: {run.stderr}")
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    return [row for row in rows if row.get("type") != "ledger"], next(r for r in rows if r.get("type") == "ledger")


def instant(text):
    """Nanoseconds since 1970 of "Oct  9, 2015 09:47:47.569000000 UTC" or "2015-10-09T09:47:47.569000000Z"."""
    whole, fraction = text.removesuffix(" UTC").removesuffix("Z").split(".")
    form = "%Y-%m-%dT%H:%M:%S" if "T" in whole else "%b %d, %Y %H:%M:%S"
    return int(datetime.strptime(whole, form).replace(tzinfo=timezone.utc).timestamp()) * 10**9 + int(fraction)


def time_told(values, which):
    """Nothing where tshark shows none, or one since a start that the header does not tell."""
    if values.get(f"cflow.abstime{which}"):
        return instant(values[f"cflow.abstime{which}"])
    since, now = values.get(f"cflow.time{which}"), values.get("cflow.sysuptime")
    if since is None or now is None:
        return None
    before = (round(float(now) * 1000) - round(float(since) * 1000)) % 2**32
    before -= 2**32 if before >= 2**31 else 0
    return instant(values["cflow.timestamp"]) - before * 10**6


def number(value):
    return int(str(value), 0) if value is not None else None


def differences(ours, theirs):
    out = {}
    for name, fields in NAMES.items():
        values = [theirs[f] for f in fields if f in theirs]
        values = [v for v in values if v not in ("0.0.0.0", "::", "0")] or values[:1]
        if not values:
            continue
        mine, other = ours.get(name), values[0]
        if not name.endswith("addr"):
            mine, other = number(mine), number(other)
            rate = number(ours.get("sampling")) or 1
            if name in ("spkts", "sbytes"):
                other *= rate
        if name in ("sport", "dport") and number(ours.get("proto")) not in PORTS and mine is None:
            continue
        if mine is None and other in ("0.0.0.0", "::", 0):
            continue
        if mine != other:
            out[name] = (mine, other)
    for name, which in TIMES.items():
        wanted = time_told(theirs, which)
        # Fractions of 2^32 are rounded.
        if wanted and abs(instant(ours[name]) - wanted) > 1000:
            out[name] = (ours[name], wanted)
    return out


class Compared:
    """An exporter: its records, and where they differ."""

    def __init__(self, name, ours, theirs, gave_up, ledger):
        self.name, self.ours, self.theirs = name, ours, theirs
        self.told = {k: v for k, v in ledger.items() if isinstance(v, int) and k not in ("rows", "received")}
        self.faults = {}
        for mine, other in zip(ours, theirs):
            for field, pair in differences(mine, other).items():
                self.faults.setdefault(field, pair)
        further = len(ours) > len(theirs) and (gave_up or not theirs)
        self.same = not self.faults and (len(ours) == len(theirs) or further)

    def __str__(self):
        packets, size = (sum(number(row.get(name)) or 0 for row in self.ours) for name in ("spkts", "sbytes"))
        return (f"{self.name}: {len(self.ours)} of {len(self.theirs)} records, {packets} packets, {size} bytes"
                f"{'; ours and tshark: ' + str(self.faults) if self.faults else ''}; {self.told}")


def compared(argus, folder):
    groups = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".dat"):
            groups.setdefault(group_of(name), []).append(name)
    with tempfile.TemporaryDirectory() as scratch:
        for group, names in groups.items():
            payloads = []
            for name in sorted(names, key=order):
                with open(os.path.join(folder, name), "rb") as file:
                    payloads += wrap.messages(file.read())
            capture = os.path.join(scratch, "x.pcap")
            wrap.write(capture, payloads)
            ours, ledger = flows_of_argus(argus, capture)
            yield Compared(group, ours, *flows_of_tshark(capture), ledger)
