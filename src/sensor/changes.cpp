#include "sensor/changes.h"

#include "archive/live_file.h"

namespace argus {

SensorChanges changes_between(const SensorOptions& begun, const SensorOptions& was, const SensorOptions& now) {
  SensorChanges out;
  const auto compare = [](SensorChanges::Names& names, std::string_view name, const auto& one, const auto& other) {
    if (one != other) names.push_back(name);
  };
  compare(out.live, "kernel-filter", was.live.kernel_filter, now.live.kernel_filter);
  compare(out.live, "status", was.live.meter.status_interval, now.live.meter.status_interval);
  compare(out.live, "flows", was.live.meter.flows_max, now.live.meter.flows_max);
  compare(out.filter, "filter", was.where_text, now.where_text);
  compare(out.file, "write", was.file.path, now.file.path);
  const Rotation &old = was.file.rotation, &fresh = now.file.rotation;
  if (old.every != fresh.every || old.size != fresh.size) out.file.push_back("rotate");
  compare(out.file, "keep", old.keep, fresh.keep);
  compare(out.file, "keep-size", old.keep_size, fresh.keep_size);
  compare(out.file, "min-free", old.min_free_percent, fresh.min_free_percent);
  compare(out.serve, "listen", was.serve.listen, now.serve.listen);
  compare(out.serve, "keys", was.serve.keys_path, now.serve.keys_path);

  compare(out.later, "interface", begun.live.interfaces, now.live.interfaces);
  compare(out.later, "buffer", begun.live.buffer, now.live.buffer);
  compare(out.later, "snaplen", begun.live.snaplen, now.live.snaplen);
  compare(out.later, "promiscuous", begun.live.promiscuous, now.live.promiscuous);
  compare(out.later, "reopen", begun.live.reopen, now.live.reopen);
  compare(out.later, "key", begun.live.meter.key_vlan, now.live.meter.key_vlan);
  compare(out.later, "sensor", begun.live.meter.sensor, now.live.meter.sensor);
  compare(out.later, "user", begun.rights.user, now.rights.user);
  compare(out.later, "stay-root", begun.rights.stay_root, now.rights.stay_root);
  compare(out.later, "group", begun.rights.group, now.rights.group);
  compare(out.later, "pid-file", begun.pid_file, now.pid_file);
  // The table has room for what it was made for.
  if (now.live.meter.flows_max > begun.live.meter.flows_max) {
    std::erase(out.live, "flows");
    out.later.push_back("flows");
  }
  // Whether there is a file at all is said by what was begun.
  if (was.file.path.empty() != now.file.path.empty()) {
    out.file.clear();
    out.later.push_back("write");
  }
  return out;
}

}  // namespace argus
