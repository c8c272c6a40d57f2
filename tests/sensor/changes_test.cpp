#include "sensor/changes.h"

#include <catch2/catch.hpp>

#include "base/time.h"
#include "sensor/sensor.h"

namespace argus {

using Changed = SensorChanges::Names;

TEST_CASE("what HUP finds changed is told apart by what it takes") {
  SensorOptions begun;
  begun.live.interfaces = {"eth0"};
  begun.file.path = "a.flows";
  SensorOptions now = begun;
  SensorChanges none = changes_between(begun, begun, now);
  for (const Changed& names : {none.live, none.filter, none.file, none.serve, none.later}) CHECK(names.empty());

  now.live.kernel_filter = "tcp";
  now.live.meter.status_interval = kSecond;
  now.live.meter.flows_max /= 2;
  now.live.buffer *= 2;
  now.live.interfaces = {"eth0", "eth1"};
  now.where_text = "udp";
  now.file.path = "%H.flows";
  now.file.rotation = {kHour, 0, kDay, 7, 5};
  now.serve.listen = {"561"};
  now.serve.keys_path = "keys";
  now.rights.user = "nobody";
  const SensorChanges all = changes_between(begun, begun, now);
  CHECK(all.live == Changed{"status", "flows", "kernel-filter"});
  CHECK(all.filter == Changed{"filter"});
  CHECK(all.file == Changed{"write", "rotate", "keep", "keep-size", "min-free"});
  CHECK(all.serve == Changed{"listen", "keys"});
  CHECK(all.later == Changed{"interface", "user", "buffer"});
}

TEST_CASE("a sensor without a file begins none, and its table does not grow") {
  SensorOptions begun, now;
  now.file.path = "a.flows";
  now.live.meter.flows_max = begun.live.meter.flows_max + 1;
  const SensorChanges changes = changes_between(begun, begun, now);
  CHECK(changes.file.empty());
  CHECK(changes.live.empty());
  CHECK(changes.later == Changed{"flows", "write"});
}

}  // namespace argus
