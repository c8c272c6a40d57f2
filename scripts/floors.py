"""The floors of the project as CMakeLists.txt links them; for scripts/tidy and scripts/includes."""
import os
import re

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')


def linked():
    """What each floor links."""
    with open(os.path.join(ROOT, 'CMakeLists.txt'), encoding='utf-8') as file:
        lines = re.findall(r'^argus_floor\((\w+)([^)]*)\)', file.read(), re.M)
    return {name: re.findall(r'\bargus_(\w+)', words) for name, words in lines}


def reached(floor):
    """The floors below one, and below those."""
    return {further for below in LINKS[floor] for further in {below} | reached(below)}


LINKS = linked()
